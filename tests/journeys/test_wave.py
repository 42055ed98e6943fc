"""A coordinator plans a wave of trips, fills it, closes the lists and prints one."""

from __future__ import annotations

import datetime as dt

import pypdf
import pytest

from tests.journeys import family
from tests.journeys.conftest import Meet
from tests.journeys.family import today, vietnamese
from tests.journeys.qr import read_paper
from tests.journeys.steps import step
from tests.journeys.visitor import DESK, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey


def choose(visitor: Visitor, name: str, wanted: str) -> None:
    """An option by a part of its label."""
    box = visitor.page.locator(f"select[name='{name}']")
    value = box.locator("option").filter(has_text=wanted).first.get_attribute("value")
    box.select_option(value)


def test_a_wave_is_planned_filled_closed_and_printed(meet: Meet, live_stack: LiveStack) -> None:
    home = family.urgent_family(live_stack)
    head = meet("the family")
    with step("a family waits", head):
        family.register(head, home)
        home.phone.wait_for("registered")
    coordinator = meet("the coordinator", size=DESK)
    page = coordinator.page
    day = vietnamese(today() + dt.timedelta(days=3))
    with step("two vehicles at two times are planned in one go", coordinator):
        coordinator.sign_in("dieuphoi")
        coordinator.open("/officer/trips/")
        coordinator.press("Lập đợt xe")
        coordinator.fill("Tên đợt xe", "Đợt xe thử")
        page.locator("[name=first_day]").fill(day)
        page.locator("[name=last_day]").fill(day)
        choose(coordinator, "gateway", "Chốt Suối Sâu")
        choose(coordinator, "pickups-0-place", "Bến xe An Sương")
        page.locator("[name='pickups-0-times']").fill("08:00, 10:00")
        page.locator("[name='vehicles-0-count']").fill("2")
        page.locator("[name='vehicles-0-seats']").fill("16")
        coordinator.press("Xem trước các chuyến")
        coordinator.sees("Sẽ lập 4 chuyến, 64 chỗ")
    with step("the last one is not needed", coordinator):
        page.locator("[name=keep]").last.uncheck()
        coordinator.press("Lập các chuyến đã đánh dấu")
        coordinator.sees("Đã lập đợt xe", "chỗ đã có người trên 3 chuyến")
    with step("the whole wave is opened and filled, the family is invited", coordinator):
        coordinator.press_and_agree("Mở và xếp chỗ cả đợt")
        coordinator.sees("Đã mở và xếp chỗ cả đợt", "Đang mời")
        link = home.phone.wait_for("offer").link
    with step("the family takes its seats", head):
        head.open(link)
        head.press("Nhận chỗ")
        head.sees("Thẻ lên xe", home.code)
    with step("the lists are closed", coordinator):
        coordinator.unfold("Chốt danh sách cả đợt")
        coordinator.press_and_agree("Chốt cả đợt")
        coordinator.sees("Đã chốt cả đợt", "Đã chốt danh sách")
    with step("the list of the first vehicle names the family", coordinator):
        page.locator("main table tbody a").first.click()
        coordinator.sees(home.code, "Lần xếp chỗ gần nhất")
    with step("it is printed: on paper the family stands with its code to scan", coordinator):
        coordinator.press("Danh sách lên xe")
        paper = pypdf.PdfReader(coordinator.download("Tải bản in (PDF)").path())
        text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
        assert home.code in text
        assert home.head.name in text
        codes = [code for page in paper.pages for code in read_paper(page.get_contents().get_data())]
        assert home.code in codes
