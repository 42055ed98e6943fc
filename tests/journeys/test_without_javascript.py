"""The registration on a phone whose browser runs no script."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.journeys import family
from tests.journeys.conftest import Meet
from tests.journeys.family import CONSENT, Family, today, vietnamese
from tests.journeys.phone import Phone
from tests.journeys.steps import step
from tests.journeys.visitor import Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey


@pytest.fixture
def father(meet: Meet) -> Visitor:
    return meet("the father", script=False)


def test_a_family_registers_without_javascript_from_an_old_commune_that_was_split(
    father: Visitor, live_stack: LiveStack
) -> None:
    born = dt.date(today().year - 41, 10, 20)
    home = Family(Phone(live_stack), [family.member(family.name(), born, "Nam")], address="Ấp Phước Hội")
    with step("nobody registers without agreeing", father):
        father.open("/")
        father.press("Đăng ký về quê", within=father.page.locator("main"))
        father.press("Bắt đầu")
        sees_error(father, "agreed", "Cần anh/chị đồng ý")
        father.choose(CONSENT)
        father.press("Bắt đầu")

    with step("a place is typed, and chosen where several are called so", father):
        father.fill("Tỉnh, thành phố hoặc xã", "tan hung")
        father.fill("Số nhà, đường, khu trọ", "12/3 đường số 7")
        father.press("Tiếp tục")
        sees_error(father, "origin", "Có nhiều nơi tên như vậy")
        father.page.get_by_role("radio", name="Hồ Chí Minh").first.check()
        father.press("Tiếp tục")
        father.sees("Bước 3/8", "Gia đình về đâu?")
    with step("what was typed is kept on the way back", father):
        father.press("Quay lại")
        assert value_of(father, "Số nhà, đường, khu trọ") == "12/3 đường số 7"
        assert "Hồ Chí Minh" in value_of(father, "Tỉnh, thành phố hoặc xã")
        father.press("Tiếp tục")
    with step("an old commune that was split asks which of the new ones", father):
        father.fill("Xã, phường ở quê", "Suối Đá")
        father.fill("Ấp, khu phố, số nhà", home.address)
        father.press("Tiếp tục")
        sees_error(father, "home", "Suối Đá")
        offered = father.page.locator("[data-place-offered] label")
        assert offered.count() == 2
        assert value_of(father, "Ấp, khu phố, số nhà") == home.address
        wanted = offered.last.inner_text().split("\n")[0].split(",")[0].strip()
        offered.last.click()
        father.press("Tiếp tục")

    with step("errors stand at the field and on top; the browser's own way back keeps the words", father):
        father.sees("Ai đại diện cho gia đình?")
        father.fill("Họ và tên", home.head.name)
        father.fill("Ngày sinh", "31/02/1985")
        father.fill("Số căn cước", "12345")
        father.press("Tiếp tục")
        sees_error(father, "birth", "Không có ngày này trong lịch")
        sees_error(father, "identity", "12 chữ số")
        sees_error(father, "sex", "Vui lòng chọn nam hoặc nữ")
        assert value_of(father, "Họ và tên") == home.head.name
        assert value_of(father, "Ngày sinh") == "31/02/1985"
        father.fill("Ngày sinh", vietnamese(born))
        father.fill("Số căn cước", home.head.identity)
        father.choose("Nam", exact=True)
        father.press("Tiếp tục")
        father.sees(f"Sức khỏe của {home.head.name}")
        father.press("Tiếp tục")
        father.sees("Những ai cùng về?", home.head.name)
        father.press("Sửa")
        assert value_of(father, "Họ và tên") == home.head.name
        father.press("Quay lại")
        father.press("Đủ rồi, tiếp tục")

    with step("the phone is proved and the registration sent", father):
        family.say_why(father, home)
        family.ask_code(father, home)
        code = home.phone.code()
        father.fill("Mã 6 số", "000000" if code != "000000" else "111111")
        father.press("Xác nhận")
        sees_error(father, "code", "Mã chưa đúng")
        father.fill("Mã 6 số", code)
        father.press("Xác nhận")
        father.sees(wanted, home.address, "12/3 đường số 7")
        family.submit(father, home)
        father.sees("Thứ tự hiện tại", "Được xếp thứ tự theo:")
        father.open(home.phone.wait_for("registered").link)
        father.sees(home.code, "Đang chờ")


# --- Parts of the story --------------------------------------------------------------------------


def sees_error(visitor: Visitor, field: str, text: str) -> None:
    """The sentence stands at the field, and in the summary on top, which leads to the field."""
    at_field = visitor.page.locator(f"#div_id_{field} .field-error")
    assert text in at_field.inner_text()
    line = visitor.page.locator(f".error-summary li:has(a[href='#id_{field}'])")
    assert text in line.inner_text()
    assert visitor.page.locator(f"#id_{field}").count() == 1


def value_of(visitor: Visitor, label: str) -> str:
    return visitor.page.get_by_label(label).first.input_value()
