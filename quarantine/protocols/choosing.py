"""The choice of the protocol that applies to a person, with the reason.

Lengths, days and modes are rows (`Protocol`); only the meaning of "protected" is code: two doses with
the last at least 14 days ago, or recovered within six months (8399/BYT-MT of 6/10/2021).
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens.models import Person
from portal.records.refusals import Refused
from portal.ui.bilingual import Bilingual, bilingual
from portal.ui.formats import vn_date
from quarantine.models import Protocol, TestResult

FULL_DOSES = 2
DOSE_WORKS_AFTER = dt.timedelta(days=14)
RECOVERED_FOR = 6  # months

Protection = Protocol.Protection


class Protected(NamedTuple):
    protection: str
    why: Bilingual  # becomes part of the order


def choose_protocol(person_class: str, protection: str, on: dt.date) -> Protocol:
    """Return the protocol in force on the day; of several, the latest. Raises `Refused` when there is none."""
    row = (
        Protocol.objects.filter(
            Q(effective_to=None) | Q(effective_to__gte=on),
            person_class=person_class,
            protection=protection,
            effective_from__lte=on,
        )
        .order_by("-effective_from", "-issued_on", "-pk")
        .first()
    )
    if row is None:
        raise Refused(
            _(
                "Chưa có quy định cách ly cho “%(who)s, %(protection)s” vào ngày %(day)s. Vui lòng báo quản trị."
            )
            % {
                "who": Protocol.PersonClass(person_class).label,
                "protection": Protection(protection).label,
                "day": vn_date(on),
            }
        )
    return row


def protection_of(person: Person, on: dt.date) -> Protected:
    """Return how protected the person is on the day, by the recorded doses and results, and why.

    Takes two queries.
    """
    protection, why, day = _protection(person, on)
    return Protected(protection, bilingual(lambda: str(why) % {"day": vn_date(day)}))


def _protection(person: Person, on: dt.date) -> tuple[str, Promise, dt.date | None]:
    """Return the protection, the sentence that says why, and the day that stands in it."""
    if recovered := recovered_on(person, on):
        return Protection.FULL, gettext_lazy("Đã khỏi bệnh ngày %(day)s, trong vòng 6 tháng."), recovered
    given = sorted(person.doses.filter(given_on__lte=on).values_list("given_on", flat=True))
    if not given:
        return Protection.NONE, gettext_lazy("Chưa có thông tin tiêm chủng."), None
    if len(given) < FULL_DOSES:
        return Protection.PARTIAL, gettext_lazy("Mới tiêm một mũi, ngày %(day)s."), given[0]
    last_needed = given[FULL_DOSES - 1]
    if on - last_needed < DOSE_WORKS_AFTER:
        why = gettext_lazy("Đã tiêm hai mũi, mũi thứ hai ngày %(day)s, chưa đủ 14 ngày.")
        return Protection.PARTIAL, why, last_needed
    return (
        Protection.FULL,
        gettext_lazy("Đã tiêm hai mũi, mũi thứ hai ngày %(day)s, đủ 14 ngày."),
        last_needed,
    )


def recovered_on(person: Person, on: dt.date) -> dt.date | None:
    """Return the day of the first negative result after the last positive one.

    None when there is no such result, or when it is more than six months before `on`.
    """
    results = list(
        person.test_results.filter(taken_on__lte=on)
        .exclude(outcome=TestResult.Outcome.UNCLEAR)
        .order_by("taken_on", "id")
        .values_list("outcome", "taken_on")
    )
    last_positive = max(
        (place for place, (outcome, _day) in enumerate(results) if outcome == TestResult.Outcome.POSITIVE),
        default=None,
    )
    if last_positive is None or last_positive + 1 == len(results):
        return None
    recovered: dt.date = results[last_positive + 1][1]
    return recovered if recovered >= months_before(on, RECOVERED_FOR) else None


def months_before(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months earlier; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(dt.date(year, month + 1, 1) + dt.timedelta(days=day.day - 1), following - dt.timedelta(days=1))


def protocol_table(on: dt.date) -> list[tuple[Protocol, bool]]:
    """Return every protocol with whether it is the one applied on the day, the applied ones first."""
    applied: set[tuple[str, str]] = set()
    table = []
    for row in Protocol.objects.order_by("person_class", "-effective_from", "-issued_on", "-pk"):
        in_force = row.effective_from <= on and (row.effective_to is None or row.effective_to >= on)
        key = (row.person_class, row.protection)
        table.append((row, in_force and key not in applied))
        if in_force:
            applied.add(key)
    order = {kind: place for place, kind in enumerate(Protocol.PersonClass.values)}
    level = {kind: place for place, kind in enumerate(Protection.values)}
    return sorted(
        table,
        key=lambda pair: (
            not pair[1],
            order[pair[0].person_class],
            -pair[0].effective_from.toordinal(),
            level[pair[0].protection],
        ),
    )
