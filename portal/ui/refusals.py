"""Turn a refusal into words on the page: the one way in which a view does so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest

from portal.records.refusals import Refused
from portal.ui.asking import AtOnce, Question, run_or_ask

T = TypeVar("T")


def sentence_for(request: HttpRequest, refusal: Refused) -> str:
    """The refusal in words for whoever asks: an officer who is signed in, or a citizen."""
    user = getattr(request, "user", None)
    return refusal.to_officer() if user is not None and user.is_authenticated else str(refusal)


def flash_refusal(request: HttpRequest, refusal: Refused, level: int = messages.ERROR) -> None:
    """Say the refusal on the next page."""
    messages.add_message(request, level, sentence_for(request, refusal))


def run_or_flash(
    request: HttpRequest,
    act: Callable[[], T],
    level: int = messages.ERROR,
    *,
    question: Question | AtOnce | None = None,
) -> T | None:
    """Do it, and return what came of it. A refusal is said on the next page, and gives None.

    An officer's act that tells people something asks first (`portal.ui.asking`), in the words of `question`.
    """
    try:
        return run_or_ask(request, act, question)
    except Refused as refusal:
        flash_refusal(request, refusal, level)
    return None


def run_or_add_error(
    request: HttpRequest,
    form: BaseForm,
    act: Callable[[], Any],
    field: str | None = None,
    *,
    question: Question | AtOnce | None = None,
) -> bool:
    """Do it, and return whether it was done. A refusal becomes an error of the form, or of its `field`.

    An officer's act that tells people something asks first, in the words of `question`.
    """
    try:
        run_or_ask(request, act, question)
    except Refused as refusal:
        form.add_error(field, sentence_for(request, refusal))
        return False
    return True
