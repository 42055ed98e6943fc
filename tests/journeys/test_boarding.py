"""At the pick-up point, with the line cut in between; then the count of who came."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.journeys import checkpoint, family
from tests.journeys.conftest import Meet
from tests.journeys.family import Family
from tests.journeys.steps import step
from tests.journeys.trip import PlannedTrip, plan_and_fill
from tests.journeys.visitor import DESK, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey
WAIT = 20_000  # milliseconds until a device has sent what it kept


@dataclass
class Crew:
    """A closed trip, the coordinator, and two families that hold seats on it."""

    trip: PlannedTrip
    coordinator: Visitor
    homes: list[Family]

    @property
    def page(self) -> str:
        return f"{self.trip.page}boarding/"


def closed_trip(meet: Meet, stack: LiveStack) -> Crew:
    homes = [family.urgent_family(stack), family.urgent_family(stack)]
    parent = meet("a parent")
    for home in homes:
        parent.context.clear_cookies()
        family.register(parent, home)
    coordinator = meet("the coordinator", size=DESK)
    coordinator.sign_in("dieuphoi")
    trip = plan_and_fill(coordinator)
    for home in homes:
        parent.open(home.phone.wait_for("offer").link)
        parent.press("Nhận chỗ")
    coordinator.open(trip.page)
    coordinator.press_and_agree("Chốt danh sách")
    return Crew(trip, coordinator, homes)


def scan(device: Visitor, text: str) -> None:
    """What a scanner puts into the box: no page is loaded, the answer stands at once."""
    box = device.page.locator("#scan")
    box.fill(text)
    box.press("Enter")


def answer(device: Visitor, text: str) -> None:
    expect(device.page.locator("#answer")).to_contain_text(text, timeout=WAIT)


def counted(device: Visitor, boarded: int) -> None:
    expect(device.page.locator("[data-boarded]")).to_have_text(str(boarded), timeout=WAIT)


def all_sent(device: Visitor) -> None:
    expect(device.page.locator("[data-line-state]")).to_be_hidden(timeout=WAIT)
    device.page.wait_for_function(
        "() => !Object.keys(localStorage).some((key) => localStorage[key].includes('waiting'))", timeout=WAIT
    )


def kept(device: Visitor) -> None:
    """The page lies on the device, ready to be opened without a line."""
    device.page.wait_for_function(
        "async () => (await navigator.serviceWorker.ready) && "
        "(await (await caches.open(`boarding-${location.pathname.split('/')[3]}`)).match(location.pathname))",
        timeout=WAIT,
    )


def cut(device: Visitor) -> None:
    """From here on requests fail, and that is no fault of the page."""
    device.quiet = True
    device.context.set_offline(True)


def back(device: Visitor) -> None:
    device.context.set_offline(False)
    device.page.wait_for_timeout(300)
    device.quiet = False


def boardings(stack: LiveStack, trip: PlannedTrip) -> int:
    rows = stack.sql(
        """SELECT count(*) FROM repatriation_boarding JOIN repatriation_trip ON trip_id = repatriation_trip.id
           WHERE code = %s AND undone_at IS NULL""",
        trip.code,
    )
    return int(rows[0][0])


def test_boarding_goes_on_while_the_line_is_cut_and_nothing_is_lost_or_doubled(
    meet: Meet, live_stack: LiveStack
) -> None:
    crew = closed_trip(meet, live_stack)
    first, second = crew.homes
    rider = meet("the escort")
    with step("the escort opens the trip and scans the first family", rider):
        rider.sign_in("theoxe")
        rider.open(crew.page)
        kept(rider)
        scan(rider, first.code)
        answer(rider, "3 người lên xe")
        counted(rider, 3)
        all_sent(rider)
    with step("the line is cut; the second family gets on, one of them does not", rider):
        cut(rider)
        scan(rider, second.code.lower())
        answer(rider, "3 người lên xe")
        expect(rider.page.locator("[data-line-state]")).to_contain_text("1 lượt chờ gửi")
        absent = rider.page.locator("[data-person]").filter(has_text=second.people[2].name)
        absent.get_by_role("button", name="Bỏ").click()
        counted(rider, 5)
        expect(rider.page.locator("[data-line-state]")).to_contain_text("2 lượt chờ gửi")
    with step("without a line the page opens again with all that waits", rider):
        rider.page.reload()
        counted(rider, 5)
        expect(rider.page.locator("[data-line-state]")).to_contain_text("2 lượt chờ gửi")
        scan(rider, first.code)
        answer(rider, "Đã lên xe từ trước")
        scan(rider, "TN-00000-0")
        answer(rider, "Đang mất mạng")
        assert boardings(live_stack, crew.trip) == 3
    other = meet("another escort's device")
    with step("meanwhile another device scans the second family, too", other):
        other.sign_in("chot")
        other.open(crew.page)
        scan(other, second.code)
        answer(other, "3 người lên xe")
        all_sent(other)
        assert boardings(live_stack, crew.trip) == 6
    with step("the line returns and everything goes out by itself, once", rider):
        back(rider)
        all_sent(rider)
        counted(rider, 5)
        live_stack.wait_until(lambda: boardings(live_stack, crew.trip) == 5, what="the entries came")
        rider.page.reload()
        counted(rider, 5)
        all_sent(rider)
    with step("a signed-out session keeps what waits and says so", rider):
        cut(rider)
        rider.page.locator("[data-person]").filter(has_text=second.people[2].name).get_by_role(
            "button", name="Lên xe"
        ).click()
        counted(rider, 6)
        rider.context.clear_cookies(name="sessionid")
        rider.context.set_offline(False)  # still quiet: what goes out now is refused, for nobody is signed in
        expect(rider.page.locator("[data-session]")).to_contain_text("Vui lòng đăng nhập lại", timeout=WAIT)
        assert boardings(live_stack, crew.trip) == 5
        rider.sign_in("theoxe")
        rider.quiet = False
        rider.open(crew.page)
        all_sent(rider)
        live_stack.wait_until(lambda: boardings(live_stack, crew.trip) == 6, what="the entry came")
    with step("once the trip has arrived nothing of it stays on the device", rider):
        crew.trip.leave_now(live_stack)
        crew.coordinator.open(crew.trip.page)
        crew.coordinator.press_and_agree("Xe khởi hành")
        crew.coordinator.press("Xe đã đến chốt")
        rider.open(crew.page)
        rider.page.wait_for_function(
            "async () => !(await caches.keys()).length && !Object.keys(localStorage).length", timeout=WAIT
        )
    with step("nor after signing out", other):
        assert other.page.evaluate("async () => (await caches.keys()).length")
        other.page.locator(".menu-user summary").click()
        other.press("Đăng xuất")
        other.page.wait_for_function(
            "async () => !(await caches.keys()).length && !Object.keys(localStorage).length", timeout=WAIT
        )


def test_boarding_works_without_scripts(meet: Meet, live_stack: LiveStack) -> None:
    crew = closed_trip(meet, live_stack)
    rider = meet("the escort, without scripts", script=False)
    with step("a family is scanned, one of it is taken back", rider):
        rider.sign_in("theoxe")
        rider.open(crew.page)
        rider.enter("Quét mã của gia đình", crew.homes[0].code)
        rider.sees("3 người lên xe", "3/")
        line = rider.page.locator("[data-line]").filter(has_text=crew.homes[0].code)
        rider.press("Bỏ", within=line)
        rider.sees("Đã bỏ ghi lên xe")
        assert re.search(r"\b2/", rider.text)


def test_the_count_after_the_ride_knows_who_came_who_did_not_and_who_was_taken_along(
    meet: Meet, live_stack: LiveStack
) -> None:
    crew = closed_trip(meet, live_stack)
    came, absent = crew.homes
    guest = family.one_person(live_stack)
    parent = meet("a family that waits without a seat")
    family.register(parent, guest)
    rider = meet("the escort")
    with step("one family gets on, another is taken along on a free seat, with a reason", rider):
        rider.sign_in("theoxe")
        rider.open(crew.page)
        scan(rider, came.code)
        answer(rider, "3 người lên xe")
        scan(rider, guest.code)
        answer(rider, "Không có trong danh sách chuyến này")
        rider.page.get_by_label("Lý do cho đi thêm").first.fill("Còn chỗ, đang chờ ở bến")
        rider.page.get_by_role("button", name="Cho đi thêm").click()
        expect(rider.page.locator("[data-line]").filter(has_text=guest.code)).to_be_visible(timeout=WAIT)
        all_sent(rider)
        counted(rider, 4)
        rider.look()
    with step("the vehicle leaves with them", crew.coordinator):
        crew.trip.leave_now(live_stack)
        crew.coordinator.open(crew.trip.page)
        crew.coordinator.press_and_agree("Xe khởi hành")
        came.phone.wait_for("trip_departed")
    gate = meet("the checkpoint", size=DESK)
    with step("the checkpoint enters who comes", gate):
        gate.sign_in("chot")
        for home in (came, guest):
            checkpoint.scan(gate, home.code)
            gate.sees("Đúng chuyến")
            gate.enter("Quét mã, hoặc gõ mã đăng ký", "")
            gate.sees("Đã ghi nhận")
    with step("the coordinator counts and settles", crew.coordinator):
        crew.coordinator.open(crew.trip.page)
        crew.coordinator.press("Xe đã đến chốt")
        crew.coordinator.press("Đối chiếu ai đã đến")
        crew.coordinator.sees("Không đến", "Lên xe và đã đến", "đi thêm: Còn chỗ, đang chờ ở bến")
        crew.coordinator.press_and_agree("Chốt đối chiếu")
        crew.coordinator.sees("đã đối chiếu")
    with step("who did not come reads how to go on", parent):
        told = absent.phone.wait_for("no_show")
        parent.open(told.link)
        parent.sees(absent.code, "Không có mặt")
        assert not came.phone.messages("no_show")
        assert not guest.phone.messages("no_show")
