"""What changes an account. Each is logged."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from django.contrib.auth import authenticate
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.places.models import Place
from portal.records.actors import SYSTEM
from portal.records.log import record
from portal.records.refusals import Refused

TRIES = 5  # wrong passwords in a row before the account is locked
LOCK = dt.timedelta(minutes=15)


class WrongPassword(Refused):
    """No such account, or another password."""

    def __str__(self) -> str:
        return _("Tên đăng nhập hoặc mật khẩu chưa đúng. Sai năm lần liền, tài khoản sẽ tạm khóa 15 phút.")


class AccountLocked(Refused):
    """The password is right, but too many wrong ones came before it."""

    def __str__(self) -> str:
        return _(
            "Tài khoản đang tạm khóa vì nhập sai nhiều lần. Vui lòng thử lại sau 15 phút, hoặc gọi quản trị."
        )


@dataclass(frozen=True)
class Try:
    """One try at a password. `number` counts the tries in a row, 0 where there is no such account."""

    number: int
    looked_at: bool
    locked: bool


def check_sign_in(username: str, password: str, *, address: str | None) -> User:
    """The officer whose password this is. Raises `WrongPassword` or `AccountLocked`.

    Call it outside a transaction that may be rolled back: each try counts for itself.
    """
    this = take_try(username)
    user = authenticate(username=username, password=password) if this.looked_at else None
    if not isinstance(user, User):
        if this.number == TRIES:
            note_lock(username, address=address)
        raise WrongPassword
    if this.locked:
        raise AccountLocked
    return user


@transaction.atomic
def take_try(username: str) -> Try:
    """Count one try before the password is looked at, so that guesses sent side by side count each.

    The fifth in a row locks the account for a quarter of an hour. While it is locked, five more tries
    are looked at, to tell its owner so; then none is: a lock must not tell a guesser that a guess is
    right.
    """
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None:
        return Try(0, looked_at=True, locked=False)
    locked = user.is_locked
    if user.locked_until is not None and not locked:
        user.failed_sign_ins, user.locked_until = 0, None
    if user.failed_sign_ins >= (2 * TRIES if locked else TRIES):
        return Try(user.failed_sign_ins, looked_at=False, locked=locked)
    user.failed_sign_ins += 1
    if user.failed_sign_ins == TRIES:
        user.locked_until = timezone.now() + LOCK
    user.save(update_fields=["failed_sign_ins", "locked_until"])
    return Try(user.failed_sign_ins, looked_at=True, locked=locked)


@transaction.atomic
def note_lock(username: str, *, address: str | None) -> None:
    user = User.objects.get(username=username)
    record(user, "locked", by=SYSTEM, data={"address": address}, place=user.main_place)


@transaction.atomic
def note_sign_in(user: User, *, address: str | None) -> None:
    User.objects.filter(pk=user.pk).update(failed_sign_ins=0, locked_until=None)
    record(user, "signed_in", by=user, data={"address": address}, place=user.main_place)


@transaction.atomic
def create_user(*, username: str, full_name: str, phone: str = "", by: User) -> tuple[User, str]:
    """A new account with a password to be changed at the first sign-in. Returns both."""
    password = secrets.token_urlsafe(9)
    user = User.objects.create_user(
        username, password, full_name=full_name, phone=phone, must_change_password=True, is_demo=by.is_demo
    )
    record(user, "created", by=by)
    return user, password


@transaction.atomic
def reset_password(user: User, *, by: User) -> str:
    """A fresh password, told once to the administrator; it also unlocks the account."""
    password = secrets.token_urlsafe(9)
    user.set_password(password)
    user.must_change_password = True
    user.failed_sign_ins, user.locked_until = 0, None
    user.save(update_fields=["password", "must_change_password", "failed_sign_ins", "locked_until"])
    record(user, "password_reset", by=by)
    return password


@transaction.atomic
def change_password(user: User, password: str) -> None:
    """The officer's own new password. The caller keeps their session alive."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    record(user, "password_changed", by=user)


@transaction.atomic
def set_active(user: User, active: bool, *, by: User) -> None:
    """Stop or reopen an account; asked for twice, it is logged once."""
    if User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active):
        record(user, "activated" if active else "deactivated", by=by)


@transaction.atomic
def close_demo_accounts() -> list[str]:
    """Stop every account of the demo and take its password away; return their names."""
    users = list(User.objects.select_for_update().filter(is_demo=True, is_active=True).order_by("username"))
    for user in users:
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        record(user, "deactivated", by=SYSTEM)
    return [user.username for user in users]


@transaction.atomic
def assign(
    user: User, *, role: Role | str, place: Place, by: User, ends_on: dt.date | None = None
) -> Assignment:
    """Give a role at a place from today on. Who holds it there already keeps what they have."""
    User.objects.select_for_update().get(pk=user.pk)
    held = Assignment.objects.in_force().filter(user=user, role=role, place=place).first()
    if held is not None:
        return held
    assignment = Assignment.objects.create(user=user, role=role, place=place, ends_on=ends_on)
    record(user, "assigned", by=by, data={"role": str(role), "place": place.path}, place=place)
    return assignment


@transaction.atomic
def end_assignment(assignment: Assignment, *, by: User) -> None:
    """The assignment ends now: yesterday was its last day, or it never was in force.

    One that is over already stays as it was.
    """
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    row = Assignment.objects.select_for_update(of=("self",)).select_related("user", "place")
    found = row.filter(pk=assignment.pk).first()
    if found is None or (found.ends_on is not None and found.ends_on <= yesterday):
        return
    if found.starts_on > yesterday:
        found.delete()
    else:
        found.ends_on = yesterday
        found.save(update_fields=["ends_on"])
    data = {"role": found.role, "place": found.place.path}
    record(found.user, "unassigned", by=by, data=data, place=found.place)
