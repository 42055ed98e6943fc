"""The commune's answer to a handover: accepted, refused, and at home (design §5.7, §5.8).

People who came together are decided together. Until a commune accepts, the sending place answers for them.
Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.places.home import home_province
from portal.places.models import Place
from portal.records.log import record
from portal.records.refusals import Refused
from portal.records.transitions import transition
from portal.ui.formats import vn_time
from quarantine.alerts.actions import move_alerts
from quarantine.facilities.courses import Course, courses_of
from quarantine.facilities.stays import move_stays
from quarantine.models import Order
from quarantine.models.protocol import Mode
from quarantine.orders.actions import open_order
from repatriation.editing import decided_sentence, require_edit
from repatriation.handover.shared import (
    by_party,
    decide,
    lock_handovers,
    notify_family,
    notify_places,
    province,
    registrations_of,
    senders,
)
from repatriation.models import Handover, HandoverException, Registration
from repatriation.models.handover import HOME_WITHIN


@transaction.atomic
def accept(handovers: Iterable[Handover], *, by: User) -> list[Handover]:
    """Accept people: the commune answers for them from now on, and their quarantine order is here.

    Somebody who came through a checkpoint gets an order; the order of somebody who was transferred comes along,
    with all that is still to come. The registration closes with the last of its people. Raises `Refused` when
    somebody else decided first.
    """
    rows = lock_handovers(handovers)
    require_edit(by, "accept", rows)
    _require_open(rows)
    return _accept_locked(rows, by=by)


@dataclass(frozen=True)
class Accepted:
    """What became of the families that were ticked: `late` holds what others had decided before."""

    taken: list[Handover]
    late: list[Handover]


@transaction.atomic
def accept_many(handovers: Iterable[Handover], *, by: User) -> Accepted:
    """Accept those of several families that still wait. Raises `Refused` when nobody does."""
    rows = lock_handovers(handovers)
    waiting = [row for row in rows if row.status == Handover.Status.SENT]
    late = [row for row in rows if row.status != Handover.Status.SENT]
    if not waiting:
        raise Refused(decided_sentence(late))
    require_edit(by, "accept", waiting)
    return Accepted(_accept_locked(waiting, by=by), late)


def _accept_locked(rows: list[Handover], *, by: User) -> list[Handover]:
    courses = _courses(rows)
    for place, people in _by_place(rows).items():  # before their orders: record 19
        move_stays(people, to=place)
    for row in rows:
        before = Order.objects.open().filter(person=row.person).first()
        course = courses[row.person_id]
        stays_inside = row.arrival is None and before is not None and before.mode == Mode.FACILITY
        goes_home = row.goes_home and course.mode != Mode.FACILITY and not stays_inside
        home_by = timezone.now() + HOME_WITHIN if goes_home else None
        _decide(row, "accept", by=by, columns={"home_by": home_by})
        row.person.responsible_place = row.to_place
        row.person.save(update_fields=["responsible_place"])
        _bring_order(row, before, course, by=by)
    for place, people in _by_place(rows).items():
        move_alerts(people, to=place, by=by)
    for registration in registrations_of(rows):
        _close_when_complete(registration, by=by)
    for family in by_party(rows):
        notify_family(family, "handover_accepted", time=vn_time(timezone.now()))
    return rows


def _starts_on(row: Handover) -> dt.date:
    return timezone.localdate(row.arrival.at if row.arrival else row.sent_at)


def _courses(rows: Sequence[Handover]) -> dict[int, Course]:
    """Return the course of each person (id) whose order begins: by tests, contacts and stays."""
    days: dict[dt.date, list[int]] = {}
    for row in rows:
        days.setdefault(_starts_on(row), []).append(row.person_id)
    courses: dict[int, Course] = {}
    for day, people in days.items():
        courses |= courses_of(people, day)
    return courses


def _by_place(rows: Sequence[Handover]) -> dict[Place, list[int]]:
    people: dict[Place, list[int]] = {}
    for row in rows:
        people.setdefault(row.to_place, []).append(row.person_id)
    return people


def _bring_order(row: Handover, before: Order | None, course: Course, *, by: User) -> None:
    """Open the person's order at the place that accepted them, or bring `before` there, and keep which one it
    was."""
    if row.arrival is None and before is None:
        return  # the quarantine was over before the transfer
    mode: str | None = Mode.FACILITY
    if row.arrival is None and before is not None:
        mode = before.mode
    elif row.goes_home:
        mode = course.mode
    order = open_order(
        row.person,
        place=row.to_place,
        address=row.address_there or row.person.address,
        starts_on=_starts_on(row),
        by=by,
        person_class=course.person_class,
        mode=mode,
    )
    if order is not None and (before is None or order.pk != before.pk):
        row.order = order
        row.save(update_fields=["order"])


@transaction.atomic
def refuse(
    handovers: Iterable[Handover], *, by: User, reason: str, proposed_place: Place | None = None
) -> list[Handover]:
    """Refuse the people of a party: they stay with the sending place, which is told at once, like the province.

    `proposed_place` is the commune to which they belong, where that is known. Raises `Refused` when somebody else
    decided first, and without a reason.
    """
    if not reason.strip():
        raise Refused(_("Vui lòng ghi lý do chưa tiếp nhận, để nơi gửi và tỉnh thu xếp."))
    rows = lock_handovers(handovers)
    require_edit(by, "refuse", rows)
    _require_open(rows)
    if proposed_place is not None and proposed_place.pk in {rows[0].to_place_id, rows[0].from_place_id}:
        raise Refused(_("Nơi nhận đúng phải khác nơi gửi và nơi trả lại. Vui lòng chọn lại."))
    for row in rows:
        _decide(row, "refuse", by=by, reason=reason, columns={"proposed_place": proposed_place})
    # Until the people are sent on, the province acts on what is urgent about them.
    move_alerts([row.person_id for row in rows], to=home_province(), by=by)
    notify_family(rows, "handover_refused")
    notify_places("handover_sent_back", rows, [*senders(rows[0]), *province(rows[0].to_place)], by=by)
    return rows


@transaction.atomic
def confirm_home(handovers: Iterable[Handover], *, by: User) -> list[Handover]:
    """Confirm that the people of a party reached home. A second call changes nothing.

    Raises `Refused` unless all were accepted, and when none of them is on the way home.
    """
    rows = lock_handovers(handovers)
    if any(row.status != Handover.Status.ACCEPTED for row in rows):
        raise Refused(_("Chỉ xác nhận về nhà sau khi đã tiếp nhận. Vui lòng tải lại trang để xem."))
    require_edit(by, "confirm_home", rows)
    expected = [row for row in rows if row.home_by is not None or row.home_safe_at is not None]
    if not expected:
        raise Refused(
            _("Không ai trong số này đi về nhà: nơi đến là cơ sở cách ly, bệnh viện hoặc nơi khác.")
        )
    news = [row for row in expected if row.home_safe_at is None]
    for row in news:
        row.home_safe_at = timezone.now()
        row.save(update_fields=["home_safe_at"])
        record(row, "home_safe", by=by)
    if news:
        notify_family(news, "home_safe")
    return rows


def _require_open(rows: Sequence[Handover]) -> None:
    if any(row.status != Handover.Status.SENT for row in rows):
        raise Refused(decided_sentence(rows))


_decide = decide  # the one name through which this file moves a row


def _close_when_complete(registration: Registration, *, by: User) -> None:
    """Close the registration when everybody of it was accepted, or left by another way; somebody still on the way
    keeps it open."""
    taken = Handover.objects.filter(arrival__registration=registration, status=Handover.Status.ACCEPTED)
    left = HandoverException.objects.standing().filter(handover__arrival__registration=registration)
    missing = registration.members.exclude(person__in=taken.values("person"))
    if (
        not missing.exclude(person__in=left.values("person")).exists()
        and registration.status == Registration.Status.ARRIVED
    ):
        transition(registration, "close", by=by)
