"""Communes say whose the families are: asked and answered, sent on to the right one, and let go on when late."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.journeys import family
from tests.journeys.conftest import Meet
from tests.journeys.family import Family
from tests.journeys.steps import step
from tests.journeys.visitor import DESK, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey
SECONDS = 60  # the scheduler looks every half minute


def test_the_commune_asks_the_family_answers_and_is_confirmed(meet: Meet, live_stack: LiveStack) -> None:
    home = family.one_person(live_stack)
    with step("he registers"):
        family.register(meet("the father"), home)
    father = meet("the father on a plain phone", script=False)
    with step("he reads that his commune is confirming", father):
        father.open(home.phone.wait_for("registered").link)
        father.sees("Xã Hưng Thuận đang xác nhận")

    officer = meet("the commune officer", size=DESK)
    with step("the commune finds him on its list and asks", officer):
        officer.sign_in("xa")
        find(officer, home)
        officer.unfold("Hỏi gia đình")
        officer.fill("Câu hỏi", "Bác là con nhà ai, ở tổ mấy?")
        officer.press_and_agree("Nhắn cho gia đình")
        officer.sees("Đã nhắn cho gia đình", "Gia đình chưa trả lời", "Danh sách này đã xong")
    with step(
        "the list is longer than the window, and what is done with ticked families is within reach", officer
    ):
        officer.open("/officer/screening/")
        box = officer.page.locator("[name=row]").last
        box.scroll_into_view_if_needed()
        officer.page.evaluate("scrollTo(0, 0)")
        expect(box).not_to_be_in_viewport()
        button = officer.page.get_by_role("button", name="Xác nhận những gia đình đã chọn")
        expect(button).to_be_in_viewport()
    with step("he answers on his phone, without scripts", father):
        father.open(home.phone.wait_for("screening_question").link)
        father.sees("Xã Hưng Thuận hỏi gia đình", "ở tổ mấy?")
        father.fill("Trả lời của gia đình", "Con ông Tám, tổ 3")
        father.press("Gửi trả lời")
        father.sees("Xã, phường đã nhận được trả lời")
    with step("the answer is back on the commune's list, and he is confirmed with others", officer, father):
        officer.open(f"/officer/screening/?q={home.code}")
        officer.sees("Con ông Tám, tổ 3")
        officer.choose(f"Chọn {home.head.name}")
        officer.press("Xác nhận những gia đình đã chọn")
        officer.sees("Đã xác nhận 1 gia đình.")
        father.open(home.phone.messages("registered")[0].link)
        father.sees_not("đang xác nhận")


def test_a_family_that_is_not_ours_goes_to_the_right_commune_or_to_the_province(
    meet: Meet, live_stack: LiveStack
) -> None:
    home = family.one_person(live_stack)
    father = meet("the father")
    with step("he registers", father):
        family.register(father, home)
    officer = meet("the officer of the commune that he named", size=DESK)
    with step("the commune does not know him, and says where he should be", officer):
        officer.sign_in("xa")
        find(officer, home)
        officer.unfold("Không phải người của xã, phường")
        officer.pick_place("Gia đình thuộc xã, phường nào?", "ben cau", "Xã Bến Cầu")
        officer.fill("Vì sao?", "Trưởng ấp cho biết không có hộ này")
        officer.press_and_agree("Không phải, chuyển đi")
        officer.sees("Đã chuyển sang Xã Bến Cầu")
    with step("he is told, and sees it on his page", father):
        assert home.phone.wait_for("home_changed").context["commune"] == "Xã Bến Cầu"
        father.open(home.phone.messages("registered")[0].link)
        father.sees("Xã Bến Cầu đang xác nhận")

    other = meet("the officer of the other commune", size=DESK)
    with step("the other one refuses too: nobody is asked in turns", other):
        other.sign_in("xa-khac")
        find(other, home)
        other.sees("Trưởng ấp cho biết không có hộ này")
        other.unfold("Không phải người của xã, phường")
        other.fill("Vì sao?", "Ở đây cũng không có")
        other.press_and_agree("Không phải, chuyển đi")
        other.sees("Tỉnh sẽ quyết định")
    coordinator = meet("the coordinator", size=DESK)
    with step("the province decides", coordinator, father):
        coordinator.sign_in("dieuphoi")
        find(coordinator, home)
        coordinator.sees("Ở đây cũng không có")
        coordinator.pick_place("Gia đình thuộc xã, phường", "hung thuan", "Xã Hưng Thuận")
        coordinator.fill("Căn cứ", "Đã gọi gia đình, có sổ hộ khẩu")
        coordinator.press_and_agree("Quyết định và báo gia đình")
        coordinator.sees("Đã quyết định: Xã Hưng Thuận.")
        father.open(home.phone.messages("registered")[0].link)
        father.sees("Xã Hưng Thuận")
        father.sees_not("đang xác nhận")


def test_a_family_whose_commune_is_late_goes_on(meet: Meet, live_stack: LiveStack) -> None:
    home = family.one_person(live_stack)
    father = meet("the father")
    with step("he registers", father):
        family.register(father, home)
    with step("the time passes, and the clock of the portal notices"):
        live_stack.sql(
            """UPDATE repatriation_screening SET due_at = now() - interval '1 second' WHERE registration_id =
               (SELECT id FROM repatriation_registration WHERE code = %s)""",
            home.code,
        )
        wait_until_late(live_stack, home)
    with step("he reads that he goes on", father):
        father.open(home.phone.wait_for("registered").link)
        father.sees("Xã Hưng Thuận chưa kịp xác nhận, gia đình vẫn tiếp tục")
    coordinator = meet("the coordinator", size=DESK)
    with step("the coordinator sees the mark in the queue", coordinator):
        coordinator.sign_in("dieuphoi")
        coordinator.open(f"/officer/queue/?q={home.code}")
        coordinator.sees(home.head.name, "xã chưa xác nhận")


def find(officer: Visitor, home: Family) -> None:
    """From the list to the family's page."""
    officer.open("/officer/screening/")
    officer.enter("Họ tên hoặc mã đăng ký", home.code)
    officer.press(home.head.name)


def wait_until_late(stack: LiveStack, home: Family) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        (row,) = stack.sql(
            "SELECT screening_overdue FROM repatriation_registration WHERE code = %s", home.code
        )
        if row[0]:
            return
        time.sleep(0.5)
    raise AssertionError("the portal did not let the family go on in time")
