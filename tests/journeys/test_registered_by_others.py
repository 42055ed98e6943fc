"""Families that call the hotline, that come to their association, and that gave a wrong phone."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Locator

from citizens.phones import display
from tests.journeys import family
from tests.journeys.conftest import Meet
from tests.journeys.family import Family, Member, today, vietnamese
from tests.journeys.phone import Phone
from tests.journeys.steps import step
from tests.journeys.visitor import DESK, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey
SPOKEN = "Tôi đã đọc các điểm trên"


def grown(sex: str) -> Member:
    return family.member(family.name(), dt.date(today().year - 38, 6, 11), sex)


def row(visitor: Visitor, number: int) -> Locator:
    return visitor.page.locator("fieldset[data-person]").nth(number)


def say_person(visitor: Visitor, number: int, person: Member) -> None:
    line = row(visitor, number)
    visitor.fill("Họ và tên", person.name, within=line)
    visitor.fill("Ngày sinh hoặc năm sinh", vietnamese(person.born), within=line)
    visitor.fill("Số căn cước", person.identity, within=line)
    line.get_by_label("Giới tính").select_option(label=person.sex)


def test_an_operator_registers_a_caller_and_finds_them_again_without_javascript(
    meet: Meet, live_stack: LiveStack
) -> None:
    operator = meet("the operator", size=DESK, script=False)
    home = Family(Phone(live_stack), [grown("Nữ"), grown("Nam")])
    with step("the operator writes down who calls, and one more line is wanted", operator):
        operator.sign_in("tongdai")
        operator.press("Đăng ký hộ gia đình")
        operator.fill("Số di động của gia đình", home.phone.number)
        operator.fill("Đang ở tỉnh, thành phố", "Phường Gò Vấp")
        operator.fill("Xã, phường ở quê", "Xã Hưng Thuận")
        operator.fill("Ấp, khu phố, số nhà ở quê", home.address)
        say_person(operator, 0, home.people[0])
        operator.press("Thêm người")
        assert operator.page.locator("fieldset[data-person]").count() == 4
        assert row(operator, 0).get_by_label("Họ và tên").input_value() == home.head.name
    with step("a card's text fills the last line in", operator):
        box = row(operator, 3).get_by_label("Nội dung mã QR")
        box.fill(home.people[1].card)
        with operator.page.expect_navigation(wait_until="load"):
            box.press("Enter")
        operator.look()
        assert row(operator, 3).get_by_label("Họ và tên").input_value() == home.people[1].name
    with step("nothing is sent before the caller has agreed", operator):
        operator.press("Gửi đăng ký", status=422)
        operator.sees("Cần người đăng ký đồng ý")
        operator.choose(SPOKEN)
        operator.press("Gửi đăng ký")
        operator.sees("Đã đăng ký, mã TN-", "Qua tổng đài", "chưa xác nhận")
    with step("the family opens its own link", operator):
        parent = meet("the caller")
        parent.open(home.phone.wait_for("registered_for_you").link)
        parent.sees("Gia đình của anh/chị?")
        parent.fill("Năm sinh của một người", str(home.people[0].born.year))
        parent.fill("4 ký tự cuối số giấy tờ", home.people[0].identity[-4:])
        parent.press("Xác nhận")
        parent.sees("Đang chờ", "Thứ tự hiện tại")
        home.code = parent.page.locator("p:has(.pill) b").first.inner_text().strip()
    with step("the caller rings again and is told where they stand", operator):
        operator.open("/officer/callers/")
        operator.fill("Mã đăng ký, số điện thoại", home.phone.number)
        operator.fill("Người gọi hỏi gì?", "mất đường dẫn")
        operator.press("Tra cứu")
        operator.sees(home.code, "thứ tự", home.people[1].name)
        operator.press("Gửi lại đường dẫn tới")
        operator.sees("Đường dẫn vừa được gửi", home.code)
    with step("they do not come after all, and the operator says so for them", operator):
        operator.page.locator("summary", has_text="Rút đăng ký").click()
        operator.fill("Vì sao không về nữa?", "Đã về bằng xe nhà")
        operator.press_and_agree("Rút đăng ký")
        operator.sees("Đã ghi theo lời người gọi", "Đã rút đăng ký")
        home.phone.wait_for("registration_withdrawn")


def test_an_association_registers_by_keys(meet: Meet, live_stack: LiveStack) -> None:
    clerk = meet("the clerk", size=DESK)
    home = Family(Phone(live_stack), [grown("Nam")])
    with step("the clerk comes from the list to the form by a key", clerk):
        clerk.sign_in("donghuong")
        with clerk.page.expect_navigation(wait_until="load"):
            clerk.page.keyboard.press("F2")
        clerk.look()
    with step("the form is filled in", clerk):
        clerk.fill("Số di động của gia đình", home.phone.number)
        clerk.pick_place("Đang ở tỉnh, thành phố", *home.origin)
        clerk.pick_place("Xã, phường ở quê", *home.home)
        clerk.fill("Ấp, khu phố, số nhà ở quê", home.address)
        say_person(clerk, 0, home.head)
    with step("Enter goes on to the next box, and F2 to the new line", clerk):
        row(clerk, 0).get_by_label("Họ và tên").press("Enter")
        assert clerk.page.evaluate("document.activeElement.name") == "people-0-birth"
        with clerk.page.expect_navigation(wait_until="load"):
            clerk.page.keyboard.press("F2")
        assert clerk.page.evaluate("document.activeElement.name") == "people-3-full_name"
    with step("it is sent by a key; the number is put right by who typed it", clerk):
        clerk.choose(SPOKEN)
        with clerk.page.expect_navigation(wait_until="load"):
            clerk.page.keyboard.press("F4")
        clerk.look()
        clerk.sees("Đã đăng ký, mã TN-", "Qua hội đồng hương", display(home.phone.number))
        right = Phone(live_stack)
        clerk.page.locator("summary", has_text="Gõ nhầm số điện thoại").click()
        clerk.fill("Số di động đúng", right.number)
        clerk.press_and_agree("Đổi số và nhắn đường dẫn")
        clerk.sees("Đã đổi số", display(right.number))
        right.wait_for("registered_for_you")
    with step("it stands in the clerk's own list, and the queue is closed to them", clerk):
        clerk.open("/officer/registrations/mine/")
        clerk.sees(home.head.name)
        clerk.open("/officer/queue/", status=403)


def test_a_wrong_phone_is_put_right_by_the_home_commune(meet: Meet, live_stack: LiveStack) -> None:
    mother = meet("the mother", script=False)
    home = Family(Phone(live_stack), [grown("Nữ")])
    right = Phone(live_stack)
    with step("a family registers with one number and asks for another", mother):
        register_without_script(mother, home)
        old_link = home.phone.wait_for("registered").link
        mother.open("/xac-nhan/")
        mother.press("Xin đổi số")
        mother.fill("Số căn cước, CMND", home.head.identity)
        mother.fill("Ngày sinh của người đó", vietnamese(home.head.born))
        mother.fill("Số điện thoại đúng", right.number)
        mother.press("Gửi mã")
        mother.fill("Mã 6 số", right.code())
        mother.press("Xác nhận")
        mother.sees("Đã nhận yêu cầu đổi số", "Nếu thông tin khớp")
        home.phone.wait_for("phone_correction_asked")
        mother.open(old_link)
        mother.sees(home.code)
    officer = meet("the commune officer", size=DESK)
    with step("the commune finds it among its work, looks, and confirms", officer):
        officer.sign_in("xa")
        officer.open("/officer/today/?tab=phone_corrections")
        officer.press(home.head.name)
        officer.sees("Cần kiểm tra", home.code)
        officer.sees_not(right.number)
        officer.fill("Đã kiểm tra thế nào?", "Gọi bác Tư ở nhà, đọc đúng bốn số cuối")
        officer.press_and_agree("Đúng gia đình, đổi số")
        officer.sees("Đã đổi số")
    with step("the new phone opens it, the old link says that it is over", mother):
        home.phone.wait_for("phone_left")
        mother.open(right.wait_for("phone_corrected").link)
        mother.sees(home.code, "Đang chờ")
        mother.open(old_link, status=410)


def register_without_script(visitor: Visitor, home: Family) -> None:
    family.begin(visitor)
    visitor.fill("Tỉnh, thành phố hoặc xã", "Phường Gò Vấp")
    visitor.press("Tiếp tục")
    visitor.fill("Xã, phường ở quê", "Xã Hưng Thuận")
    visitor.fill("Ấp, khu phố, số nhà", home.address)
    visitor.press("Tiếp tục")
    family.say_who(visitor, home)
    family.say_why(visitor, home)
    family.prove_phone(visitor, home)
    family.submit(visitor, home)
