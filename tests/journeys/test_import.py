"""A hometown association sends a list: mistakes are told in its own file, mended, and the families wait."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.conftest import Meet
from tests.journeys.steps import step
from tests.journeys.visitor import DESK, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey
PATIENCE = 40_000  # milliseconds: the worker looks every few seconds
HEADINGS = "Số gia đình;Họ và tên;Ngày sinh;Giới tính;Số giấy tờ;Điện thoại;Tỉnh, thành phố đang ở;Quê;Lý do về;Ghi chú"
MOTHER = "1;Đặng Thị Thu Nguyệt;12/03/1989;Nữ;072189912345;0988123456;TP HCM;Xã Hưng Thuận;mất việc;chị cả"
CHILD = "1;Trần Đặng Gia Hân;{birth};Nữ;;;;;;"
UNCLE = "2;Đặng Văn Tám Lúa;1955;Nam;290912345;0988123457;Bình Dương;Phường Trảng Bàng;;"


def text_of(*rows: str) -> str:
    return "\r\n".join([HEADINGS, *rows]) + "\r\n"


def send(visitor: Visitor, name: str, content: bytes) -> None:
    visitor.open("/officer/imports/new/")
    visitor.page.set_input_files("[name=file]", {"name": name, "mimeType": "text/csv", "buffer": content})
    visitor.press("Gửi để kiểm tra")


def comes(visitor: Visitor, text: str) -> None:
    """The page brings it by itself, when the worker has got so far."""
    visitor.page.locator("main").get_by_text(text).first.wait_for(timeout=PATIENCE)
    visitor.look()


def test_a_list_with_a_mistake_is_mended_taken_in_and_taken_back(meet: Meet, live_stack: LiveStack) -> None:
    sender = meet("the association", size=DESK)
    with step("a list with a day that does not exist is sent, and its page says so by itself", sender):
        sender.sign_in("donghuong")
        send(
            sender,
            "hoi-dong-huong.csv",
            text_of(MOTHER, CHILD.format(birth="31/02/2019"), UNCLE).encode("utf-8-sig"),
        )
        comes(sender, "“31/02/2019” là ngày không có")
        sender.sees("Nhập 1 gia đình", "người cùng gia đình còn lỗi", "Ghi chú", "•••2345")
        sender.sees_not("072189912345")
    with step("the sender's own file comes back with the reasons", sender):
        back = Path(sender.download("Tải tệp kèm lý do").path()).read_bytes().decode("utf-8-sig")
        assert back.splitlines()[0] == f"{HEADINGS};Lý do không nhận"
        assert "là ngày không có" in back.splitlines()[2]
    with step("mended, it is sent again, and all families are taken in", sender):
        send(sender, "hoi-dong-huong-2.csv", back.replace("31/02/2019", "13/02/2019", 1).encode("utf-8-sig"))
        comes(sender, "Nhập 2 gia đình")
        sender.press_and_agree("Nhập 2 gia đình")
        comes(sender, "Nhập xong")
        sender.sees("Đã nhập", "Thu hồi cả danh sách")

    coordinator = meet("the coordinator", size=DESK)
    with step("the families wait in the queue, and each has its message with a link", coordinator):
        coordinator.sign_in("dieuphoi")
        coordinator.open("/officer/queue/?q=dang+thi+thu+nguyet")
        coordinator.sees("Đặng Thị Thu Nguyệt", "mất việc làm")
        told = live_stack.sql(
            "SELECT count(*) FROM notifications_message WHERE kind = 'registration_imported'"
            " AND phone IN ('+84988123456', '+84988123457')"
        )
        assert told[0][0] == 2
    with step("the list is taken back as a whole", sender):
        sender.unfold("Thu hồi cả danh sách")
        sender.fill("Lý do", "gửi nhầm danh sách")
        sender.press_and_agree("Thu hồi")
        sender.sees("Đã thu hồi cả danh sách", "gửi nhầm danh sách")
        coordinator.open("/officer/queue/?q=dang+thi+thu+nguyet")
        coordinator.sees("Không có gia đình nào")
