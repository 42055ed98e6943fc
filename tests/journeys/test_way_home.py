"""One family's whole way home, and people whom a commune first refuses."""

from __future__ import annotations

import datetime as dt
import io
import re

import pypdf
import pytest

from tests.journeys import checkpoint, family
from tests.journeys.conftest import Meet
from tests.journeys.family import Family, today, vietnamese
from tests.journeys.qr import read_codes, read_paper
from tests.journeys.steps import step
from tests.journeys.trip import plan_and_fill
from tests.journeys.visitor import DESK, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey


def test_a_family_goes_all_the_way_from_a_form_on_a_phone_to_the_end_of_their_quarantine(
    meet: Meet, live_stack: LiveStack
) -> None:
    home = family.urgent_family(live_stack)
    parent = meet("the mother")
    with step("the family registers from the first page, without an account", parent):
        family.register(parent, home)
        parent.sees("Thứ tự hiện tại", "Được xếp thứ tự theo:", "mang thai", "tháng tuổi")
        assert read_codes(parent.page) == [home.code]
    with step("the link of the message shows where they stand", parent):
        parent.open(home.phone.wait_for("registered").link)
        parent.sees(home.code, "Đang chờ", "Thứ tự hiện tại")

    coordinator = meet("the coordinator", size=DESK)
    with step("the coordinator sees them in the queue, plans a trip and fills it", coordinator):
        coordinator.sign_in("dieuphoi")
        coordinator.sees("Hàng chờ")
        coordinator.enter("Mã đăng ký, điện thoại hoặc họ tên", home.code)
        coordinator.sees(home.head.name, "mang thai")
        trip = plan_and_fill(coordinator)
        coordinator.sees(home.head.name, home.code)
    with step("the family is offered seats by message and takes them", parent):
        parent.open(home.phone.wait_for("offer").link)
        parent.sees("Mời gia đình nhận 3 chỗ", "Bến xe An Sương", "08:00")
        parent.press("Nhận chỗ")
        parent.sees("Thẻ lên xe", home.code)
        shown_code = read_codes(parent.page)
        assert shown_code == [home.code]
        home.phone.wait_for("offer_confirmed")

    with step("the list is closed, printed and the vehicle leaves", coordinator):
        coordinator.open(trip.page)
        coordinator.press_and_agree("Chốt danh sách")
        coordinator.press("Danh sách lên xe")
        coordinator.sees(home.code, *(person.name for person in home.people))
        trip.leave_now(live_stack)
        coordinator.open(trip.page)
        coordinator.press_and_agree("Xe khởi hành")
        coordinator.sees("đã khởi hành")
        home.phone.wait_for("trip_departed")

    gate = meet("the checkpoint", size=DESK)
    with step("the checkpoint finds them by everything that they may show", gate):
        gate.sign_in("chot")
        mother = home.head
        for shown in (mother.card, home.phone.number, mother.name.lower(), shown_code[0].lower()):
            checkpoint.scan(gate, shown)
            gate.sees(mother.name, home.code, "Đúng chuyến", "Ghi nhận 3 người đến")
    with step("one press records all three", gate):
        gate.enter("Quét mã, hoặc gõ mã đăng ký", "")  # the empty box: Enter records the family shown
        gate.sees(f"Đã ghi nhận 3 người: {mother.name}. Đã báo Xã Hưng Thuận.")
        arrived = home.phone.wait_for("arrived")
        assert arrived.context["commune"] == "Xã Hưng Thuận"

    officer = meet("the commune officer", size=DESK)
    with step("the commune sees them with a clock and takes them in", officer):
        officer.sign_in("xa")
        officer.sees("Hôm nay", "Bàn giao chờ nhận")
        officer.open("/officer/today/?tab=handovers")
        row = officer.section(mother.name)
        assert re.search(r"còn \d+ giờ", row.locator("time").inner_text())
        officer.press_and_agree("Nhận", within=row)
        officer.sees(f"Đã tiếp nhận {mother.name} (3 người). Quyết định cách ly đã được lập.")
        home.phone.wait_for("handover_accepted")

    with step("the family reports by the daily link", parent):
        parent.open(home.phone.wait_for("order_opened").link)
        for person in home.people:
            part = parent.section(person.name)
            parent.choose("Khỏe, không có dấu hiệu nào", within=part)
            parent.fill("Nhiệt độ", "36,8", within=part)
        parent.press("Gửi khai báo")
        parent.sees("Cảm ơn bà con", *(person.name for person in home.people))

    order = order_of(live_stack, mother.name)
    with step("on day 1 the officer enters a negative test and a dose", officer):
        days_pass(live_stack, order, 1)
        officer.open(f"/officer/quarantine/{order}/")
        officer.sees("Ngày 1 trong 14", "36,8 °C", "8399/BYT-MT")
        enter_negative_test(officer)
        officer.sees("Đã ghi kết quả", "Âm tính")
        officer.press("Nhập mũi tiêm")
        officer.fill("Loại vắc xin", "Vero Cell")
        officer.fill("Ngày tiêm", vietnamese(today() - dt.timedelta(days=40)))
        officer.press("Lưu")
        officer.sees(f"Đã ghi mũi tiêm của {mother.name}")
    later = meet("the mother, a day later")
    with step("the family is told by a link, and sees the result behind a code", later):
        told = home.phone.wait_for("test_result_ready")
        assert "âm tính" not in home.phone.shown().lower(), "a result is never in the text of a message"
        see_results(later, home, told.link)
        later.sees("Âm tính", "Vero Cell", mother.name)

    with step("on the last day the officer ends the quarantine", officer):
        days_pass(live_stack, order, 13)
        officer.open("/officer/today/?tab=end")
        officer.sees("Thiếu xét nghiệm")
        officer.press("Nhập kết quả", within=officer.section(mother.name))
        fill_negative_test(officer)
        officer.sees("Hết cách ly")
        officer.press_and_agree("Hoàn thành", within=officer.section(mother.name))
        officer.sees(f"{mother.name} đã hoàn thành. Đã cấp giấy xác nhận.")
    with step("the family downloads the certificate; its QR code opens the public page", later):
        later.open(home.phone.wait_for("order_completed").link)
        paper = later.download("Tải giấy xác nhận").path().read_bytes()
        address = checked_certificate(paper, home)
    stranger = meet("somebody at a gate")
    with step("whoever scans the certificate learns that it is valid", stranger):
        stranger.open(address)
        stranger.sees("Giấy có giá trị", mother.name)
        stranger.sees_not(mother.identity)
    with step("a certificate that was revoked is not valid", officer, stranger):
        officer.open(f"/officer/quarantine/{order}/")
        officer.unfold("Thu hồi giấy này")
        officer.fill("Lý do thu hồi", "Ghi nhầm ngày")
        officer.press_and_agree("Thu hồi", within=officer.page.locator("details[open]"))
        officer.sees("Đã thu hồi giấy xác nhận")
        stranger.open(address)
        stranger.sees("Giấy không còn giá trị")
        stranger.sees_not(mother.name)


def test_people_whom_a_commune_refuses_are_sent_on_by_the_province(meet: Meet, live_stack: LiveStack) -> None:
    driver = family.member(family.name(), dt.date(today().year - 34, 6, 17), "Nam")
    gate = meet("the checkpoint", size=DESK)
    with step("somebody comes in their own vehicle and shows their card", gate):
        gate.sign_in("chot")
        checkpoint.enter_walk_in(gate, driver, ("hung thuan", "Xã Hưng Thuận"))
    officer = meet("the commune officer", size=DESK)
    with step("the commune refuses, with a reason and not without", officer):
        officer.sign_in("xa")
        officer.open("/officer/today/?tab=handovers")
        officer.press(driver.name, within=officer.section(driver.name))
        officer.unfold("Chưa tiếp nhận được")
        officer.press("Trả lại và báo tỉnh", status=422)
        officer.sees("Vui lòng ghi lý do")
        officer.fill("Lý do", "Nhà ở xã Bến Cầu, không có ai ở đây")
        officer.press_and_agree("Trả lại và báo tỉnh")
        officer.sees("Đã trả lại.")
    with step("the checkpoint sees that it still answers for them", gate):
        gate.open("/officer/checkpoint/")
        gate.sees("Bị trả lại, chốt vẫn đang lo")

    coordinator = meet("the coordinator", size=DESK)
    with step("the province sees the reason and sends them on", coordinator):
        coordinator.sign_in("dieuphoi")
        coordinator.open("/officer/today/?tab=handovers_refused")
        row = coordinator.section(driver.name)
        assert "Nhà ở xã Bến Cầu" in row.inner_text()
        coordinator.press(driver.name, within=row)
        coordinator.pick_place("Chuyển đến xã, phường", "ben cau", "Xã Bến Cầu")
        coordinator.press_and_agree("Chuyển và báo gia đình")
        coordinator.sees("Đã chuyển đến Xã Bến Cầu")
    other = meet("the officer of the other commune", size=DESK)
    with step("the other commune takes them in", other):
        other.sign_in("xa-khac")
        other.open("/officer/today/?tab=handovers")
        other.press_and_agree("Nhận", within=other.section(driver.name))
        other.sees(f"Đã tiếp nhận {driver.name}")
    with step("the first commune keeps nothing of them to do", officer):
        officer.open("/officer/today/?tab=handovers")
        officer.sees_not(driver.name)


# --- Parts of the stories ------------------------------------------------------------------------


def order_of(stack: LiveStack, name: str) -> int:
    """The order in force of the person of this name who came last."""
    rows = stack.sql(
        """SELECT quarantine_order.id FROM quarantine_order JOIN citizens_person ON person_id = citizens_person.id
           WHERE full_name = %s AND quarantine_order.status = 'active' ORDER BY quarantine_order.id DESC""",
        name,
    )
    return int(rows[0][0])


def days_pass(stack: LiveStack, order: int, days: int) -> None:
    """As if the order had begun so many days earlier; what was said that day was said then."""
    stack.sql(
        """UPDATE quarantine_order SET starts_on = starts_on - %s, ends_on = ends_on - %s,
           follow_up_until = follow_up_until - %s WHERE id = %s""",
        days, days, days, order,
    )  # fmt: skip
    stack.sql("UPDATE quarantine_scheduledtest SET due_on = due_on - %s WHERE order_id = %s", days, order)
    stack.sql("UPDATE quarantine_dailycheck SET on_date = on_date - %s WHERE order_id = %s", days, order)


def enter_negative_test(officer: Visitor) -> None:
    officer.press("Nhập kết quả xét nghiệm")
    fill_negative_test(officer)


def fill_negative_test(officer: Visitor) -> None:
    officer.choose("PCR")
    officer.choose("Âm tính")
    officer.fill("Ngày lấy mẫu", vietnamese(today()))
    officer.press_and_agree("Lưu")


def see_results(visitor: Visitor, home: Family, link: str) -> None:
    """The link shows nothing before the code that goes to the phone."""
    visitor.open(link)
    visitor.sees_not(home.head.name)
    visitor.fill("Số điện thoại", home.phone.number)
    visitor.press("Gửi mã")
    visitor.fill("Mã 6 số", home.phone.code())
    visitor.press("Xác nhận")


def checked_certificate(paper: bytes, home: Family) -> str:
    """The address that the QR code of the PDF holds; it stands beside it in writing, too."""
    page = pypdf.PdfReader(io.BytesIO(paper)).pages[0]
    text = " ".join(page.extract_text().split())
    assert home.head.name in text
    contents = page.get_contents()
    assert contents is not None
    (address,) = read_paper(contents.get_data())
    assert address in text.replace(" ", "")
    return address
