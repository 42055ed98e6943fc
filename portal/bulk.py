"""Inserting many new rows of one model, with values that go to the driver unconverted.

`bulk_create` converts each value by its field, which for a list of 20,000 people takes longer than the database
does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

STEP = 1_000  # rows of one statement
_CONVERTED = (models.JSONField, ArrayField)  # the driver takes the values of all other fields


def insert(rows: Iterable[models.Model]) -> None:
    """Insert rows of one model that have no id yet. Like `bulk_create`, set the ids and call no `save()`.

    Values of `auto_now` and expressions are not supported; the rows that a row refers to must be stored already.
    """
    new_rows = list(rows)
    with connection.cursor() as cursor:
        for first in range(0, len(new_rows), STEP):
            _insert(cursor, new_rows[first : first + STEP])


def _insert(cursor: Any, rows: Sequence[models.Model]) -> None:
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    places = f"({', '.join(['%s'] * len(fields))})"
    values = zip(*(_column(rows, field) for field in fields), strict=True)
    written = b", ".join(cursor.mogrify(places, row) for row in values).decode()
    cursor.execute(f"INSERT INTO {meta.db_table} ({names}) VALUES {written} RETURNING id")  # noqa: S608 - mogrified
    for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, connection.alias


def _column(rows: Sequence[models.Model], field: models.Field[Any, Any]) -> list[Any]:
    values = [getattr(row, field.attname) for row in rows]
    if isinstance(field, _CONVERTED):
        return [field.get_db_prep_save(value, connection) for value in values]
    return values
