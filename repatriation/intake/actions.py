"""The limit of people that a commune takes in on a day, and the locks that keep its count exact.

The database counts `intake.taken` as seats are given and given back. A transaction that does so takes the
day's shared lock and then the day's rows in the order of the communes (`lock_day`). A transaction that sets a
limit takes the day's exclusive lock: every seat of that day has then been given or not yet begun, and can be
counted. Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.places.models import Place
from portal.records.log import event_for, save_events
from portal.records.refusals import Refused
from portal.ui.formats import vn_date
from repatriation.models import Intake, Offer

LONGEST_RANGE = dt.timedelta(days=62)


class TakenAlready(Refused):
    """More people have seats than the new limit would allow."""

    def __init__(self, commune: Place, day: dt.date, taken: int, others: int) -> None:
        super().__init__(commune, day, taken, others)
        self.commune, self.day, self.taken, self.others = commune, day, taken, others

    def __str__(self) -> str:
        text = _(
            "%(commune)s ngày %(day)s đã có %(taken)d người được xếp chỗ. Vui lòng đặt từ %(taken)d trở lên, "
            "hoặc chuyển bớt gia đình sang ngày khác rồi đặt lại."
        ) % {"commune": self.commune.name, "day": vn_date(self.day), "taken": self.taken}
        if self.others:
            text += " " + _("Còn %(count)d ô khác cũng vậy. Chưa có gì thay đổi.") % {"count": self.others}
        return text


def lock_day(*days: dt.date) -> dict[int, int]:
    """Lock the limits of these days until the transaction ends.

    Returns how many people each commune with a limit still takes in on the last of the days. The caller has
    locked the trip, and no family yet.
    """
    ordered = sorted(set(days))
    with connection.cursor() as cursor:
        for day in ordered:
            cursor.execute("SELECT repatriation_intake_day_shared(%s)", [day])
    rows = (
        Intake.objects.filter(day__in=ordered).order_by("day", "commune_id").select_for_update(of=("self",))
    )
    return {row.commune_id: row.room for row in rows if row.day == days[-1]}


def room_on(day: dt.date) -> dict[int, int]:
    """Return how many people each commune with a limit still takes in on the day, without a lock."""
    return {row.commune_id: row.room for row in Intake.objects.filter(day=day)}


@transaction.atomic
def set_limits(
    communes: Sequence[Place], first: dt.date, last: dt.date, limit: int | None, *, by: User
) -> int:
    """Set the same limit for each of the communes and days; None removes it. Return how many changed.

    All or nothing: raises `TakenAlready` where more people have seats than the limit allows.
    """
    if last < first or last - first > LONGEST_RANGE:
        raise Refused(_("Khoảng ngày không đúng. Vui lòng chọn tối đa hai tháng."))
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    with connection.cursor() as cursor:
        for day in days:
            cursor.execute("SELECT repatriation_intake_day_alone(%s)", [day])
    rows = Intake.objects.filter(day__in=days, commune__in=communes).order_by("day", "commune_id")
    before = {(row.commune_id, row.day): row for row in rows.select_for_update(of=("self",))}
    if limit is None:
        return _take_off(list(before.values()), by=by)
    taken = taken_on(communes, first, last)
    _require_room(communes, taken, limit)
    wanted = [(commune, day) for day in days for commune in sorted(communes, key=lambda place: place.pk)]
    changed = [
        Intake(
            commune=commune,
            day=day,
            people_limit=limit,
            taken=taken.get((commune.pk, day), 0),
            set_by=by,
            set_at=timezone.now(),
        )
        for commune, day in wanted
        if (commune.pk, day) not in before or before[commune.pk, day].people_limit != limit
    ]
    made = Intake.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["day", "commune"],
        update_fields=["people_limit", "set_by", "set_at"],
    )
    _log(made, "set_limit", limit, before, by=by)
    return len(made)


def taken_on(
    communes: Iterable[Place] | Iterable[int], first: dt.date, last: dt.date
) -> dict[tuple[int, dt.date], int]:
    """Return how many people have seats on the trips of these days, by home commune and day.

    It counts all of them, also where there is no limit.
    """
    start = timezone.make_aware(dt.datetime.combine(first, dt.time.min))
    end = timezone.make_aware(dt.datetime.combine(last, dt.time.min)) + dt.timedelta(days=1)
    rows = Offer.objects.filter(
        status__in=Offer.HOLDS_SEATS,
        trip__departs_at__gte=start,
        trip__departs_at__lt=end,
        registration__home_commune__in=communes,
    )
    days = rows.annotate(day=TruncDate("trip__departs_at")).values_list("registration__home_commune", "day")
    return {(commune, day): people for commune, day, people in days.annotate(people=Sum("people"))}


def _require_room(communes: Sequence[Place], taken: dict[tuple[int, dt.date], int], limit: int) -> None:
    over = sorted((day, commune, people) for (commune, day), people in taken.items() if people > limit)
    if over:
        day, commune_id, people = over[0]
        commune = next(place for place in communes if place.pk == commune_id)
        raise TakenAlready(commune, day, people, len(over) - 1)


def _take_off(rows: list[Intake], *, by: User) -> int:
    _log(rows, "take_off", None, {(row.commune_id, row.day): row for row in rows}, by=by)
    Intake.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _log(
    rows: Sequence[Intake],
    verb: str,
    limit: int | None,
    before: dict[tuple[int, dt.date], Intake],
    *,
    by: User,
) -> None:
    events = []
    for row in rows:
        old = before.get((row.commune_id, row.day))
        data = {"day": row.day.isoformat(), "before": old.people_limit if old else None, "limit": limit}
        events.append(event_for(row, verb, by=by, data=data))
    save_events(events)
