"""A list that is closed, opened again and closed, with a family that had not answered."""

from __future__ import annotations

import pytest

from tests.journeys import family
from tests.journeys.conftest import Meet
from tests.journeys.steps import step
from tests.journeys.trip import plan_and_fill
from tests.journeys.visitor import DESK
from tests.live import LiveStack

pytestmark = pytest.mark.journey


def test_a_list_closed_too_early_is_opened_again(meet: Meet, live_stack: LiveStack) -> None:
    quick, slow = family.urgent_family(live_stack), family.one_person(live_stack)
    parent = meet("a parent")
    for home in (quick, slow):
        parent.context.clear_cookies()
        family.register(parent, home)
    coordinator = meet("the coordinator", size=DESK)
    coordinator.sign_in("dieuphoi")
    trip = plan_and_fill(coordinator)
    parent.open(quick.phone.wait_for("offer").link)
    parent.press("Nhận chỗ")
    first_link = slow.phone.wait_for("offer").link

    with step("the coordinator presses by mistake, reads who would lose seats, and goes back", coordinator):
        coordinator.open(trip.page)
        coordinator.press("Chốt danh sách")
        coordinator.sees(
            "Chưa có gì thay đổi", "chưa trả lời sẽ mất chỗ", slow.code, "Danh sách chuyến đã chốt"
        )
        coordinator.press("Thôi, quay lại")
        coordinator.sees("Đang mời")
        assert not slow.phone.messages("list_closed")
    with step("they close the list all the same, and the family is told", coordinator, parent):
        coordinator.press_and_agree("Chốt danh sách")
        coordinator.sees("đã chốt danh sách", "mới ghi xe khởi hành được")
        coordinator.sees_not("Xe khởi hành")
        slow.phone.wait_for("list_closed")
    with step("it was too early: the list is opened again, and the family has its seats back", coordinator):
        coordinator.press("Mở lại danh sách")
        coordinator.sees("Bản đã in hết giá trị", slow.code)
        coordinator.press_on(coordinator.page.locator(".asks-form button"))
        coordinator.sees("đang mời")
        again = slow.phone.wait_for("offer_again").link
        assert again != first_link
    with step("the family takes its seats this time", parent):
        parent.open(again)
        parent.press("Nhận chỗ")
        parent.sees("Thẻ lên xe", slow.code)
    with step("closed for the second time it loses nothing", coordinator):
        coordinator.open(trip.page)
        coordinator.press("Chốt danh sách")
        coordinator.sees_not(slow.code)
        coordinator.press_on(coordinator.page.locator(".asks-form button"))
        coordinator.press("Danh sách lên xe")
        coordinator.sees(quick.code, slow.code, "Các bản khác của chuyến")
        assert len(slow.phone.messages("list_closed")) == 1
