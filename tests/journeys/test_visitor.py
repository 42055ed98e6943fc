"""What the stories rest on: a visitor finds what is wrong with a page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route

from tests.journeys.visitor import DESK, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey
WRONG_PAGE = """<!doctype html><html lang="vi"><title>T</title><main><h1>T</h1>
<img src="/static/none.png"><img src="http://elsewhere.invalid/pixel.png" alt=""><p style="width: 3000px">T</p>
<script>document.title = nothing.at.all</script></main></html>"""


@pytest.mark.parametrize("script", [True, False])
def test_each_fault_of_a_page_is_found(browser: Browser, live_stack: LiveStack, script: bool) -> None:
    visitor = Visitor(browser, live_stack, "the visitor", size=DESK, script=script)
    visitor.open("/")
    assert visitor.findings == []
    visitor.open("/khong-co/")

    def answer(route: Route) -> None:
        policy = "default-src 'self' http: 'unsafe-inline'"
        route.fulfill(body=WRONG_PAGE, content_type="text/html", headers={"Content-Security-Policy": policy})

    visitor.page.route("**/sai/", answer)
    visitor.open("/sai/")
    found = "\n".join(visitor.findings)
    visitor.close()
    for what in (
        "/khong-co/: status 404 instead of 200",
        "content security policy:",
        "status 404 of http",
        "asked somebody else: http://elsewhere.invalid/pixel.png",
        "request failed: http://elsewhere.invalid/pixel.png",
        "image-alt:",
        "wider than the window",
    ):
        assert what in found
    assert ("script error:" in found) is script
