"""The order of the queue as the database's indexes have it: score first, then who registered earlier.

The indexes have descending scores as ascending `score * -1`, so that one row comparison says who comes before
a family, and an index is read from the front of the queue up to that family and no further. They include the
score itself too; without it, counting would have to visit every row.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import BooleanField, F, Func, Value

# The indexes have this very expression; PostgreSQL would not use them for another one.
BY_SCORE = F("score") * Value(-1)
COLUMNS = (BY_SCORE, F("registered_at"), F("id"))


class Before(Func):
    """A condition: the row comes before the place that a score, a time and an id give."""

    output_field = BooleanField()
    conditional = True
    arity = 6
    operator = "<"

    def __init__(self, score: int, registered_at: dt.datetime, pk: int) -> None:
        super().__init__(*COLUMNS, Value(-score), Value(registered_at), Value(pk))

    def as_sql(
        self, compiler: Any, connection: Any, *_given: Any, **_named: Any
    ) -> tuple[str, tuple[Any, ...]]:
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        sql = [part for part, _params in parts]
        params = tuple(param for _part, some in parts for param in some)
        return f"({', '.join(sql[:3])}) {self.operator} ({', '.join(sql[3:])})", params


class Behind(Before):
    """A condition: the row comes behind the place that a score, a time and an id give."""

    operator = ">"
