"""A scanner that types, as officers meet it at the checkpoint: into the wrong field, twice, without an Enter, over an
open question. And two stories by the clock: a planned family by keyboard alone, and a walk-in family of six by cards.
"""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys import checkpoint
from tests.journeys.conftest import Meet
from tests.journeys.steps import step
from tests.journeys.visitor import DESK, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey
HOME = "Tổ 7, Ấp Bùng Binh, Hưng Thuận, Tây Ninh"
UNDER_HALF_A_MINUTE, EACH_MORE = 30, 10  # seconds


def codes_of(stack: LiveStack, number: int) -> list[str]:
    rows = stack.sql(
        "SELECT code FROM repatriation_registration WHERE status = 'waiting' ORDER BY id LIMIT %s", number
    )
    return [code for (code,) in rows]


def shoot(gate: Visitor, text: str, *, ends: str = "Enter") -> None:
    """Type as a scanner does, wherever the focus is, and wait for the page that answers."""
    with gate.page.expect_navigation(wait_until="load"):
        gate.page.keyboard.type(text)
        if ends:
            gate.page.keyboard.press(ends)


def at_gate(meet: Meet) -> Visitor:
    gate = meet("the checkpoint", size=DESK)
    gate.sign_in("chot")
    return gate


def recorded(stack: LiveStack) -> int:
    ((number,),) = stack.sql("SELECT count(*) FROM repatriation_arrival WHERE taken_back_at IS NULL")
    return int(number)


def test_a_planned_family_by_keyboard_alone(meet: Meet, live_stack: LiveStack) -> None:
    (code,) = codes_of(live_stack, 1)
    gate = at_gate(meet)
    before = recorded(live_stack)
    began = time.monotonic()
    with step("one scan, without any pointer", gate):
        shoot(gate, code)
        gate.sees(code, "Ghi nhận")
    with step("one key records all", gate):
        with gate.page.expect_navigation(wait_until="load"):
            gate.page.keyboard.press("Enter")
        gate.sees("Đã ghi nhận")
    assert recorded(live_stack) > before
    assert time.monotonic() - began < UNDER_HALF_A_MINUTE
    with step("shown again it says when it came, and nothing is recorded twice", gate):
        shoot(gate, code)
        gate.sees("đã đến lúc", "Không cần nhập lại")
        gate.look()


def test_a_code_without_an_enter_with_a_tab_and_with_a_pause(meet: Meet, live_stack: LiveStack) -> None:
    first, second, third = codes_of(live_stack, 3)
    gate = at_gate(meet)
    shoot(gate, first, ends="")
    gate.sees(first)
    shoot(gate, second, ends="Tab")
    gate.sees(second)
    assert gate.page.evaluate("document.activeElement.id") == "scan"
    with gate.page.expect_navigation(wait_until="load"):
        gate.page.keyboard.type(third[:5])
        gate.page.wait_for_timeout(400)
        gate.page.keyboard.type(third[5:])
        gate.page.keyboard.press("Enter")
    gate.sees(third)


def test_a_second_enter_confirms_nothing(meet: Meet, live_stack: LiveStack) -> None:
    (code,) = codes_of(live_stack, 1)
    gate = at_gate(meet)
    before = recorded(live_stack)
    with gate.page.expect_navigation(wait_until="load"):
        gate.page.keyboard.type(f"*{code.lower()}*")
        gate.page.keyboard.press("Enter")
        gate.page.keyboard.press("Enter")
    gate.sees(code)
    assert recorded(live_stack) == before


def test_a_scan_into_another_field_goes_to_the_box_and_what_was_typed_stays(
    meet: Meet, live_stack: LiveStack
) -> None:
    first, second = codes_of(live_stack, 2)
    gate = at_gate(meet)
    keys = gate.page.keyboard
    shoot(gate, first)
    before = recorded(live_stack)
    keys.press("F4")
    field = gate.page.locator("[name^=temperature_]").first
    field.focus()
    field.press_sequentially("37,5", delay=90)
    gate.page.wait_for_timeout(150)
    with gate.page.expect_request(lambda request: request.method == "POST") as sent:
        keys.type(second)
        keys.press("Enter")
    assert second in (sent.value.post_data or "")
    assert re.search(r"temperature_\d+=37%2C5", sent.value.post_data or "")
    gate.page.wait_for_load_state("load")
    gate.sees(second, "vừa mở mà chưa ghi nhận")
    assert recorded(live_stack) == before


def test_a_scan_onto_a_button_presses_nothing(meet: Meet, live_stack: LiveStack) -> None:
    first, second = codes_of(live_stack, 2)
    gate = at_gate(meet)
    shoot(gate, first)
    before = recorded(live_stack)
    gate.page.locator(".btn-big").focus()
    shoot(gate, second)
    gate.sees(second)
    assert recorded(live_stack) == before


def test_a_scan_over_the_question_of_taking_back_presses_nothing(meet: Meet, live_stack: LiveStack) -> None:
    first, second = codes_of(live_stack, 2)
    gate = at_gate(meet)
    shoot(gate, first)
    with gate.page.expect_navigation(wait_until="load"):
        gate.page.keyboard.press("Enter")
    gate.sees("Đã ghi nhận")
    shoot(gate, first)
    gate.press("Xem, sửa hoặc bỏ lượt ghi này")
    before = recorded(live_stack)
    gate.page.get_by_role("button", name="Bỏ lượt ghi này").focus()
    gate.page.keyboard.type(second)
    gate.page.keyboard.press("Enter")
    expect(gate.page.locator("[data-scan-refused]")).to_be_visible()
    gate.page.wait_for_timeout(300)
    assert recorded(live_stack) == before
    with step("pressed on purpose it is taken back, and the family is expected again", gate):
        gate.press("Bỏ lượt ghi này")
        gate.sees("Đã bỏ lượt ghi nhầm")
    gate.open("/officer/checkpoint/")
    shoot(gate, first)
    gate.sees("Ghi nhận")
    assert recorded(live_stack) < before


def test_three_lines_in_one_picture_and_a_doubled_code(meet: Meet, live_stack: LiveStack) -> None:
    (code,) = codes_of(live_stack, 1)
    gate = at_gate(meet)
    keys = gate.page.keyboard
    with gate.page.expect_navigation(wait_until="load"):
        for line in ("8934563138165", code, "LP20341122"):
            keys.type(line)
            keys.press("Enter")
    gate.sees(code)
    shoot(gate, code + code)
    gate.sees(code)
    assert gate.page.locator(".entry-card").count() == 1


def test_rubbish_leaves_the_box_ready(meet: Meet, live_stack: LiveStack) -> None:
    (code,) = codes_of(live_stack, 1)
    gate = at_gate(meet)
    for text in ("8934563138165", "https://example.com/promo?x=1"):
        shoot(gate, text)
        assert gate.page.evaluate("document.activeElement.id") == "scan"
    shoot(gate, "TN-00000-1")
    assert gate.page.locator("#scan").input_value() == "TN-00000-1"
    gate.look()
    shoot(gate, code)
    gate.sees(code)


def test_a_walk_in_family_of_six_by_cards(meet: Meet, live_stack: LiveStack) -> None:
    gate = at_gate(meet)
    people = ["Lê Thị Một", "Lê Văn Hai", "Lê Thị Ba", "Lê Văn Bốn", "Lê Thị Năm", "Lê Văn Sáu"]
    cards = [
        f"0721840077{number:02d}||{name}|12031984|Nữ|{HOME}|01062021" for number, name in enumerate(people)
    ]
    began = time.monotonic()
    for card in cards:
        shoot(gate, card)
    gate.look()
    with gate.page.expect_navigation(wait_until="load"):
        gate.page.keyboard.press("Enter")
    gate.sees("Đã ghi nhận 6 người: Lê Thị Một. Đã báo Xã Hưng Thuận.")
    assert time.monotonic() - began < UNDER_HALF_A_MINUTE + 5 * EACH_MORE


def test_without_a_script_a_walk_in_family_is_entered_by_buttons(meet: Meet) -> None:
    gate = meet("the checkpoint without a script", script=False, size=DESK)
    gate.sign_in("chot")
    checkpoint.scan(gate, f"072184008801||Phạm Thị Không|12031984|Nữ|{HOME}|01062021")
    gate.press("Thêm người")
    gate.press("Ghi nhận người đến")
    gate.sees("Đã ghi nhận 1 người: Phạm Thị Không")
