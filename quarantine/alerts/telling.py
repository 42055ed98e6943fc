"""Tell officers of an alert, and note down who was told."""

from __future__ import annotations

from collections.abc import Iterable

from portal.accounts.duty import officers_for
from portal.accounts.models import Assignment, User
from portal.accounts.roles import Permission
from portal.notifications.officers import notify_officers
from portal.places.models import Place
from quarantine.models import Alert, AlertNotice, Stay


def tell_at_once(alert: Alert) -> list[AlertNotice]:
    """Tell the place that acts, the level above it, and the facility where the person is expected or inside."""
    told = officers_for(alert.place, Permission.EDIT_HEALTH)
    if alert.place.parent is not None:
        told = [*told, *officers_for(alert.place.parent, Permission.EDIT_HEALTH)]
    stay = Stay.objects.live().filter(person=alert.person_id).select_related("facility__place").first()
    if stay is not None and stay.facility is not None:
        told = [*told, *officers_for(stay.facility.place, Permission.RUN_FACILITY)]
    return tell(alert, told)


def tell(alert: Alert, officers: Iterable[User], *, is_escalation: bool = False) -> list[AlertNotice]:
    """Send each of these officers one message that names nobody, and note down who was told."""
    officers = list({officer.pk: officer for officer in officers}.values())
    kind = "alert_escalated" if is_escalation else "alert_raised"
    reached = {
        one.pk for one in notify_officers(kind, officers, about=alert, context={"place": alert.place.name})
    }
    places = _places_of(officers)
    return AlertNotice.objects.bulk_create(
        AlertNotice(
            alert=alert,
            officer=officer,
            place=places.get(officer.pk),
            is_escalation=is_escalation,
            by_message=officer.pk in reached,
        )
        for officer in officers
    )


def _places_of(officers: list[User]) -> dict[int, Place]:
    rows = Assignment.objects.in_force().filter(user__in=officers).select_related("place")
    return {row.user_id: row.place for row in rows}
