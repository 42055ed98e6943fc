"""Advisory locks of PostgreSQL: every kind has a number of its own, so that two kinds never meet.

A lock is taken on a kind and a key, and held until the transaction ends. Nothing else of the portal calls
`pg_advisory_…`, but for the functions of the database that count the days' limits; they carry the number of
`Kind.INTAKE_DAY`. Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

from enum import IntEnum, unique

from django.db import connection


@unique
class Kind(IntEnum):
    """What is locked. A number that was in use is not given to another kind."""

    IMPORT_WORK = 1  # a list in the hands of a worker; the key is its id
    EXPORT_WORK = 2  # a file in the hands of a worker; the key is its id
    INTAKE_DAY = 3  # seats of a day that are counted, or limited; the key is the day
    CODES_FOR_PHONE = 4  # one-time codes that are counted for a phone
    CODES_FOR_ADDRESS = 5  # one-time codes that are counted for an internet address
    WRONG_PHONE_NUMBER = 6  # tries to put a phone right, counted for an identity number
    WRONG_PHONE_ADDRESS = 7  # tries to put a phone right, counted for an internet address
    BOOKING_PHONE = 8  # bookings that are counted for a phone
    REGISTRATION_PHONE = 9  # families that register from one phone
    BOARDING_KEY = 10  # one entry of a device at a vehicle
    ARRIVAL_KEY = 11  # one form of the checkpoint


def hold(kind: Kind, key: int | str) -> None:
    """Wait for this lock, and hold it until the transaction ends."""
    _call("pg_advisory_xact_lock", kind, key)


def try_hold(kind: Kind, key: int | str) -> bool:
    """Hold this lock until the transaction ends; False when another transaction holds it."""
    return bool(_call("pg_try_advisory_xact_lock", kind, key))


def _call(function: str, kind: Kind, key: int | str) -> object:
    """A number is its own key, in 32 bits. Two texts of one kind with the same hash wait for each other,
    which costs a moment and breaks nothing."""
    with connection.cursor() as cursor:
        if isinstance(key, str):
            cursor.execute(f"SELECT {function}(%s, hashtext(%s))", [int(kind), key])
        else:
            cursor.execute(f"SELECT {function}(%s, %s)", [int(kind), (key + 2**31) % 2**32 - 2**31])
        return cursor.fetchone()[0]
