"""What the first page costs on a weak line."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Meet
from tests.journeys.steps import step
from tests.journeys.visitor import Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey
MOST_BYTES = 30_000
CHOICES = 6


def test_the_first_page_weighs_at_most_30_kb(browser: Browser, live_stack: LiveStack) -> None:
    """Headers and bodies of everything that a browser with an empty cache loads, as they went over the wire."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    line = context.new_cdp_session(page)
    addresses: dict[str, str] = {}
    weights: dict[str, int] = {}
    line.on(
        "Network.requestWillBeSent",
        lambda event: addresses.update({event["requestId"]: event["request"]["url"]}),
    )
    line.on(
        "Network.loadingFinished",
        lambda event: weights.update({addresses[event["requestId"]]: int(event["encodedDataLength"])}),
    )
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(live_stack.base_url + "/", wait_until="networkidle")
    icon = page.locator("link[rel=icon]").get_attribute("href") or ""
    if not any(address.endswith(icon) for address in addresses.values()):  # not fetched without a window
        page.goto(live_stack.base_url + icon, wait_until="networkidle")
    context.close()
    loaded = "\n".join(f"{weight:>7} {address}" for address, weight in weights.items())
    assert sum(address.endswith((".css", ".js")) for address in weights) >= 3, loaded
    assert sum(weights.values()) <= MOST_BYTES, f"{sum(weights.values())} bytes:\n{loaded}"


def test_every_choice_of_the_first_page_opens_without_javascript(meet: Meet) -> None:
    citizen: Visitor = meet("somebody on an old phone", script=False)
    with step("six large choices, a line each", citizen):
        citizen.open("/")
        choices = citizen.page.locator("main .choices a")
        assert choices.count() == CHOICES
        for box in (choices.nth(number).bounding_box() for number in range(CHOICES)):
            assert box is not None
            assert box["height"] >= 44
        addresses = [choices.nth(number).get_attribute("href") or "" for number in range(CHOICES)]
    for address in addresses:
        with step(f"the choice {address} opens", citizen):
            citizen.open(address)
