"""Seats that nobody answers for go to the next family by themselves."""

from __future__ import annotations

import pytest

from tests.journeys import family
from tests.journeys.conftest import Meet
from tests.journeys.family import Family
from tests.journeys.steps import step
from tests.journeys.trip import plan_and_fill
from tests.journeys.visitor import DESK
from tests.live import LiveStack

pytestmark = pytest.mark.journey


def test_an_offer_without_an_answer_lapses_and_the_next_family_gets_the_seats(
    meet: Meet, live_stack: LiveStack
) -> None:
    silent, quick = family.urgent_family(live_stack), family.urgent_family(live_stack)
    first, second = meet("the family that does not answer"), meet("the family after it")
    with step("two families wait, one after the other", first, second):
        family.register(first, silent)
        family.register(second, quick)
        silent.phone.wait_for("registered")
    coordinator = meet("the coordinator", size=DESK)
    with step("a vehicle has room for the first one only", coordinator):
        coordinator.sign_in("dieuphoi")
        trip = plan_and_fill(coordinator, seats=len(silent.people))
        coordinator.sees(silent.code)
        coordinator.sees_not(quick.code)
        silent.phone.wait_for("offer")
        assert not quick.phone.messages("offer")
    with step("the time to answer passes, and the clock of the portal notices"):
        live_stack.sql(
            """UPDATE repatriation_offer SET deadline = now() - interval '1 second' WHERE registration_id =
               (SELECT id FROM repatriation_registration WHERE code = %s)""",
            silent.code,
        )
        silent.phone.wait_for("offer_lapsed")
        link = quick.phone.wait_for("offer").link
    with step("the next family takes the seats", second):
        second.open(link)
        second.sees("Mời gia đình nhận 3 chỗ")
        second.press("Nhận chỗ")
        second.sees("Thẻ lên xe", quick.code)
    with step("the first waits where it stood, and is not asked for the same trip again", first, coordinator):
        first.open(silent.phone.messages("registered")[0].link)
        first.sees("Đang chờ xếp chuyến", "Thứ tự hiện tại")
        assert status_of(live_stack, silent) == "waiting"
        assert len(silent.phone.messages("offer")) == 1
        coordinator.open(trip.page)
        coordinator.sees(silent.code, "Quá hạn trả lời", quick.code, "Gia đình đã nhận")


def status_of(stack: LiveStack, home: Family) -> str:
    (row,) = stack.sql("SELECT status FROM repatriation_registration WHERE code = %s", home.code)
    return str(row[0])
