"""The checkpoint works by keyboard: a key puts the hand where it goes next, and nothing fails afterwards."""

from __future__ import annotations

import pytest

from tests.journeys import checkpoint
from tests.journeys.conftest import Meet
from tests.journeys.steps import step
from tests.journeys.visitor import DESK, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey


def focused(visitor: Visitor) -> str:
    return visitor.page.evaluate("document.activeElement.name || document.activeElement.tagName")


def test_a_key_unfolds_a_part_and_goes_to_its_first_box(meet: Meet, live_stack: LiveStack) -> None:
    ((code,),) = live_stack.sql(
        "SELECT code FROM repatriation_registration WHERE status = 'waiting' ORDER BY id LIMIT 1"
    )
    gate = meet("the checkpoint", size=DESK)
    gate.sign_in("chot")
    checkpoint.scan(gate, code)
    keys = gate.page.keyboard
    with step("F4 leads to the first tick of health, and back", gate):
        keys.press("F4")
        assert focused(gate).startswith("positive_")
        gate.look()
        keys.press("F4")
        assert focused(gate) == "q"
        assert gate.page.locator("[name^=positive_]").first.is_hidden()
    with step("F2 leads to the box of the place, also when the part is open already", gate):
        keys.press("F2")
        assert focused(gate).startswith("destination")
        gate.page.locator("#scan").focus()
        keys.press("F2")
        assert focused(gate).startswith("destination")
    with step("the family is recorded, and found again without a fault on the page", gate):
        keys.press("F2")
        gate.enter("Quét mã, hoặc gõ mã đăng ký", "")
        gate.sees("Đã ghi nhận")
        checkpoint.scan(gate, code)
        gate.sees("Không cần nhập lại")
