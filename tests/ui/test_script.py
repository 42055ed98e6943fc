"""What app.js adds to a page, in a real browser; the page itself comes from this file."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from portal.ui import middleware
from portal.ui.formats import clock_formats

pytestmark = pytest.mark.journey
ADDRESS = "http://portal.test/"
STATIC = Path(middleware.__file__).parent / "static" / "ui"


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def show(browser):
    """Open a page with this body under the portal's own policy; `page.posts` counts what it sends."""
    context = browser.new_context()
    page = context.new_page()
    page.posts = 0
    page.problems = []
    page.on(
        "console", lambda message: page.problems.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: page.problems.append(str(error)))

    def opened(body):
        def answer(route):
            if route.request.method == "POST":
                page.posts += 1
                return route.fulfill(status=204)  # the page stays, as on a slow line
            if route.request.url.endswith("app.js"):
                return route.fulfill(
                    body=(STATIC / "app.js").read_text("utf-8"), content_type="text/javascript"
                )
            sentences = json.dumps(clock_formats(), ensure_ascii=False).replace('"', "&quot;")
            html = f'<!doctype html><html lang="vi"><title>T</title><script src="/app.js" defer></script><body data-clock-formats="{sentences}">{body}</body></html>'
            return route.fulfill(
                body=html,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": middleware.POLICY},
            )

        context.route(ADDRESS + "**", answer)
        page.goto(ADDRESS)
        return page

    yield opened
    assert page.problems == []
    context.close()


def test_button_pressed_twice_sends_once(show):
    page = show('<form method="post"><button>Gửi</button></form>')
    page.evaluate("for (let n = 0; n < 3; n++) document.querySelector('button').click()")
    page.wait_for_timeout(200)
    assert page.posts == 1
    assert page.get_attribute("button", "aria-busy") == "true"


def test_coming_back_frees_the_button(show):
    page = show('<form method="post"><button>Gửi</button></form>')
    page.evaluate("document.querySelector('button').click()")
    page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    assert page.get_attribute("button", "aria-busy") is None


def test_summary_of_errors_is_read_first(show):
    page = show('<div data-focus tabindex="-1">Còn 2 chỗ cần sửa</div><input data-keep-focus>')
    assert page.evaluate("document.activeElement.hasAttribute('data-focus')")


def test_scan_box_has_the_focus_and_gets_it_back(show):
    page = show("<p>x</p><input data-keep-focus>")
    assert page.evaluate("document.activeElement.tagName") == "INPUT"
    page.evaluate("document.activeElement.blur()")
    expect(page.locator("input")).to_be_focused()


def test_keys_press_the_button_that_names_them_and_slash_finds_the_search(show):
    page = show('<input type="search"><button type="button" data-key="F2">Sửa</button>')
    page.evaluate(
        "document.querySelector('button').addEventListener('click', () => { document.title = 'F2'; })"
    )
    page.keyboard.press("F2")
    assert page.title() == "F2"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("a/?")
    assert page.input_value("input") == "a/?"


def test_question_mark_opens_the_help_and_escape_closes_it(show):
    page = show('<dialog id="keys"><button>Đóng</button></dialog>')
    page.keyboard.press("?")
    assert page.evaluate("document.getElementById('keys').open")
    page.keyboard.press("Escape")
    assert not page.evaluate("document.getElementById('keys').open")


def test_clock_goes_on_by_itself(show):
    soon = datetime.now(UTC) - timedelta(minutes=102, seconds=5)
    page = show(f'<time class="pill pill-wait" datetime="{soon.isoformat()}" data-deadline>còn 1 phút</time>')
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert page.text_content("time") == "quá hạn 1 giờ 42 phút"
    assert "pill-bad" in page.get_attribute("time", "class")
