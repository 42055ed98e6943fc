"""Checking a name and a password, with limits that hurt who guesses and not who owns the account.

Tries are counted for the network, and for the network with the name, before any password is looked at; a browser in
which the officer has signed in before is counted by itself. No count belongs to the account alone, so nobody can
shut an officer out. Whether a name exists changes neither the limits nor the time of an answer.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.devices import name_key
from portal.accounts.models import SignInCount, User
from portal.networks import network_of
from portal.records.actors import SYSTEM
from portal.records.log import record
from portal.records.refusals import Refused

WINDOW = dt.timedelta(minutes=15)
PAIR_LIMIT = 10  # wrong tries of one name from one network
DEVICE_LIMIT = 10  # of a browser that is known for the name
NETWORK_LIMIT = 40  # of all names from one network; a whole office shares one
# A password takes half a second of a processor. More sign-ins at once than this in a process of four threads are
# asked to wait a moment, so that other pages stay fast; known browsers do not wait behind strangers.
AT_ONCE = 2
_rooms = {known: threading.BoundedSemaphore(AT_ONCE) for known in (False, True)}


class WrongPassword(Refused):
    """No such account, or another password."""

    def __str__(self) -> str:
        return _("Tên đăng nhập hoặc mật khẩu chưa đúng. Sai mười lần liền, máy này phải đợi 15 phút.")


class TooManyTries(Refused):
    """Too many wrong tries came from this network or browser; the password was not looked at."""

    def __str__(self) -> str:
        return _(
            "Máy hoặc mạng này đã nhập sai quá nhiều lần. Vui lòng thử lại sau 15 phút, hoặc đăng nhập ở máy anh/chị vẫn dùng."
        )


class TooManyAtOnce(Refused):
    """Others are signing in at this moment; the password was not looked at."""

    def __str__(self) -> str:
        return _("Đang có nhiều người cùng đăng nhập. Vui lòng bấm lại sau vài giây.")


def check_sign_in(username: str, password: str, *, address: str | None, device: str = "") -> User:
    """Return the officer whose password this is. Raises `WrongPassword`, `TooManyTries` or `TooManyAtOnce`.

    `device` is the token of a browser that is known for this name. Call it outside a transaction that may be
    rolled back: each try counts for itself, before the password is looked at.
    """
    network, name = (network_of(address) or ""), name_key(username)
    counted = {f"device:{device}": DEVICE_LIMIT} if device else {
        f"network:{network}": NETWORK_LIMIT,
        f"pair:{network}|{name}": PAIR_LIMIT,
    }  # fmt: skip
    counts = {key: _count(key, name) for key in counted}
    if any(counts[key] > limit for key, limit in counted.items()):
        raise TooManyTries
    with _room(bool(device)):
        user = authenticate(username=username, password=password)
    if isinstance(user, User):
        _give_back(list(counted))
        return user
    if any(counts[key] == limit for key, limit in counted.items() if not key.startswith("network:")):
        _note_guesses(username, address)
    raise WrongPassword


def forget_tries(username: str) -> None:
    """Let everybody try this name anew, after an administrator gave it another password."""
    SignInCount.objects.filter(name=name_key(username)).exclude(key__startswith="network:").delete()


@contextmanager
def _room(known: bool) -> Iterator[None]:
    if not _rooms[known].acquire(blocking=False):
        raise TooManyAtOnce
    try:
        yield
    finally:
        _rooms[known].release()


_COUNT = """
INSERT INTO accounts_signincount AS found (key, name, began_at, count) VALUES (%(key)s, %(name)s, %(now)s, 1)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN found.began_at <= %(before)s THEN 1 ELSE LEAST(found.count + 1, 30000) END,
    began_at = CASE WHEN found.began_at <= %(before)s THEN %(now)s ELSE found.began_at END
RETURNING count
"""


def _count(key: str, name: str) -> int:
    """Count one try in its own statement, so that tries sent side by side count each; return how many there are."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "name": name, "now": now, "before": now - WINDOW})
        return int(cursor.fetchone()[0])


def _give_back(keys: list[str]) -> None:
    """A right password forgets the wrong ones of its name; the network's other tries stay counted."""
    SignInCount.objects.filter(key__in=[key for key in keys if not key.startswith("network:")]).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_signincount SET count = count - 1 WHERE key = ANY(%s) AND count > 0",
            [[key for key in keys if key.startswith("network:")]],
        )


@transaction.atomic
def _note_guesses(username: str, address: str | None) -> None:
    user = User.objects.filter(username=username).first()
    if user is not None:
        record(user, "guessed", by=SYSTEM, data={"address": address}, place=user.main_place)
