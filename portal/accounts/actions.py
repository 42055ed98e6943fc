"""What changes an account. Each is logged."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.utils import timezone

from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.places.models import Place
from portal.records.actors import SYSTEM
from portal.records.log import record

FAILURES = 5  # wrong passwords in a row before the account is locked
LOCK = dt.timedelta(minutes=15)


@transaction.atomic
def count_failure(username: str, *, address: str | None) -> None:
    """A wrong password: the fifth in a row locks the account for a quarter of an hour."""
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None:
        return
    user.failed_sign_ins += 1
    if user.failed_sign_ins >= FAILURES:
        user.failed_sign_ins = 0
        user.locked_until = timezone.now() + LOCK
        record(user, "locked", by=SYSTEM, data={"address": address}, place=user.main_place)
    user.save(update_fields=["failed_sign_ins", "locked_until"])


@transaction.atomic
def note_sign_in(user: User, *, address: str | None) -> None:
    User.objects.filter(pk=user.pk).update(failed_sign_ins=0, locked_until=None)
    record(user, "signed_in", by=user, data={"address": address}, place=user.main_place)


@transaction.atomic
def create_user(*, username: str, full_name: str, phone: str = "", by: User) -> tuple[User, str]:
    """A new account with a password to be changed at the first sign-in. Returns both."""
    password = secrets.token_urlsafe(9)
    user = User.objects.create_user(
        username, password, full_name=full_name, phone=phone, must_change_password=True
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
    User.objects.filter(pk=user.pk).update(is_active=active)
    record(user, "activated" if active else "deactivated", by=by)


@transaction.atomic
def assign(
    user: User, *, role: Role | str, place: Place, by: User, ends_on: dt.date | None = None
) -> Assignment:
    assignment = Assignment.objects.create(user=user, role=role, place=place, ends_on=ends_on)
    record(user, "assigned", by=by, data={"role": str(role), "place": place.path}, place=place)
    return assignment


@transaction.atomic
def end_assignment(assignment: Assignment, *, by: User) -> None:
    """The assignment ends now: yesterday was its last day, or it never was in force."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    if assignment.starts_on > yesterday:
        assignment.delete()
    else:
        assignment.ends_on = yesterday
        assignment.save(update_fields=["ends_on"])
    record(
        assignment.user,
        "unassigned",
        by=by,
        data={"role": assignment.role, "place": assignment.place.path},
        place=assignment.place,
    )
