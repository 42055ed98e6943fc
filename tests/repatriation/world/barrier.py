"""The checkpoint's box and card as its officer uses them."""

from __future__ import annotations

from typing import Any

from django.test import Client

PAGE, WALK_IN = "/officer/checkpoint/", "/officer/checkpoint/walk-in/"
CARD = "072184004821|290123456|Nguyễn Thị Lan|12031984|Nữ|Ấp 3, Hưng Thuận|01062021"


def scan(box: Client, text: str) -> Any:
    page = box.post(PAGE, {"q": text})
    assert page.status_code == 200
    return page


def card(page: Any, **changes: Any) -> dict[str, Any]:
    """What the browser sends when Enter is pressed on the card; None takes a field away."""
    form = page.context["form"]
    data = {"q": "", "family": page.context["token"]}
    for name in form.fields:
        value = form[name].value()
        if value not in (None, False, ""):
            data[name] = "on" if value is True else value
    return {name: value for name, value in {**data, **changes}.items() if value is not None}
