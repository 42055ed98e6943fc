"""Actions of screening: the home commune confirms a family, asks it a question, or rejects it.

Each action locks the registration, so that nothing is decided about a family that has just left the queue.
Order of locks: docs/decisions/0019-order-of-locks.md.
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
from portal.records.log import event_for, record, save_events
from portal.records.refusals import Refused
from portal.records.transitions import transition, transition_many
from portal.ui.formats import vn_datetime
from repatriation.models import Campaign, Registration, Screening
from repatriation.models.registration import Status as Where
from repatriation.models.screening import DECIDABLE, OPEN, WITH_COMMUNE, ScreeningQuerySet
from repatriation.screening.seen import snapshot

Status = Screening.Status
STEP = 5_000  # families in one transaction of the periodic task


@dataclass(frozen=True)
class Bulk:
    """The result of `confirm_many`: how many were confirmed, and how many others had been decided meanwhile."""

    confirmed: int
    already: int


# Beginning, restarting, ending


def begin_screening(registration: Registration) -> Screening | None:
    """Ask the home commune, unless it was asked or has spoken. The caller has locked the registration."""
    if registration.screened_at is not None or _open_rows(registration).exists():
        return None
    row = first_screening(registration)
    _dispute_if_refused_before(row)
    return row


def first_screening(registration: Registration) -> Screening:
    """Ask the home commune about a family that was never screened. The caller has locked the registration."""
    assert registration.home_commune_id is not None
    return Screening.objects.create(
        registration=registration,
        commune_id=registration.home_commune_id,
        due_at=_due(registration.campaign),
    )


@transaction.atomic
def begin_screening_many(ids: Iterable[int]) -> int:
    """Ask the home communes of these registrations in one insert; return how many. Open screenings stay as they are."""
    rows = Registration.objects.filter(pk__in=list(ids), status__in=DECIDABLE, screened_at=None)
    unasked = rows.exclude(screenings__status__in=OPEN).order_by("pk")
    now = timezone.now()
    created = Screening.objects.bulk_create(
        [
            Screening(registration_id=pk, commune_id=commune, due_at=now + dt.timedelta(hours=hours))
            for pk, commune, hours in unasked.values_list(
                "pk", "home_commune_id", "campaign__screening_hours"
            )
        ],
        ignore_conflicts=True,
        batch_size=STEP,
    )
    return len(created)


@transaction.atomic
def restart_screening(registration: Registration, *, by: User | Actor) -> Screening | None:
    """End the screening by the earlier home commune and ask the new one."""
    row = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("campaign")
        .get(pk=registration.pk)
    )
    end_screening(row, by=by)
    row.screened_at, row.screening_overdue = None, False
    row.save(update_fields=["screened_at", "screening_overdue"])
    return begin_screening(row) if row.status in DECIDABLE else None


def copy_screenings(registration: Registration, new: Registration, *, by: User) -> None:
    """Copy a family's screenings to the registration that was split from it. The caller has locked both."""
    rows = list(registration.screenings.exclude(status=Status.CANCELLED).order_by("pk"))
    for row in rows:
        row.pk, row.registration = None, new
    Screening.objects.bulk_create(rows)
    data = {"split_from": registration.code}
    save_events(event_for(row, "split", by=by, data=data) for row in rows)


def end_screening(registration: Registration, *, by: User | Actor) -> None:
    """Cancel the screenings that are open or overdue. The caller has locked the registration."""
    open_or_late = Q(status__in=OPEN) | Q(status=Status.OVERDUE)
    for row in registration.screenings.filter(open_or_late).order_by("pk"):
        transition(row, "cancel", by=by, decided_at=timezone.now())


@transaction.atomic
def end_screening_many(ids: Iterable[int], *, by: User | Actor) -> None:
    """Cancel them for many registrations, which the caller has locked."""
    open_or_late = Q(status__in=OPEN) | Q(status=Status.OVERDUE)
    rows = Screening.objects.filter(open_or_late, registration__in=list(ids))
    transition_many(rows.order_by("pk"), "cancel", by=by, decided_at=timezone.now())


def _dispute_if_refused_before(row: Screening) -> None:
    """Put the screening before the province when this commune has said "not ours" of the family before."""
    earlier = _refusals(row.registration).filter(commune=row.commune_id).order_by("pk").last()
    if earlier is not None:
        columns = _not_ours(earlier.reason, None, earlier.decided_at, earlier.decided_by)
        columns["family_then"] = earlier.family_then
        transition(row, "dispute", by=SYSTEM, reason=earlier.reason, columns=columns)


# The commune


@transaction.atomic
def ask(screening: Screening, *, by: User, question: str) -> Screening:
    """Send a question to the family. The deadline stays, so that a late question does not delay the family.

    Raises `Refused` without a question, and when the screening is decided already.
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
    """Store the family's answer; allowed after the deadline. The same answer sent twice is stored once.

    Raises `Refused` when no question waits for an answer.
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
    """Confirm that the family belongs to this commune; allowed after the deadline.

    Raises `Refused` when the screening is decided already.
    """
    registration, row = _locked(screening, "confirm")
    then = snapshot(registration)
    row = transition(row, "confirm", by=by, decided_at=timezone.now(), decided_by=by, family_then=then)
    _mark_screened([registration.pk])
    return row


@transaction.atomic
def confirm_many(screenings: Iterable[Screening], *, by: User) -> Bulk:
    """Confirm those of the screenings that may still be confirmed, and count the others."""
    ids = [row.pk for row in screenings]
    families = Registration.objects.filter(screenings__in=ids).order_by("pk")
    locked = families.select_for_update(of=("self",)).values_list("pk", "status")
    decidable = {pk for pk, status in locked if status in DECIDABLE}
    rows = Screening.objects.filter(pk__in=ids, registration__in=decidable).order_by("pk")
    sources, _target = Screening.TRANSITIONS["confirm"]
    confirmable = [row for row in rows.select_for_update(of=("self",)) if row.status in sources]
    transition_many(confirmable, "confirm", by=by, locked=True, decided_at=timezone.now(), decided_by=by)
    _mark_screened([row.registration_id for row in confirmable])
    families = Registration.objects.select_related("origin").prefetch_related("members__person")
    by_id = families.in_bulk([row.registration_id for row in confirmable])
    for row in confirmable:
        row.family_then = snapshot(by_id[row.registration_id])
    Screening.objects.bulk_update(confirmable, ["family_then"])
    return Bulk(len(confirmable), len(ids) - len(confirmable))


@transaction.atomic
def reject(screening: Screening, *, by: User, reason: str, suggested: Place | None) -> Screening:
    """Record that the family does not belong to this commune, and ask the suggested commune next.

    The family's home commune becomes the suggested one, and the family is notified. The screening goes to the
    province instead, and the home commune stays, when no commune is suggested, when another has refused before,
    or when the family has a seat. Raises `Refused` without a reason, when the commune suggests itself, and when
    the screening is decided already.
    """
    if not reason.strip():
        raise Refused(_("Vui lòng ghi vì sao gia đình không thuộc xã, phường mình."))
    registration, row = _locked(screening, "reject")
    if suggested is not None and suggested.pk == row.commune_id:
        raise Refused(_("Đây chính là xã, phường mình. Vui lòng chọn nơi khác, hoặc bỏ trống."))
    columns = _not_ours(reason, suggested, timezone.now(), by) | {"family_then": snapshot(registration)}
    refused_before = _refusals(registration).exists()
    if suggested is None or refused_before or registration.status != Where.WAITING:
        due = _due(registration.campaign)
        return transition(row, "dispute", by=by, reason=reason, columns=columns, due_at=due)
    row = transition(row, "reject", by=by, reason=reason, columns=columns)
    _move_home(registration, suggested, by=by)
    _ask_commune(registration, suggested)
    return row


# The province


@transaction.atomic
def settle(
    screening: Screening, *, by: User, commune: Place, ask_again: bool = False, reason: str = ""
) -> Screening:
    """Settle where a disputed family belongs; with `ask_again`, `commune` is asked before it is confirmed.

    Return the new screening by that commune. Raises `Refused` when the screening is decided already, and for
    another home commune while the family has a seat, because seats are counted for the home commune.
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
    asked = _ask_commune(registration, commune)
    if not ask_again:
        decided = {"decided_at": timezone.now(), "decided_by": by, "family_then": snapshot(registration)}
        asked = transition(asked, "confirm", by=by, reason=reason, columns=decided)
        _mark_screened([registration.pk])
    return asked


# The periodic task


def lapse_overdue(now: dt.datetime | None = None, *, step: int = STEP) -> int:
    """Let families go on, with a mark, whose commune did not answer in time; return how many.

    Families whose dispute was not settled in time go on too; their dispute stays before the province.
    """
    moment, total = now or timezone.now(), 0
    while lapsed := _lapse(moment, step):
        total += lapsed
    return total


@transaction.atomic
def _lapse(moment: dt.datetime, step: int) -> int:
    """Lapse one step. Locked registrations are skipped and left for the next run."""
    held_up = Q(registration__screened_at=None) | ~Q(registration__status__in=DECIDABLE)
    undecided = Q(status__in=WITH_COMMUNE) | Q(held_up, status=Status.DISPUTED)
    due = Screening.objects.filter(undecided, due_at__lte=moment)
    ids = due.order_by("due_at").values_list("registration_id", flat=True)[:step]
    locked = Registration.objects.filter(pk__in=list(ids)).order_by("pk")
    where = dict(locked.select_for_update(of=("self",), skip_locked=True).values_list("pk", "status"))
    rows = list(due.filter(registration__in=where).order_by("pk").select_for_update(of=("self",)))
    decidable = [row for row in rows if where[row.registration_id] in DECIDABLE]
    gone = [row for row in rows if where[row.registration_id] not in DECIDABLE]
    late = [row for row in decidable if row.status in WITH_COMMUNE]
    transition_many(late, "lapse", by=SYSTEM, locked=True, decided_at=moment)
    transition_many(gone, "cancel", by=SYSTEM, locked=True, decided_at=moment)
    waiting = Registration.objects.filter(pk__in=[row.registration_id for row in decidable], screened_at=None)
    waiting.update(screened_at=moment, screening_overdue=True)
    return len(rows)


# Helpers


def _due(campaign: Campaign) -> dt.datetime:
    return timezone.now() + dt.timedelta(hours=campaign.screening_hours)


def _open_rows(registration: Registration) -> ScreeningQuerySet:
    return Screening.objects.filter(registration=registration, status__in=OPEN)


def _refusals(registration: Registration) -> ScreeningQuerySet:
    return Screening.objects.filter(registration=registration, status=Status.NOT_OURS)


def _locked(screening: Screening, verb: str) -> tuple[Registration, Screening]:
    """Lock the registration, then the screening. Raises `Refused` when the verb is no longer allowed."""
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
    """Return the columns of a screening whose commune says that the family is not its own."""
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


def _mark_screened(ids: list[int]) -> None:
    rows = Registration.objects.filter(pk__in=ids)
    rows.update(screened_at=timezone.now(), screening_overdue=False)


def _move_home(registration: Registration, commune: Place, *, by: User) -> None:
    """Change the home commune of the family and of its people who have not arrived, and notify the family."""
    before = registration.home_commune_id
    registration.home_commune = commune
    registration.save(update_fields=["home_commune"])
    record(registration, "home_changed", by=by, data={"before": before, "after": commune.pk})
    people = Person.objects.filter(memberships__registration=registration, arrived_at=None)
    movers = list(people.filter(home_commune=before).order_by("pk").select_for_update(of=("self",)))
    Person.objects.filter(pk__in=[person.pk for person in movers]).update(home_commune=commune)
    save_events(event_for(person, "updated", by=by, data={"fields": ["home_commune"]}) for person in movers)
    notify(
        "home_changed",
        phone=registration.phone,
        about=registration,
        context={"code": registration.code, "commune": commune.name},
        secrets={"link": make_link(registration, "registration", phone=registration.phone)},
    )
