"""What the tests of the hotline and of associations share: who they are, and a caller who is looked up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse

from portal.accounts.roles import Role
from repatriation.models import Registration
from tests.factories import make_user
from tests.repatriation.world.road import as_

CALLERS = "/officer/callers/"
WHY = {"reason": "hỏi thứ tự"}


def with_operators(road: SimpleNamespace) -> SimpleNamespace:
    """Two operators of the hotline and an association, beside the officers of the way home."""
    home = road.places.home
    road.hotline = make_user(Role.HOTLINE, home, username="chi", full_name="Lâm Kim Chi")
    road.colleague_there = make_user(Role.HOTLINE, home, username="hai", full_name="Trần Văn Hai")
    road.society = make_user(Role.ASSOCIATION, home, username="phuoc", full_name="Văn Phước")
    return road


def called(desk: SimpleNamespace, row: Registration) -> Client:
    """The operator's browser after looking this family up."""
    client = as_(desk.hotline)
    assert client.post(CALLERS, {"q": row.code, **WHY}).status_code == 200
    return client


def press(client: Client, verb: str, row: Registration, **data: Any) -> Any:
    """A button on a caller's page; the page after it."""
    return client.post(reverse(f"repatriation:caller_{verb}", args=[row.code]), data, follow=True)
