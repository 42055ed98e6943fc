"""A family changes its mind: on a phone whose browser runs no script, by the link in its message."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.journeys import family
from tests.journeys.conftest import Meet
from tests.journeys.family import Family, today
from tests.journeys.phone import Phone
from tests.journeys.steps import step
from tests.journeys.visitor import Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey


@pytest.fixture
def mother(meet: Meet) -> Visitor:
    """Where the family registers."""
    return meet("the mother")


@pytest.fixture
def aunt(meet: Meet) -> Visitor:
    """An old phone on which the link of the message is opened."""
    return meet("the aunt", script=False)


def test_a_family_changes_its_registration_and_withdraws(
    mother: Visitor, aunt: Visitor, live_stack: LiveStack
) -> None:
    born = dt.date(today().year - 33, 4, 30)
    home = Family(
        Phone(live_stack),
        [
            family.member(family.name(), born, "Nữ"),
            family.member(family.name(), dt.date(today().year - 70, 2, 3), "Nữ", "Có bệnh nền"),
        ],
    )
    lan, grandmother = home.people
    baby = family.member(family.name(), today() - dt.timedelta(days=540), "Nam", number=False)
    with step("the family registers", mother):
        family.register(mother, home)
        link = home.phone.wait_for("registered").link

    with step("what would become of it is said first, and nothing is written", aunt):
        begin(aunt, link)
        aunt.press("Sửa, thêm người")
        take_out(aunt, grandmother.name)
        aunt.press("Đủ rồi, tiếp tục")
        aunt.sees("Bỏ người", grandmother.name, "Điểm ưu tiên sẽ thay đổi", "Hiện nay 70 điểm")
        aunt.sees("Sau khi sửa 10 điểm", "Gia đình sẽ lùi lại trong hàng chờ")
    with step("on second thought everything stays", aunt):
        aunt.press("Bỏ lần sửa, giữ đăng ký như cũ")
        aunt.sees("Đã bỏ lần sửa", "có người mắc bệnh nền (+25)", "2 người")

    with step("a child joins, and counts", aunt):
        begin(aunt, link)
        aunt.press("Sửa, thêm người")
        aunt.press("Thêm người")
        family.say_person(aunt, baby)
        aunt.press("Đủ rồi, tiếp tục")
        aunt.sees("Thêm người", baby.name, "Hiện nay 70 điểm", "Sau khi sửa 110 điểm")
        aunt.press("Xác nhận thay đổi")
        aunt.sees("Đã ghi thay đổi", "có con 17 tháng tuổi (+40)", "3 người")
        home.phone.wait_for("registration_changed_points")
        assert "từ 70 thành 110" in home.phone.shown()

    with step("a wrong name and an address are put right, which moves nothing", aunt):
        begin(aunt, link)
        aunt.press("Sửa, thêm người")
        aunt.press(f"Sửa {lan.name}")
        aunt.fill("Họ và tên", f"{lan.name} Anh")
        aunt.press("Tiếp tục")
        aunt.press("Tiếp tục")
        aunt.press("Đủ rồi, tiếp tục")
        aunt.page.locator("summary").filter(has_text="Mọi câu trả lời").click()
        aunt.press("Sửa quê nhà")
        aunt.fill("Ấp, khu phố, số nhà", "Ấp Lộc Trung")
        aunt.press("Tiếp tục")
        aunt.sees("Điểm ưu tiên không đổi", f"{lan.name} Anh", "Ấp Bùng Binh, tổ 5", "Ấp Lộc Trung")
        aunt.press("Xác nhận thay đổi")
        aunt.sees(f"Gia đình {lan.name} Anh", "Ấp Lộc Trung")

    with step("the last one cannot be taken out: that is withdrawing", aunt):
        begin(aunt, link)
        aunt.press("Sửa, thêm người")
        for name in (grandmother.name, baby.name, f"{lan.name} Anh"):
            take_out(aunt, name)
        aunt.sees("ít nhất một người", f"{lan.name} Anh")
        aunt.press("Đủ rồi, tiếp tục")
        aunt.press("Bỏ lần sửa, giữ đăng ký như cũ")

    with step("the family does not come after all", aunt):
        aunt.press("Rút đăng ký")
        aunt.press("Không, vẫn giữ đăng ký")
        aunt.press("Rút đăng ký")
        aunt.sees("mất thứ tự")
        aunt.fill("Vì sao?", "Có việc làm lại")
        aunt.press("Rút đăng ký", within=aunt.page.locator("main form"))
        aunt.sees("Đã rút đăng ký", "Đăng ký lại")
        home.phone.wait_for("registration_withdrawn")
        aunt.open(f"{aunt.page.url}sua/")
        aunt.sees("Đăng ký này đã ra khỏi hàng chờ")


def test_a_family_goes_on_later_on_another_phone(
    mother: Visitor, aunt: Visitor, live_stack: LiveStack
) -> None:
    born = dt.date(today().year - 45, 8, 19)
    home = Family(Phone(live_stack), [family.member(family.name(), born, "Nữ")])
    with step("the form is saved before it is finished: the phone is proved first", mother):
        family.begin(mother)
        family.say_where(mother, home)
        family.say_who(mother, home)
        mother.press("Lưu lại, khai tiếp sau")
        mother.press("Xác nhận số điện thoại")
        family.prove_phone(mother, home)
        mother.press("Nhắn đường dẫn cho tôi")
        mother.sees("Đã lưu", "Anh/chị đang khai dở")
    with step("the link opens it elsewhere, and the family is registered from there", aunt):
        aunt.open(home.phone.wait_for("draft_link").link)
        aunt.sees("Khai tiếp phần đăng ký đang dở", "Đã ghi 1 người")
        aunt.press("Khai tiếp")
        for reason in home.reasons:
            aunt.choose(reason)
        aunt.press("Tiếp tục")
        if "Kiểm tra lại" not in aunt.text:
            aunt.press("Tiếp tục")
        family.submit(aunt, home)
    with step("the link is used up", aunt):
        aunt.open(home.phone.messages("draft_link")[-1].link, status=410)
        aunt.sees("Đăng ký này đã được gửi")


def begin(visitor: Visitor, link: str) -> None:
    visitor.open(link)
    visitor.press("Sửa đăng ký")
    visitor.sees("Giờ đăng ký của gia đình được giữ nguyên")
    visitor.press("Bắt đầu sửa")
    visitor.sees("Đăng ký vẫn như cũ tới khi anh/chị xác nhận")


def take_out(visitor: Visitor, name: str) -> None:
    visitor.press_on(visitor.section(name).get_by_role("link", name="Bỏ"))
    visitor.press("Bỏ khỏi danh sách")
