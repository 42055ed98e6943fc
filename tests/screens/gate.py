"""Steps to the pages of the checkpoint."""

from __future__ import annotations

from playwright.sync_api import Page

DESK = "/officer/checkpoint/"
CARD = "072184009911||Lê Thị Thử|12031984|Nữ|Tổ 7, Ấp Bùng Binh, Hưng Thuận, Tây Ninh|01062021"


def scan(page: Page, text: str) -> None:
    with page.expect_navigation():
        page.locator("#scan").fill(text)
        page.locator("#scan").press("Enter")


def open_bus(page: Page) -> None:
    """From the desk to the list of the first trip that comes."""
    with page.expect_navigation():
        page.locator("main a[href*='/checkpoint/bus/']").first.click()


def ask_for_bus(page: Page) -> None:
    open_bus(page)
    page.goto(page.url + "?ask=1")


def open_card(page: Page) -> None:
    """A family of a trip, with every part unfolded."""
    desk = page.url
    open_bus(page)
    code = page.locator("main tbody th .quiet").first.inner_text().split()[0]
    page.goto(desk)
    scan(page, code)
    for key in ("F2", "F4", "F9"):
        page.keyboard.press(key)


def scan_nobody(page: Page) -> None:
    scan(page, "TN-00000-1")


def scan_rubbish(page: Page) -> None:
    scan(page, "8934563138165")


def scan_card(page: Page) -> None:
    """Somebody whom nobody knows: the walk-in begins."""
    scan(page, CARD)


def open_correction(page: Page) -> None:
    """From the list of arrivals to the form of the first, with a correction begun."""
    with page.expect_navigation():
        page.locator("main table tbody a").first.click()
    if page.locator("main a[href*='?correct=']").count():
        with page.expect_navigation():
            page.locator("main a[href*='?correct=']").first.click()
