"""Handovers past their deadline, told to the places above again and again until somebody acts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, DateTimeField, DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from portal.accounts.duty import officers_above
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.notifications.officers import notify_officers
from portal.places.models import Place
from portal.records.actors import SYSTEM
from portal.records.log import event_for, save_events
from repatriation.models import Handover, HandoverEscalation

ESCALATED_AT_ONCE = 500  # rows of one run; the next run comes in half a minute
DEFAULT_ESCALATION_HOURS = 2
NAMED = 3  # communes in one message
Kind = HandoverEscalation.Kind
LAST = {Kind.ACCEPT: "escalated_at", Kind.HOME: "home_escalated_at"}
MESSAGES = {Kind.ACCEPT: "handovers_late", Kind.HOME: "homes_late"}


def escalate_overdue(now: dt.datetime | None = None) -> int:
    """Tell the places above of the handovers that nobody has answered, and of the people whom nobody has seen at
    home; return how many. Each is told again after the campaign's hours, one level higher where there is one.
    """
    moment = now or timezone.now()
    return _escalate(Kind.ACCEPT, moment) + _escalate(Kind.HOME, moment)


@transaction.atomic
def _escalate(kind: HandoverEscalation.Kind, moment: dt.datetime) -> int:
    rows = _due(kind, moment)
    if not rows:
        return 0
    levels = {row.to_place_id: officers_above(row.to_place, Permission.ROUTE_HANDOVERS) for row in rows}
    before = _times_before(kind, rows)
    by_level: dict[int, list[Handover]] = {}
    above: dict[int, tuple[Place, list[User]]] = {}
    for row in rows:
        ladder = levels[row.to_place_id] or [(row.to_place, [])]
        place, officers = ladder[min(before[row.pk], len(ladder) - 1)]
        by_level.setdefault(place.pk, []).append(row)
        above[place.pk] = (place, officers)
    steps = []
    for pk, late in by_level.items():
        place, officers = above[pk]
        context = {"people": len(late), "places": _names(row.to_place for row in late)}
        told = [user.pk for user in notify_officers(MESSAGES[kind], officers, about=late[0], context=context)]
        steps += [
            HandoverEscalation(handover=row, kind=kind, to_place=place, at=moment, told=told) for row in late
        ]
    HandoverEscalation.objects.bulk_create(steps)
    Handover.objects.filter(pk__in=[row.pk for row in rows]).update(**{LAST[kind]: moment})
    save_events(
        event_for(step.handover, "escalate", by=SYSTEM, place=step.to_place, data={"told": step.told})
        for step in steps
    )
    return len(rows)


def _due(kind: HandoverEscalation.Kind, moment: dt.datetime) -> list[Handover]:
    """Return and lock the rows past their deadline that were told never, or long enough ago; another worker's rows
    are left to it."""
    last = LAST[kind]
    hours = Coalesce(F("arrival__registration__campaign__escalation_hours"), DEFAULT_ESCALATION_HOURS)
    wait = ExpressionWrapper(hours * Value(dt.timedelta(hours=1)), output_field=DurationField())
    late = (
        Handover.objects.overdue(moment) if kind == Kind.ACCEPT else Handover.objects.late_home(moment)
    ).annotate(again_at=ExpressionWrapper(F(last) + wait, output_field=DateTimeField()))
    due = late.filter(Q(**{last: None}) | Q(again_at__lte=moment)).select_related("to_place").order_by("pk")
    return list(due.select_for_update(of=("self",), skip_locked=True)[:ESCALATED_AT_ONCE])


def _times_before(kind: HandoverEscalation.Kind, rows: list[Handover]) -> Counter[int]:
    counted = HandoverEscalation.objects.filter(handover__in=rows, kind=kind).order_by()
    return Counter(dict(counted.values_list("handover").annotate(Count("pk"))))


def _names(places: Iterable[Place]) -> str:
    names = list(dict.fromkeys(place.name for place in places))
    return ", ".join(names[:NAMED]) + (f" (+{len(names) - NAMED})" if len(names) > NAMED else "")
