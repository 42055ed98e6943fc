"""An answer taken back: by who gave it, for some minutes, or by the province, with a reason.

The handover waits again, as if nobody had answered. Both rows of the log are kept. What has followed an answer is
never undone with it: then the person is transferred instead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.refusals import Refused
from portal.records.transitions import transition
from quarantine.alerts.actions import move_alerts
from quarantine.models import Certificate, Order
from quarantine.orders.actions import open_order
from repatriation.editing import require_edit
from repatriation.handover.routing import told_of
from repatriation.handover.shared import (
    decide,
    lock_handovers,
    notify_family,
    notify_places,
    province,
    registrations_of,
    require_no_newer_handover,
)
from repatriation.models import Handover, HandoverException, Registration

UNDO_WITHIN = dt.timedelta(minutes=15)
UNDONE = {"decided_at": None, "decided_by": None, "home_by": None, "order": None, "proposed_place": None}
VERBS: dict[str, str] = {
    Handover.Status.ACCEPTED: "undo_accept",
    Handover.Status.REFUSED: "undo_refuse",
}


def may_still_undo(user: User, row: Handover) -> bool:
    """Return whether this officer gave the answer, not long ago, and nobody has sent the person on."""
    return (
        row.status in VERBS
        and row.decided_by_id == user.pk
        and row.decided_at is not None
        and timezone.now() <= row.decided_at + UNDO_WITHIN
        and row.home_safe_at is None
    )


def just_refused_by(user: User) -> list[Handover]:
    """Return whom this officer sent back not long ago, and who were not sent on: their page is closed to the officer,
    so the list has the button that takes it back."""
    rows = Handover.objects.sent_back().filter(
        decided_by=user,
        decided_at__gte=timezone.now() - UNDO_WITHIN,
        to_place__in=user.place_ids(Permission.DECIDE_HANDOVERS),
    )
    return list(rows.select_related("person", "to_place").order_by("-decided_at", "pk"))


@transaction.atomic
def undo(handovers: Iterable[Handover], *, by: User) -> list[Handover]:
    """Take one's own answer back. Raises `Refused` for another's, after `UNDO_WITHIN`, and when something followed."""
    rows = lock_handovers(handovers)
    for row in rows:
        require_edit(by, VERBS.get(row.status, "undo_accept"), [row])
        if row.decided_by_id != by.pk or row.decided_at is None:
            raise Refused(_("Chỉ người đã bấm mới rút lại được. Vui lòng báo tỉnh để sửa."))
        if timezone.now() > row.decided_at + UNDO_WITHIN:
            raise Refused(
                _("Đã quá %(minutes)d phút nên không tự rút lại được. Vui lòng báo tỉnh để sửa.")
                % {"minutes": UNDO_WITHIN.seconds // 60}
            )
    return _reopen(rows, by=by, reason=_("Bấm nhầm"))


@transaction.atomic
def correct(handovers: Iterable[Handover], *, by: User, reason: str) -> list[Handover]:
    """Let the province open an answer again, with a reason. Raises `Refused` when something followed it."""
    rows = lock_handovers(handovers)
    require_edit(by, "correct_answer", rows)
    if not reason.strip():
        raise Refused(_("Vui lòng ghi lý do."))
    return _reopen(rows, by=by, reason=reason)


def _reopen(rows: list[Handover], *, by: User, reason: str) -> list[Handover]:
    require_no_newer_handover(rows)
    for row in rows:
        _require_last(row)
    accepted = [row for row in rows if row.status == Handover.Status.ACCEPTED]
    for row in accepted:
        _require_nothing_followed(row)
    for row in rows:
        _reopen_one(row, by=by, reason=reason)
    move_alerts([row.person_id for row in rows], to=rows[0].to_place, by=by)
    for registration in registrations_of(accepted):
        _reopen_registration(registration, by=by)
    kind = "handover_accept_undone" if accepted else "handover_refuse_undone"
    notify_family(rows, kind)
    notify_places("handover_reopened", rows, [*told_of(rows[0]), *province(rows[0].to_place)], by=by)
    return rows


def _reopen_one(row: Handover, *, by: User, reason: str) -> None:
    was_accepted, order = row.status == Handover.Status.ACCEPTED, row.order
    decide(row, VERBS[row.status], by=by, reason=reason, columns={**UNDONE, "reason": ""})
    if not was_accepted:
        return
    row.person.responsible_place = row.from_place
    row.person.save(update_fields=["responsible_place"])
    if order is not None:
        _give_order_back(order, by=by, reason=reason)


def _give_order_back(order: Order, *, by: User, reason: str) -> None:
    """Cancel the order that the acceptance opened; one that it brought here goes back to where it was."""
    if order.continues is None:
        transition(order, "cancel", by=by, reason=reason)
        return
    before = order.continues
    open_order(
        order.person,
        place=before.place,
        address=before.address,
        starts_on=before.starts_on,
        by=by,
        mode=before.mode,
    )


def _require_last(row: Handover) -> None:
    """Raise `Refused` when the person is handed over anew since: there is a later link, or a later arrival."""
    later = Handover.objects.filter(person=row.person_id, pk__gt=row.pk)
    if later.exclude(status=Handover.Status.WITHDRAWN).exists():
        raise _followed(row, _("đã được chuyển nơi khác"))
    if row.arrival and (row.arrival.taken_back_at or row.person.arrived_at != row.arrival.at):
        raise _followed(row, _("lượt đến đã được bỏ, hoặc đã qua chốt lần nữa"))
    if HandoverException.objects.standing().filter(person=row.person_id).exists():
        raise _followed(row, _("đã rời đi"))


def _require_nothing_followed(row: Handover) -> None:
    checks: list[tuple[str, Callable[[], bool]]] = [
        (_("đã xác nhận về nhà"), lambda: row.home_safe_at is not None),
        (_("nơi phụ trách đã đổi"), lambda: row.person.responsible_place_id != row.to_place_id),
        (_("quyết định cách ly đã có việc tiếp theo"), lambda: _is_touched(row)),
    ]
    for what, holds in checks:
        if holds():
            raise _followed(row, what)


def _followed(row: Handover, what: str) -> Refused:
    text = _("Không rút lại được: %(name)s %(what)s. Vui lòng chuyển sang nơi khác, hoặc báo tỉnh.")
    return Refused(text % {"name": row.person.full_name, "what": what})


def _is_touched(row: Handover) -> bool:
    """Return whether somebody has worked with the order since the acceptance."""
    order = row.order
    if order is None:
        return False
    return (
        order.status != Order.Status.ACTIVE
        or order.checks.filter(created_at__gt=row.decided_at).exists()
        or order.scheduled_tests.filter(result__created_at__gt=row.decided_at).exists()
        or Certificate.objects.filter(order=order).exists()
    )


def _reopen_registration(registration: Registration, *, by: User) -> None:
    if registration.status != Registration.Status.CLOSED:
        return
    try:
        with transaction.atomic():
            transition(registration, "reopen", by=by)
    except IntegrityError as error:  # its people have registered again
        raise Refused(
            _("Không rút lại được: gia đình đã có đăng ký mới. Vui lòng chuyển sang nơi khác.")
        ) from error
