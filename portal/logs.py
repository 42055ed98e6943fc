"""What the processes of the portal write into their logs: no token, code, phone, name or identity number.

`PrivateFormatter` takes them out of every line, whoever wrote it; `NotAnError` leaves out answers that are no fault
of the portal, such as 403 and 404. `settings.LOGGING` puts both before the one handler, which Gunicorn's and
Celery's loggers use too.
"""

from __future__ import annotations

import logging
import logging.config
import re
import traceback
from collections.abc import Mapping
from typing import Any

MASK = "•••"
LONGEST = 300  # characters of an exception's own text
OWN = ("portal.", "citizens.", "quarantine.", "repatriation.", "appointments.")
TASK_ARGUMENTS = {"args", "kwargs", "argsrepr", "kwargsrepr", "body", "return_value"}
UNNAMED = "?"  # an address that leads nowhere

TOKEN = re.compile(
    r"(?<=/)[\w-]{20,}(?=[/?\s\"']|$)"  # a long part of an address
    r"|(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{22,}(?![\w-])"
    r"|(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z_-])[\w-]{27}(?![\w-])"  # the length of a secret link's token
    r"|(?<![\w-])(?=\w*\d)[0-9A-Za-z]{30,}(?![\w-])"  # a session's key, a form's token, a hash
)
QUERY = re.compile(r"\?[^\s\"'?]*=[^\s\"']*")
# Letters and digits of a registration or a booking. A trip's code (CX-…) belongs to nobody.
CODE = re.compile(r"\b(?!CX-)([A-Z]{1,4})-[0-9A-Z]{5}-[0-9A-Z]\b", re.IGNORECASE)
UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
DAY = r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?"
NUMBER = re.compile(
    rf"({UUID}|{DAY}|\b\d{{1,4}}\.\d+s\b)"  # stays: a task's number, a moment, a duration
    r"|(?<![\w.])[+(]{0,2}\d(?:(?:[\s.\-()/_]{0,2}|,)\d){8,}"  # phones and identity numbers, however they are spaced
    r"|(?<!\d)\d{6,}"  # one-time codes
    r"|\b[A-Za-z]{1,2}\d{6,8}\b"  # passports
)
EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.\w+")
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|`[^`]*`|\([^()]*\)=\([^()]*\)")
NAME_IN_CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")  # a table, a column, a constraint


def masked(text: str) -> str:
    """Return the text without what could open or name somebody's record."""
    text = QUERY.sub(f"?{MASK}", text)
    text = TOKEN.sub(_unless_a_task, text)
    text = CODE.sub(rf"\1-{MASK}", EMAIL.sub(MASK, text))
    return NUMBER.sub(lambda match: match[1] or MASK, text)


def _unless_a_task(match: re.Match[str]) -> str:
    return match[0] if re.fullmatch(UUID, match[0]) else MASK


def text_of(error: BaseException) -> str:
    """Return what an exception says about the program. The values in it are masked.

    The portal's own exceptions are sentences for people, with names in them, and say nothing here. Of the
    database's only the first line counts; the rest is the row that it refused.
    """
    if f"{type(error).__module__}.".startswith(OWN):
        return ""
    text = (str(error).splitlines() or [""])[0][:LONGEST]
    return _without_values(text)


def _without_values(text: str) -> str:
    """Return the text without what stands in quotation marks, except names of tables and columns."""
    text = QUOTED.sub(lambda match: match[0] if NAME_IN_CODE.fullmatch(match[0][1:-1]) else MASK, text)
    return masked(text) if text.replace(MASK, "").isascii() else MASK


def _argument(value: Any) -> Any:
    if isinstance(value, BaseException):
        return f"{type(value).__name__} {text_of(value)}".strip()
    if isinstance(value, str):
        return _without_values(value)
    return value if value is None or isinstance(value, int | float) else _argument(str(value))


def _of_celery(key: str, value: Any) -> Any:
    """Return a value of a line about a task: of an exception, which comes as text, its type; of arguments nothing."""
    if key in TASK_ARGUMENTS:
        return MASK
    return str(value).split("(")[0] if key == "exc" else _argument(value)


class NotAnError(logging.Filter):
    """Let answers of 400 to 499 through as information alone: somebody asked for what is not there, or not theirs."""

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500:
            return logging.getLogger().getEffectiveLevel() <= logging.INFO
        return True


class PrivateFormatter(logging.Formatter):
    """Write a line without tokens, codes, phones, names and numbers."""

    def format(self, record: logging.LogRecord) -> str:
        safe = logging.makeLogRecord(record.__dict__)
        said = masked(self._message(record))
        safe.msg, safe.args, safe.exc_text = said if said.replace(MASK, "").isascii() else MASK, None, None
        return super().format(safe)

    def _message(self, record: logging.LogRecord) -> str:
        if (request := getattr(record, "request", None)) is not None:  # Django's own lines end in the path
            match = getattr(request, "resolver_match", None)
            said = record.getMessage().split(":")[0].split("(")[0].strip()
            return f"{said}: {request.method} {match.route if match else UNNAMED}"
        args: Any = record.args
        if isinstance(args, Mapping):
            args = {key: _of_celery(key, value) for key, value in args.items()}
        elif args:
            args = tuple(map(_argument, args))
        try:
            return str(record.msg) % args if args else str(record.msg)
        except (TypeError, ValueError):
            return str(record.msg)

    def formatStack(self, stack_info: str) -> str:
        return _without_values(stack_info)

    def formatException(self, ei: Any) -> str:
        """Write where an exception came from, without the values that it names."""
        error: BaseException | None = ei[1]
        lines: list[str] = []
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            frames = "".join(traceback.format_tb(error.__traceback__)).rstrip()
            lines.insert(0, f"{frames}\n{type(error).__name__}: {text_of(error)}".strip(": \n"))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\n".join(lines)


def use_in_celery(loglevel: Any = None, **_kwargs: Any) -> None:
    """Let worker and scheduler write as the web server does; Celery's own level stays."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
    if loglevel is not None:
        logging.getLogger("celery").setLevel(loglevel)
