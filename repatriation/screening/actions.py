"""The home commune is asked whether a family belongs there: yes, a question, or another commune.

Whoever changes where a family stands holds the registration, so that nothing is decided about a family that has
just left the queue. Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.links import make_link
from citizens.models import Person
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.places.models import Place
from portal.records.actors import SYSTEM, Actor
from portal.records.log import event_for, record
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import transition, transition_many
from portal.ui.formats import vn_datetime
from repatriation.models import Campaign, Registration, Screening
from repatriation.models.registration import Status as Where
from repatriation.models.screening import DECIDABLE, OPEN, WITH_COMMUNE, ScreeningQuerySet

Status = Screening.Status
STEP = 5_000  # families of one transaction of the periodic task


@dataclass(frozen=True)
class Bulk:
    """What came of many at once: how many were confirmed now, and how many had been decided meanwhile."""

    confirmed: int
    already: int


# It begins, begins anew, and ends


def begin_screening(registration: Registration) -> Screening | None:
    """Ask the home commune, unless it was asked or has spoken. The caller holds the registration."""
    if registration.screened_at is not None or _open_rows(registration).exists():
        return None
    row = first_screening(registration)
    _pass_on_if_refused(row)
    return row


def first_screening(registration: Registration) -> Screening:
    """Ask the home commune about a family of which nobody was asked yet. The caller holds the registration."""
    assert registration.home_commune_id is not None
    return Screening.objects.create(
        registration=registration,
        commune_id=registration.home_commune_id,
        due_at=_due(registration.campaign),
    )


@transaction.atomic
def begin_screening_many(ids: Iterable[int]) -> int:
    """Ask the home communes of these registrations, as a set; how many were asked. Who was asked stays so."""
    rows = Registration.objects.filter(pk__in=list(ids), status__in=DECIDABLE, screened_at=None)
    fresh = rows.exclude(screenings__status__in=OPEN).order_by("pk")
    now = timezone.now()
    made = Screening.objects.bulk_create(
        [
            Screening(registration_id=pk, commune_id=commune, due_at=now + dt.timedelta(hours=hours))
            for pk, commune, hours in fresh.values_list("pk", "home_commune_id", "campaign__screening_hours")
        ],
        ignore_conflicts=True,
        batch_size=STEP,
    )
    return len(made)


@transaction.atomic
def restart_screening(registration: Registration, *, by: User | Actor) -> Screening | None:
    """The family has another home commune now: what the earlier one was asked is over, the new one is asked."""
    row = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("campaign")
        .get(pk=registration.pk)
    )
    end_screening(row, by=by)
    row.screened_at, row.screening_overdue = None, False
    row.save(update_fields=["screened_at", "screening_overdue"])
    return begin_screening(row) if row.status in DECIDABLE else None


def part_screening(registration: Registration, new: Registration, *, by: User) -> None:
    """What was asked and said about a family holds for the part that has left it, too: a question, a refusal,
    a dispute, a word that is late. The caller holds both."""
    rows = list(registration.screenings.exclude(status=Status.CANCELLED).order_by("pk"))
    for row in rows:
        row.pk, row.registration = None, new
    Screening.objects.bulk_create(rows)
    data = {"split_from": registration.code}
    Event.objects.bulk_create(event_for(row, "split", by=by, data=data) for row in rows)


def end_screening(registration: Registration, *, by: User | Actor) -> None:
    """Nobody needs to decide any more. The caller holds the registration."""
    open_or_late = Q(status__in=OPEN) | Q(status=Status.OVERDUE)
    for row in registration.screenings.filter(open_or_late).order_by("pk"):
        transition(row, "cancel", by=by, decided_at=timezone.now())


@transaction.atomic
def end_screening_many(ids: Iterable[int], *, by: User | Actor) -> None:
    """The same for many registrations, which the caller holds."""
    open_or_late = Q(status__in=OPEN) | Q(status=Status.OVERDUE)
    rows = Screening.objects.filter(open_or_late, registration__in=list(ids))
    transition_many(rows.order_by("pk"), "cancel", by=by, decided_at=timezone.now())


def _pass_on_if_refused(row: Screening) -> None:
    """A commune that has said "not ours" of this family is not asked again: its word goes to the province."""
    earlier = _refusals(row.registration).filter(commune=row.commune_id).order_by("pk").last()
    if earlier is not None:
        refused = _not_ours(earlier.reason, None, earlier.decided_at, earlier.decided_by)
        transition(row, "dispute", by=SYSTEM, reason=earlier.reason, columns=refused)


# The commune


@transaction.atomic
def ask(screening: Screening, *, by: User, question: str) -> Screening:
    """Put a question to the family. The deadline stays: who asks late does not hold the family up.

    Raises `Refused` when it is decided already, and without a question.
    """
    if not question.strip():
        raise Refused(_("Vui lòng ghi điều cần hỏi gia đình."))
    registration, row = _locked(screening, "ask")
    row = transition(
        row,
        "ask",
        by=by,
        reason=question,
        question=question,
        asked_at=timezone.now(),
        answer="",
        answered_at=None,
    )
    notify(
        "screening_question",
        phone=registration.phone,
        about=registration,
        context={"code": registration.code, "commune": row.commune.name, "question": question},
        secrets={"link": make_link(row, "screening", phone=registration.phone)},
    )
    return row


@transaction.atomic
def answer(screening: Screening, *, by: User | Actor, text: str) -> Screening:
    """The family answers; the commune sees it at once. Late, it is kept all the same. Sent twice, it is kept once.

    Raises `Refused` when nothing is asked any more.
    """
    Registration.objects.select_for_update(of=("self",)).get(pk=screening.registration_id)
    row = Screening.objects.select_for_update(of=("self",)).get(pk=screening.pk)
    if row.answer == text:
        return row
    if not row.awaits_answer:
        raise Refused(_("Câu hỏi này đã xong, không cần trả lời nữa. Gia đình không phải làm gì thêm."))
    now = timezone.now()
    if row.status == Status.ASKED:
        return transition(row, "answer", by=by, reason=text, answer=text, answered_at=now)
    row.answer, row.answered_at = text, now
    row.save(update_fields=["answer", "answered_at"])
    record(row, "answer", by=by, reason=text)
    return row


@transaction.atomic
def confirm(screening: Screening, *, by: User) -> Screening:
    """They belong here; also said late. Raises `Refused` when it is decided already."""
    registration, row = _locked(screening, "confirm")
    row = transition(row, "confirm", by=by, decided_at=timezone.now(), decided_by=by)
    _let_on([registration.pk])
    return row


@transaction.atomic
def confirm_many(screenings: Iterable[Screening], *, by: User) -> Bulk:
    """Confirm what is still to be confirmed of these, all at once, and count what others decided meanwhile."""
    ids = [row.pk for row in screenings]
    families = Registration.objects.filter(screenings__in=ids).order_by("pk")
    locked = families.select_for_update(of=("self",)).values_list("pk", "status")
    there = {pk for pk, status in locked if status in DECIDABLE}
    rows = Screening.objects.filter(pk__in=ids, registration__in=there).order_by("pk")
    sources, _target = Screening.TRANSITIONS["confirm"]
    free = [row for row in rows.select_for_update(of=("self",)) if row.status in sources]
    transition_many(free, "confirm", by=by, locked=True, decided_at=timezone.now(), decided_by=by)
    _let_on([row.registration_id for row in free])
    return Bulk(len(free), len(ids) - len(free))


@transaction.atomic
def reject(screening: Screening, *, by: User, reason: str, suggested: Place | None) -> Screening:
    """Not ours. The family goes to the commune that it should be, which is asked next, and is told.

    Without one, when another commune has refused before, or when the family holds a seat already, the
    province decides and nothing moves. Raises `Refused` when it is decided already, and without a reason.
    """
    if not reason.strip():
        raise Refused(_("Vui lòng ghi vì sao gia đình không thuộc xã, phường mình."))
    registration, row = _locked(screening, "reject")
    if suggested is not None and suggested.pk == row.commune_id:
        raise Refused(_("Đây chính là xã, phường mình. Vui lòng chọn nơi khác, hoặc bỏ trống."))
    refused = _not_ours(reason, suggested, timezone.now(), by)
    refused_before = _refusals(registration).exists()
    if suggested is None or refused_before or registration.status != Where.WAITING:
        due = _due(registration.campaign)
        return transition(row, "dispute", by=by, reason=reason, columns=refused, due_at=due)
    row = transition(row, "reject", by=by, reason=reason, columns=refused)
    _move_home(registration, suggested, by=by)
    _ask_commune(registration, suggested)
    return row


# The province


@transaction.atomic
def settle(
    screening: Screening, *, by: User, commune: Place, ask_again: bool = False, reason: str = ""
) -> Screening:
    """Where communes disagree: the family belongs to `commune`; with `ask_again` that one is asked first.

    Returns the row of that commune. Raises `Refused` when it is decided already, and for another home while the
    family holds a seat, which is counted for the commune that it goes to.
    """
    registration, row = _locked(screening, "settle")
    if commune.pk != registration.home_commune_id:
        if registration.status != Where.WAITING:
            raise Refused(
                _(
                    "Gia đình đang có chỗ trên xe nên chưa đổi xã, phường được. Vui lòng xác nhận nơi đã đăng "
                    "ký, hoặc đợi chỗ được trả lại."
                )
            )
        _move_home(registration, commune, by=by)
    transition(row, "settle", by=by, reason=reason)
    made = _ask_commune(registration, commune)
    if not ask_again:
        made = transition(made, "confirm", by=by, reason=reason, decided_at=timezone.now(), decided_by=by)
        _let_on([registration.pk])
    return made


# By itself


def lapse_overdue(now: dt.datetime | None = None, *, step: int = STEP) -> int:
    """Families whose commune did not say in time go on with a mark; how many. What the province has not
    settled in time goes on too, and stays before the province."""
    moment, total = now or timezone.now(), 0
    while taken := _lapse(moment, step):
        total += taken
    return total


@transaction.atomic
def _lapse(moment: dt.datetime, step: int) -> int:
    """One step: registrations, then their screenings; who is held by somebody else is left for the next run."""
    held_up = Q(registration__screened_at=None) | ~Q(registration__status__in=DECIDABLE)
    undecided = Q(status__in=WITH_COMMUNE) | Q(held_up, status=Status.DISPUTED)
    due = Screening.objects.filter(undecided, due_at__lte=moment)
    ids = due.order_by("due_at").values_list("registration_id", flat=True)[:step]
    locked = Registration.objects.filter(pk__in=list(ids)).order_by("pk")
    where = dict(locked.select_for_update(of=("self",), skip_locked=True).values_list("pk", "status"))
    rows = list(due.filter(registration__in=where).order_by("pk").select_for_update(of=("self",)))
    here = [row for row in rows if where[row.registration_id] in DECIDABLE]
    gone = [row for row in rows if where[row.registration_id] not in DECIDABLE]
    late = [row for row in here if row.status in WITH_COMMUNE]
    transition_many(late, "lapse", by=SYSTEM, locked=True, decided_at=moment)
    transition_many(gone, "cancel", by=SYSTEM, locked=True, decided_at=moment)
    waiting = Registration.objects.filter(pk__in=[row.registration_id for row in here], screened_at=None)
    waiting.update(screened_at=moment, screening_overdue=True)
    return len(rows)


# What they share


def _due(campaign: Campaign) -> dt.datetime:
    return timezone.now() + dt.timedelta(hours=campaign.screening_hours)


def _open_rows(registration: Registration) -> ScreeningQuerySet:
    return Screening.objects.filter(registration=registration, status__in=OPEN)


def _refusals(registration: Registration) -> ScreeningQuerySet:
    return Screening.objects.filter(registration=registration, status=Status.NOT_OURS)


def _locked(screening: Screening, verb: str) -> tuple[Registration, Screening]:
    """The family and the row, locked, if the verb may still happen. Raises `Refused`."""
    families = Registration.objects.select_for_update(of=("self",)).select_related("campaign")
    registration = families.get(pk=screening.registration_id)
    rows = Screening.objects.select_for_update(of=("self",)).select_related("commune", "decided_by")
    row = rows.get(pk=screening.pk)
    if registration.status not in DECIDABLE:
        raise Refused(
            _("Gia đình không còn chờ nữa (%(status)s). Không cần làm gì thêm.")
            % {"status": registration.get_status_display()}
        )
    sources, _target = Screening.TRANSITIONS[verb]
    if row.status not in sources:
        raise Refused(_decided_sentence(row))
    row.registration = registration
    return registration, row


def _decided_sentence(row: Screening) -> str:
    values = {
        "officer": row.decided_by.full_name if row.decided_by else "",
        "time": vn_datetime(row.decided_at) if row.decided_at else "",
        "status": row.get_status_display(),
    }
    if row.decided_by:
        return _("%(officer)s đã trả lời lúc %(time)s: %(status)s. Không cần làm gì thêm.") % values
    return _("Không làm được: trạng thái hiện nay là “%(status)s”. Vui lòng tải lại trang để xem.") % values


def _not_ours(
    reason: str, suggested: Place | None, decided_at: dt.datetime | None, decided_by: User | None
) -> dict[str, Any]:
    """The columns of a screening whose commune says that the family is not its own."""
    return {
        "reason": reason,
        "suggested": suggested,
        "decided_at": decided_at,
        "decided_by": decided_by,
    }


def _ask_commune(registration: Registration, commune: Place) -> Screening:
    return Screening.objects.create(
        registration=registration, commune=commune, due_at=_due(registration.campaign)
    )


def _let_on(ids: list[int]) -> None:
    rows = Registration.objects.filter(pk__in=ids)
    rows.update(screened_at=timezone.now(), screening_overdue=False)


def _move_home(registration: Registration, commune: Place, *, by: User) -> None:
    """The family and its people who have not come yet belong to another commune; the family is told."""
    before = registration.home_commune_id
    registration.home_commune = commune
    registration.save(update_fields=["home_commune"])
    record(registration, "home_changed", by=by, data={"before": before, "after": commune.pk})
    people = Person.objects.filter(memberships__registration=registration, arrived_at=None)
    movers = list(people.filter(home_commune=before).order_by("pk").select_for_update(of=("self",)))
    Person.objects.filter(pk__in=[person.pk for person in movers]).update(home_commune=commune)
    Event.objects.bulk_create(
        event_for(person, "updated", by=by, data={"fields": ["home_commune"]}) for person in movers
    )
    notify(
        "home_changed",
        phone=registration.phone,
        about=registration,
        context={"code": registration.code, "commune": commune.name},
        secrets={"link": make_link(registration, "registration", phone=registration.phone)},
    )
