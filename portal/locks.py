"""Advisory locks of PostgreSQL: every kind has a number of its own, so that two kinds never meet.

A lock is taken on a kind and a key, and lasts until the transaction ends. No other code of the portal calls
`pg_advisory_…`, except the functions of the database that count the days' limits; they contain the number of
`Kind.INTAKE_DAY`. Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

from enum import IntEnum, unique

from django.db import connection


@unique
class Kind(IntEnum):
    """A kind of lock: what is locked. A number that was in use is not given to another kind."""

    IMPORT_WORK = 1  # the list that a worker imports; the key is its id
    EXPORT_WORK = 2  # the file that a worker makes; the key is its id
    INTAKE_DAY = 3  # seats of a day that are counted, or limited; the key is the day
    CODES_FOR_PHONE = 4  # one-time codes that are counted for a phone
    CODES_FOR_ADDRESS = 5  # one-time codes that are counted for an internet address
    WRONG_PHONE_NUMBER = 6  # tries to put a phone right, counted for an identity number
    WRONG_PHONE_ADDRESS = 7  # tries to put a phone right, counted for an internet address
    BOOKING_PHONE = 8  # bookings that are counted for a phone
    REGISTRATION_PHONE = 9  # families that register from one phone
    BOARDING_KEY = 10  # one entry of a device at a vehicle
    ARRIVAL_KEY = 11  # one arrival form of the checkpoint
    LIST_NUMBERS = 12  # identity numbers of lists that disagreed, counted for the sender; the key is their id
    SEALING = 13  # the chain of a log that is made longer; the key is the log
    OFFLINE_ENTRY = 14  # one entry of a device; the key is the form's
    OFFLINE_KEY = 15  # the pair of keys to which devices seal


def hold(kind: Kind, key: int | str) -> None:
    """Wait for this lock and take it until the transaction ends."""
    _call("pg_advisory_xact_lock", kind, key)


def try_hold(kind: Kind, key: int | str) -> bool:
    """Take this lock until the transaction ends. Return False at once when another transaction has it."""
    return bool(_call("pg_try_advisory_xact_lock", kind, key))


def _call(function: str, kind: Kind, key: int | str) -> object:
    """Call a lock function of PostgreSQL. The key is a number in 32 bits, or the hash of a text.

    Two texts of one kind with the same hash wait for each other, which costs a moment and breaks nothing.
    """
    with connection.cursor() as cursor:
        if isinstance(key, str):
            cursor.execute(f"SELECT {function}(%s, hashtext(%s))", [int(kind), key])
        else:
            cursor.execute(f"SELECT {function}(%s, %s)", [int(kind), (key + 2**31) % 2**32 - 2**31])
        return cursor.fetchone()[0]
