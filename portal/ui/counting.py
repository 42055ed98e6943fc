"""How much there is of many things, asked of the database in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from portal.ui.pagination import COUNT_CAP


def count_all(querysets: Iterable[QuerySet[Any]]) -> list[int]:
    """The rows of each queryset, in the same order, counted no further than `COUNT_CAP`."""
    counts: list[str] = []
    params: list[Any] = []
    for queryset in querysets:
        try:
            statement, values = queryset.order_by()[:COUNT_CAP].query.sql_with_params()
        except EmptyResultSet:  # Django knows without asking that nothing can be found
            counts.append("0")
            continue
        counts.append(f"(SELECT COUNT(*) FROM ({statement}) AS counted)")  # noqa: S608 - Django wrote it; values stay apart
        params += values
    if not counts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", params)
        return list(cursor.fetchone())
