"""Numbers of papers: one counter for each kind, commune and year, without gaps or doubles."""

from __future__ import annotations

from django.db import connection

from portal.places.models import Place
from quarantine.models import Numbering

SIGNS = {Numbering.Kind.ORDER: "QĐ-CL", Numbering.Kind.CERTIFICATE: "GCN-CL"}


def next_number(kind: Numbering.Kind, place: Place, year: int) -> str:
    """Return the next number, such as `12/QĐ-CL-25708-2026`, of the commune in which the place lies.

    One upsert takes it and locks the counter's row until the caller's transaction ends: no two callers
    get the same number, and a transaction that is rolled back leaves no gap.
    """
    issuer = place.commune or place.province or place
    table = Numbering._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (kind, place_id, year, last) VALUES (%s, %s, %s, 1) "  # noqa: S608 own table's name
            f"ON CONFLICT (kind, place_id, year) DO UPDATE SET last = {table}.last + 1 RETURNING last",
            [kind.value, issuer.pk, year],
        )
        (number,) = cursor.fetchone()
    return f"{number}/{SIGNS[kind]}-{issuer.code}-{year}"
