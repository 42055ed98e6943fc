"""The scheduler's work on alerts: tell the next level of those on which nobody acts in time."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from portal.accounts.duty import officers_for
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place
from portal.records.actors import SYSTEM
from portal.records.log import record
from quarantine.alerts.actions import time_to_act
from quarantine.alerts.telling import tell
from quarantine.models import Alert

AT_ONCE = 200  # alerts of one run; the next run comes in half a minute


@transaction.atomic
def escalate_alerts(now: dt.datetime | None = None) -> int:
    """Tell the next level up the tree of each alert past its time; return how many.

    The highest level is told again and again until somebody acts. An alert that was taken over and not settled in
    time goes up as well, and whoever took it over is told too.
    """
    moment = now or timezone.now()
    rows = (
        Alert.objects.to_tell(moment).select_related("place", "told_place__parent", "taken_by").order_by("pk")
    )
    late = list(rows.select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
    for alert in late:
        alert.told_place, officers = next_level(alert.told_place)
        alert.tell_at = moment + time_to_act()
        alert.escalations += 1
        alert.save(update_fields=["told_place", "tell_at", "escalations"])
        if alert.taken_by is not None:
            officers = [*officers, alert.taken_by]
        tell(alert, officers, is_escalation=True)
        record(alert, "escalate", by=SYSTEM, data={"to": alert.told_place.code})
    return len(late)


def next_level(place: Place) -> tuple[Place, list[User]]:
    """Return the place above with its officers; the place itself where nobody is above it."""
    if place.parent is not None:
        above = officers_for(place.parent, Permission.EDIT_HEALTH)
        if above:
            return place.parent, above
    return place, officers_for(place, Permission.EDIT_HEALTH)
