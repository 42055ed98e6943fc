"""What takes two administrators, one who asks and one who confirms: roles that show health, the log or accounts,
and new passwords of those who hold them."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actions import assign, set_first_password
from portal.accounts.halves import give_in_halves
from portal.accounts.models import Assignment, RoleRequest, User
from portal.accounts.roles import Role, needs_second_person
from portal.accounts.rules import is_guarded
from portal.places.models import Place
from portal.records.actors import Actor
from portal.records.log import record
from portal.records.refusals import Refused
from portal.records.transitions import transition

LASTS = dt.timedelta(days=7)


class OwnRequest(Refused):
    """Somebody confirms what they asked for, or what is for themselves."""

    def __str__(self) -> str:
        return _("Người đề nghị và chủ tài khoản không tự duyệt được. Vui lòng nhờ một quản trị khác.")


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
    return _request(user, role=str(role), place=place, by=by, ends_on=ends_on)


@transaction.atomic
def renew_password(user: User, *, by: User) -> str | RoleRequest:
    """Give the account another password and return it, to be told once; the password of a guarded account is asked
    for instead, and its old one holds until a second administrator confirms."""
    account = User.objects.select_for_update().get(pk=user.pk)
    if is_guarded(account):
        places = [one.place for one in account.assignments.not_over().select_related("place")]
        widest = min(places, key=lambda place: len(place.path))
        return _request(account, role="", place=widest, by=by)
    password = secrets.token_urlsafe(9)
    set_first_password(account, password, by=by)
    return password


def _request(
    user: User, *, role: str, place: Place, by: User | Actor, ends_on: dt.date | None = None
) -> RoleRequest:
    """Return the request that is open already, or a new one. The account is locked."""
    before = RoleRequest.objects.filter(
        user=user, role=role, place=place, status=RoleRequest.Status.REQUESTED
    ).first()
    if before is not None and before.is_open:
        return before
    if before is not None:
        transition(before, _verb("expire", before), by=by)
    request = RoleRequest.objects.create(
        user=user,
        role=role,
        place=place,
        ends_on=ends_on,
        requested_by=by if isinstance(by, User) else None,
        expires_at=timezone.now() + LASTS,
    )
    data = {"role": role, "place": place.path} if role else {}
    record(user, _verb("{}_requested", request), by=by, data=data, place=place)
    return request


@transaction.atomic
def confirm_role(request: RoleRequest, *, by: User) -> str:
    """Do what another administrator asked for. Raises `OwnRequest` and `RequestOver`.

    Returns the second half of the account's new password, to be told once; empty where it keeps its own. The first
    guarded role changes the password too: until then one administrator alone could set it, and may know it. For an
    account that the server made nobody could.
    """
    user, row = _locked(request)
    if by in (row.requested_by, user):
        raise OwnRequest
    changes_password = gives_password(row)
    row = transition(row, _verb("confirm", row), by=by, decided_at=timezone.now(), decided_by=by)
    if not row.is_for_password:
        assign(user, role=row.role, place=row.place, by=by, ends_on=row.ends_on)
    return give_in_halves(user, row, by=by) if changes_password else ""


def gives_password(request: RoleRequest) -> bool:
    """Return whether the account gets a new password when the request is confirmed."""
    if request.is_for_password:
        return True
    return request.requested_by_id is not None and not is_guarded(request.user)


@transaction.atomic
def refuse_role(request: RoleRequest, *, by: User, reason: str = "") -> RoleRequest:
    """Refuse a request, or take one's own back. Raises `RequestOver`."""
    _user, row = _locked(request)
    return transition(
        row, _verb("refuse", row), by=by, reason=reason, decided_at=timezone.now(), decided_by=by
    )


def _verb(verb: str, request: RoleRequest) -> str:
    what = "password" if request.is_for_password else "role"
    return verb.format(what) if "{}" in verb else f"{verb}_{what}"


def _locked(request: RoleRequest) -> tuple[User, RoleRequest]:
    """Lock the account, then its request."""
    user = User.objects.select_for_update().get(pk=request.user_id)
    rows = RoleRequest.objects.select_for_update(of=("self",)).select_related("requested_by", "place")
    row = rows.get(pk=request.pk)
    if not row.is_open:
        raise RequestOver
    return user, row
