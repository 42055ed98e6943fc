"""The watch over officers' presses in every test: what was committed must be what `acts_table` allows."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.records.effects import collect_effects
from portal.ui.asking import SHOWN
from tests.acts_table import ACTS


class ActsWatch:
    """A middleware of the tests' settings; it stands next to the views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.path.startswith("/officer/"):
            return self.get_response(request)
        with collect_effects() as effects:
            response = self.get_response(request)
        match = request.resolver_match
        if match is not None and effects.messages:
            require_asked(match.view_name, messages=len(effects.messages), confirmed=SHOWN in request.POST)
        return response


def require_asked(name: str, *, messages: int, confirmed: bool) -> None:
    """Raise `AssertionError` where a press told people and may not, or had to ask first and did not."""
    kind = ACTS[name].kind
    if kind in {"harmless", "undo"}:
        assert not messages, f"{name} told people; tests/acts_table.py calls it {kind}"
    if kind == "asks first":
        assert confirmed or not messages, f"{name} told people without having asked"
