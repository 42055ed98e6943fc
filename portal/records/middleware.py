"""The middleware that refuses writes to the database while a GET is answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

COMMENTS = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
# What a statement may begin with. Savepoints belong to `atomic()`, which a page that only reads may use.
READS = {"SELECT", "WITH", "VALUES", "SHOW", "EXPLAIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET"}
FIRST_WORD = re.compile(r"[ (]*(\w+)")
# A write anywhere, since PostgreSQL also takes one inside WITH.
WRITES = re.compile(
    r"(?<!\")\b(?:INSERT INTO|DELETE FROM|MERGE INTO|(?<!FOR )(?<!KEY )(?<!DO )UPDATE)"
    r" (?:ONLY )?(?:\"?public\"?\.)?\"?(\w+)",
    re.IGNORECASE,
)
LOCKS = re.compile(r"\bFOR (?:NO KEY )?UPDATE\b", re.IGNORECASE)
# A read is itself logged, and a session stores its language and its verified phone.
ALLOWED = {"records_read", "django_session"}


class WriteDuringGet(RuntimeError):
    """A GET or HEAD tried to write."""


def writes(sql: str) -> bool:
    """Return whether a statement changes or locks rows of any table but the allowed ones."""
    statement = " ".join(COMMENTS.sub(" ", sql).split())
    tables = {name.lower() for name in WRITES.findall(statement)}
    if tables - ALLOWED or LOCKS.search(statement):
        return True
    first = FIRST_WORD.match(statement)
    return not tables and (first is None or first[1].upper() not in READS)


def _refuse_writes(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    if writes(str(sql)):
        raise WriteDuringGet(str(sql)[:200])
    return execute(sql, params, many, context)


class ReadOnlyGetMiddleware:
    """Raise `WriteDuringGet` when a GET or HEAD writes outside the log of reads and the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            return self.get_response(request)
        with connection.execute_wrapper(_refuse_writes):
            return self.get_response(request)
