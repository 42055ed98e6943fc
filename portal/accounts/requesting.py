"""Roles that show health, the log or accounts: one administrator asks, a second one confirms."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actions import assign
from portal.accounts.models import Assignment, RoleRequest, User
from portal.accounts.roles import Role, needs_second_person
from portal.places.models import Place
from portal.records.actors import Actor
from portal.records.log import record
from portal.records.refusals import Refused
from portal.records.transitions import transition

LASTS = dt.timedelta(days=7)


class OwnRequest(Refused):
    """Somebody confirms the role that they asked for, or that they would get."""

    def __str__(self) -> str:
        return _("Người đề nghị và người được giao không tự duyệt được. Vui lòng nhờ một quản trị khác.")


class RequestOver(Refused):
    """The request was decided, or its time is over."""

    def __str__(self) -> str:
        return _("Đề nghị này đã được trả lời hoặc đã hết hạn. Vui lòng tải lại trang; cần thì đề nghị lại.")


def give_role(
    user: User, *, role: Role | str, place: Place, by: User, ends_on: dt.date | None = None
) -> Assignment | RoleRequest:
    """Give a role at a place, or ask a second administrator to confirm it where the role shows more."""
    if needs_second_person(role):
        return request_role(user, role=role, place=place, by=by, ends_on=ends_on)
    return assign(user, role=role, place=place, by=by, ends_on=ends_on)


@transaction.atomic
def request_role(
    user: User, *, role: Role | str, place: Place, by: User | Actor, ends_on: dt.date | None = None
) -> Assignment | RoleRequest:
    """Ask for a role. Who holds it there already keeps what they have; asked for twice, it is one request."""
    User.objects.select_for_update().get(pk=user.pk)
    held = Assignment.objects.in_force().filter(user=user, role=role, place=place).first()
    if held is not None:
        return held
    before = RoleRequest.objects.filter(
        user=user, role=role, place=place, status=RoleRequest.Status.REQUESTED
    ).first()
    if before is not None and before.is_open:
        return before
    if before is not None:
        transition(before, "expire_role", by=by)
    request = RoleRequest.objects.create(
        user=user,
        role=role,
        place=place,
        ends_on=ends_on,
        requested_by=by if isinstance(by, User) else None,
        expires_at=timezone.now() + LASTS,
    )
    record(user, "role_requested", by=by, data={"role": str(role), "place": place.path}, place=place)
    return request


@transaction.atomic
def confirm_role(request: RoleRequest, *, by: User) -> Assignment:
    """Give the role that another administrator asked for. Raises `OwnRequest` and `RequestOver`."""
    user, row = _locked(request)
    if by in (row.requested_by, user):
        raise OwnRequest
    transition(row, "confirm_role", by=by, decided_at=timezone.now(), decided_by=by)
    return assign(user, role=row.role, place=row.place, by=by, ends_on=row.ends_on)


@transaction.atomic
def refuse_role(request: RoleRequest, *, by: User, reason: str = "") -> RoleRequest:
    """Refuse a role, or take one's own request back. Raises `RequestOver`."""
    _user, row = _locked(request)
    return transition(row, "refuse_role", by=by, reason=reason, decided_at=timezone.now(), decided_by=by)


def _locked(request: RoleRequest) -> tuple[User, RoleRequest]:
    """Lock the account, then its request."""
    user = User.objects.select_for_update().get(pk=request.user_id)
    rows = RoleRequest.objects.select_for_update(of=("self",)).select_related("requested_by", "place")
    row = rows.get(pk=request.pk)
    if not row.is_open:
        raise RequestOver
    return user, row
