"""A GET changes nothing: the database refuses, not the programmer's memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

WRITES = re.compile(r"^\s*(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|COPY)\s+\"?(\w+)", re.IGNORECASE)
LOCKS = re.compile(r"\bFOR (NO KEY )?UPDATE\b", re.IGNORECASE)
# Looking is itself logged, and a session remembers its language and its confirmed phone.
ALLOWED = {"records_read", "django_session"}


class WriteDuringGet(RuntimeError):
    """A page that only shows something tried to write."""


def _refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    match = WRITES.match(sql)
    if (match and match[2].lower() not in ALLOWED) or (not match and LOCKS.search(sql)):
        raise WriteDuringGet(sql[:200])
    return execute(sql, params, many, context)


class ReadOnlyGetMiddleware:
    """Raises `WriteDuringGet` when a GET or HEAD writes outside the log of reads and the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            return self.get_response(request)
        with connection.execute_wrapper(_refuse_writes):
            return self.get_response(request)
