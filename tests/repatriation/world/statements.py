"""The statements that a part of a test sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models
from django.test.utils import CaptureQueriesContext


@contextmanager
def updates_of(model: type[models.Model]) -> Iterator[list[str]]:
    """Collect the statements inside that change rows of the model."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as caught:
        yield found
    begin = f'UPDATE "{model._meta.db_table}"'
    found += [query["sql"] for query in caught if query["sql"].startswith(begin)]
