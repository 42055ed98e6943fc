"""Every role of the demo signs in and finds its first screen and its pages in order, at the desk and on a phone."""

from __future__ import annotations

import pytest

from portal.accounts.demo import DEMO_USERS, PASSWORD
from tests.journeys.conftest import Meet
from tests.journeys.steps import step
from tests.journeys.visitor import DESK, PHONE
from tests.live import LiveStack

pytestmark = pytest.mark.journey
ONE_ROW = 90  # pixels: the head of an officer's page while its navigation does not break


@pytest.mark.parametrize("username", [user.username for user in DEMO_USERS])
def test_each_role_signs_in_and_its_pages_open(username: str, meet: Meet, live_stack: LiveStack) -> None:
    officer = meet(username, size=DESK)
    with step("signing in opens the first screen", officer):
        officer.type_password(username, PASSWORD)
        assert "sign-in" not in officer.page.url
        first_screen = officer.page.url
        height = officer.page.evaluate("document.querySelector('.top').offsetHeight")
        assert height < ONE_ROW, f"the navigation breaks at {DESK[0]}: {height} pixels"
    with step("it is readable on a phone", officer):
        officer.resize(PHONE)
        officer.look()
        officer.resize(DESK)
    links = officer.page.locator(".nav-main a, .menu-pages a")
    for address in [links.nth(number).get_attribute("href") or "" for number in range(links.count())]:
        if live_stack.base_url + address == first_screen:
            continue
        with step(f"the page {address} opens", officer):
            officer.open(address)
            officer.resize(PHONE)
            officer.look()
            officer.resize(DESK)
    with step("signing out ends it", officer):
        officer.page.locator(".menu-user summary").click()
        officer.press("Đăng xuất")
        officer.open(first_screen)
        officer.sees("Cán bộ đăng nhập")
