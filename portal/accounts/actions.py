"""What changes an account. Each is logged."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.utils import timezone

from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.accounts.signing_in import forget_tries
from portal.places.models import Place
from portal.records.actors import SYSTEM
from portal.records.log import record


@transaction.atomic
def note_sign_in(user: User, *, address: str | None) -> None:
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
def set_first_password(user: User, password: str, *, by: User) -> None:
    """Give the account another password, to be changed at the next sign-in; wrong tries at the old one, and halves
    of an older one, are forgotten."""
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    forget_tries(user.username)
    _forget_halves(user)
    record(user, "password_reset", by=by)


@transaction.atomic
def change_password(user: User, password: str) -> None:
    """The officer's own new password. The caller keeps their session alive."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    _forget_halves(user)
    record(user, "password_changed", by=user)


def _forget_halves(user: User) -> None:
    user.role_requests.filter(gives_half=True).update(gives_half=False)


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
