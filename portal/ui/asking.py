"""Asking before an act that tells people something, or that cannot be undone.

The act runs in a transaction, and its effects are collected. If the officer has confirmed exactly these
effects, the transaction is committed. Otherwise it is rolled back, and a page shows the effects and asks: so
the page cannot promise anything else than what the act does. The page works without JavaScript; its form sends
the same fields again, with a digest of what was shown. When the effects have changed meanwhile, it asks again.

`run_or_flash` and `run_or_add_error` ask for every officer's act that queues a message; see
docs/decisions/0027-asking-first.md.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.records.effects import Effects, QueuedMessage, collect_effects, describe
from portal.records.log import record_read
from portal.records.refusals import Refused
from portal.records.verbs import status_label, subject_label
from portal.ui.formats import vn_datetime, vn_time
from portal.ui.redirects import BACK, page_before

T = TypeVar("T")
SHOWN = "shown"  # the field with the digest of what the officer has read
NOT_CARRIED = {"csrfmiddlewaretoken", SHOWN, BACK}
NAMES_SHOWN = 60  # more families than a bus has seats for


@dataclass(frozen=True)
class Question:
    """The words of the page. `lines` say what the effects alone do not. `always` is for an act that cannot be
    undone: it asks also when nobody is told. `is_grave` colours the button."""

    title: str
    button: str
    lines: Sequence[str] = ()
    always: bool = False
    is_grave: bool = False


@dataclass(frozen=True)
class AtOnce:
    """Stands for a question where an act must not ask; `reason` says why."""

    reason: str


class AskFirst(Exception):
    """Carries the page that asks out of the transaction that it rolls back, and the rows that the page names."""

    def __init__(self, page: HttpResponse, named: list[tuple[str, list[int]]]) -> None:
        super().__init__("the officer is asked first")
        self.page = page
        self.named = named


class AskFirstMiddleware:
    """Answer with the page that asks, and log whom it names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, AskFirst):
            return None
        for subject_type, ids in exception.named:
            record_read(
                _officer(request), "page", subject_type=subject_type, subject_ids=ids, request=request
            )
        return exception.page


def run_or_ask(request: HttpRequest, act: Callable[[], T], question: Question | AtOnce | None = None) -> T:
    """Run the act if the officer has confirmed its effects; else raise `AskFirst` and change nothing.

    An act that tells nobody runs at once unless the question says `always`. A citizen's act is not asked
    about here: their pages say what a button does.
    """
    if isinstance(question, AtOnce) or not _is_officer(request):
        return act()
    question = question or Question(_("Gửi tin nhắn này?"), _("Làm và gửi"))
    with transaction.atomic(), collect_effects() as effects:
        try:
            result = act()
        except Refused as refusal:
            refused = refusal  # what the act wrote before it refused stays: a try that is counted, a log row
        else:
            if effects.messages or (question.always and effects.events):
                _require_yes(request, question, effects)
            return result
    raise refused


def ask_with_rehearsal(request: HttpRequest, act: Callable[[], object], question: Question) -> None:
    """Raise `AskFirst` unless the officer has confirmed the effects of an act that a worker does later.

    The act is run here, and rolled back in either case.
    """
    with transaction.atomic(), collect_effects() as effects:
        act()
        _require_yes(request, question, effects)
        transaction.set_rollback(True)


def _require_yes(request: HttpRequest, question: Question, effects: Effects) -> None:
    fields = _carried(request)
    digest = _digest(request.path, fields, effects)
    if request.POST.get(SHOWN) != digest:
        raise _asked(request, question, effects, fields, digest)


def _is_officer(request: HttpRequest) -> bool:
    return request.method == "POST" and request.path.startswith("/officer/")


def _officer(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields that the officer sent, to be sent again."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_CARRIED
        for value in values
        if isinstance(value, str)
    ]


def _digest(path: str, fields: list[tuple[str, str]], effects: Effects) -> str:
    """Return a digest of what was asked for and of what it does: whom it tells, and of which day and place. Ids
    of rows that the act makes, and the time of the act, differ at the second run and are left out."""
    now = timezone.now()
    of_now = {vn_time(now), vn_datetime(now)}
    changes = Counter((event.subject_type, event.verb, event.to_status) for event in effects.events)
    told = sorted(
        (message.kind, message.recipient, [fact for fact in message.facts if fact[1] not in of_now])
        for message in effects.messages
    )
    text = json.dumps([path, fields, sorted((*key, n) for key, n in changes.items()), told])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class MessageGroup:
    """The messages of one kind: how many, an example, and who is meant as far as the officer may see it."""

    title: str
    count: int
    example: str
    names: list[str]
    more: int


def _asked(
    request: HttpRequest, question: Question, effects: Effects, fields: list[tuple[str, str]], digest: str
) -> AskFirst:
    """Render the page now: rows that the act has made are there until the transaction is rolled back."""
    groups, named = _groups(_officer(request), effects)
    context = {
        "question": question,
        "groups": groups,
        "changes": _changes(effects),
        "total": len(effects.messages),
        "fields": fields,
        "shown": digest,
        "has_changed": SHOWN in request.POST,
        "back": _back(request),
    }
    return AskFirst(render(request, "ui/ask_first.html", context), named)


def _groups(user: User, effects: Effects) -> tuple[list[MessageGroup], list[tuple[str, list[int]]]]:
    """Return the messages by kind, and the rows that are named with them."""
    kinds: dict[str, list[QueuedMessage]] = {}
    for message in effects.messages:
        kinds.setdefault(message.kind, []).append(message)
    groups, named = [], []
    for messages in kinds.values():
        names: list[str] = []
        for subject_type in dict.fromkeys(message.about_type for message in messages):
            ids = [one.about_id for one in messages if one.about_type == subject_type and one.about_id]
            described = describe(user, subject_type, ids[:NAMES_SHOWN])
            names += [described[pk] for pk in dict.fromkeys(ids) if pk in described]
            named.append((subject_type, list(described)))
        names = names[:NAMES_SHOWN]
        first = messages[0]
        groups.append(MessageGroup(first.title, len(messages), first.text, names, len(messages) - len(names)))
    return groups, [(subject_type, ids) for subject_type, ids in named if ids]


def _changes(effects: Effects) -> list[str]:
    """Return how many rows go from which status to which."""
    moves = Counter(
        (event.subject_type, event.from_status, event.to_status)
        for event in effects.events
        if event.from_status and event.from_status != event.to_status
    )
    return [
        _("%(count)d %(what)s: %(before)s → %(after)s")
        % {
            "count": count,
            "what": subject_label(subject_type).lower(),
            "before": status_label(subject_type, before).lower(),
            "after": status_label(subject_type, after).lower(),
        }
        for (subject_type, before, after), count in moves.items()
    ]


def _back(request: HttpRequest) -> str:
    """Return the page on which the officer pressed the button."""
    return page_before(request) or resolve_url("accounts:first_screen")
