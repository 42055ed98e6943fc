"""The worklists of alerts: those that wait for somebody, and those that somebody has taken over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Permission
from quarantine.models import Alert, Contact, Stay
from quarantine.models.alert import AlertQuerySet


def alerts_to_take(user: User) -> AlertQuerySet:
    return Alert.objects.to_act(user)


def alerts_in_hand(user: User) -> AlertQuerySet:
    """Return those of the user's places that somebody has taken over and has time to settle."""
    rows = Alert.objects.filter(status=Alert.Status.TAKEN, due_at__gt=timezone.now())
    return rows.filter(place__in=user.place_ids(Permission.EDIT_HEALTH))


def alert_rows(user: User, limit: int) -> list[Alert]:
    return with_stays(loaded(alerts_to_take(user)).most_urgent_first()[:limit])


def in_hand_rows(user: User, limit: int) -> list[Alert]:
    return with_stays(loaded(alerts_in_hand(user)).order_by("due_at", "pk")[:limit])


def loaded(rows: AlertQuerySet) -> AlertQuerySet:
    return rows.select_related("person__responsible_place", "place", "taken_by", "settled_by")


def with_stays(rows: Iterable[Alert]) -> list[Alert]:
    """Load where each person is to be taken, as `alert.stay`."""
    alerts = list(rows)
    stays = Stay.objects.live().filter(person__in=[alert.person_id for alert in alerts])
    by_person = {stay.person_id: stay for stay in stays.select_related("facility__place")}
    for alert in alerts:
        alert.stay = by_person.get(alert.person_id)  # type: ignore[attr-defined]
    return alerts


def locate(contacts: Sequence[Contact]) -> None:
    """Load the facility of each contact who goes to one, as `contact.stay`."""
    stays = Stay.objects.live().filter(person__in=[contact.person_id for contact in contacts])
    by_person = {stay.person_id: stay for stay in stays.select_related("facility__place")}
    for contact in contacts:
        contact.stay = by_person.get(contact.person_id)  # type: ignore[attr-defined]


def alerts_of(user: User, people: Iterable[int]) -> dict[int, Alert]:
    """Return the alert that is not settled of each of these people (ids), as far as the user sees it; two queries.

    For pages of other subjects that say first what matters about a person.
    """
    rows = Alert.objects.visible_to(user).unsettled().filter(person__in=list(people))
    return {alert.person_id: alert for alert in with_stays(loaded(rows))}


def contacts_of(user: User, people: Iterable[int]) -> dict[int, list[Contact]]:
    """Return of whom each of these people (ids) is a contact, as far as the user sees it; one query."""
    rows = Contact.objects.visible_to(user).filter(person__in=list(people)).select_related("alert")
    found: dict[int, list[Contact]] = {}
    for contact in rows:
        found.setdefault(contact.person_id, []).append(contact)
    return found
