"""The card's code by the camera: a browser that reads codes fills the page in, any other shows the box alone.

Chromium on Linux has no reader of codes, so the page is given one that answers as soon as a picture comes; the
camera, its permission and the page are the real ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import family
from tests.journeys.conftest import ARGUMENTS, Meet
from tests.journeys.steps import step
from tests.journeys.visitor import DESK, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
READER = """
window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect(video) { return video.videoWidth ? [{ rawValue: %r }] : []; }
};
"""
CARD = "072184004821||NGUYỄN THỊ LAN|12031984|Nữ|Ấp 1, Hưng Thuận|01052021"
SCAN = "Quét mã QR trên thẻ"


@contextmanager
def with_reader(
    browser: Browser, stack: LiveStack, chromium: str, *, camera: bool, **how: object
) -> Iterator[Visitor]:
    """Somebody whose browser reads codes, with or without a camera."""
    other = browser.browser_type.launch(executable_path=chromium, args=ARGUMENTS + CAMERA * camera)
    visitor = Visitor(other, stack, "the reader", **how)
    visitor.context.add_init_script(READER % CARD)
    try:
        yield visitor
        assert not visitor.findings, visitor.findings
    finally:
        visitor.close()
        other.close()


def to_the_person(visitor: Visitor) -> None:
    family.begin(visitor)
    visitor.fill("Tỉnh, thành phố hoặc xã", "Phường Gò Vấp")
    visitor.press("Tiếp tục")
    visitor.fill("Xã, phường ở quê", "Xã Hưng Thuận")
    visitor.fill("Ấp, khu phố, số nhà", "ấp 1")
    visitor.press("Tiếp tục")
    visitor.unfold("Điền nhanh bằng mã QR")


def test_the_camera_fills_the_person_in(browser: Browser, live_stack: LiveStack, chromium: str) -> None:
    with with_reader(browser, live_stack, chromium, camera=True) as reader, step("scanned", reader):
        to_the_person(reader)
        with reader.page.expect_navigation(wait_until="load"):
            reader.control(SCAN).click()
        reader.look()
        reader.sees("Đã điền từ thẻ")
        assert reader.page.get_by_label("Họ và tên").input_value() == "Nguyễn Thị Lan"


def test_the_camera_fills_an_operators_line_in(
    browser: Browser, live_stack: LiveStack, chromium: str
) -> None:
    with with_reader(browser, live_stack, chromium, camera=True, size=DESK) as reader:
        reader.sign_in("donghuong")
        reader.open("/officer/registrations/new/")
        line = reader.page.locator("fieldset[data-person]").nth(1)
        with reader.page.expect_navigation(wait_until="load"):
            line.get_by_role("button", name=SCAN).click()
        reader.look()
        line = reader.page.locator("fieldset[data-person]").nth(1)
        assert line.get_by_label("Họ và tên").input_value() == "Nguyễn Thị Lan"


def test_a_camera_that_does_not_open_says_what_to_do(
    browser: Browser, live_stack: LiveStack, chromium: str
) -> None:
    with with_reader(browser, live_stack, chromium, camera=False) as reader, step("no camera", reader):
        to_the_person(reader)
        reader.control(SCAN).click()
        dialog = reader.page.locator("dialog[open]")
        expect(dialog.get_by_role("status")).to_contain_text("Không mở được máy ảnh")
        reader.look()
        dialog.get_by_role("button", name="Đóng").click()
        expect(reader.page.get_by_label("Nội dung mã QR")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_without_a_reader_the_text_is_pasted(meet: Meet, script: bool) -> None:
    visitor = meet("the visitor", script=script)
    to_the_person(visitor)
    assert visitor.page.get_by_role("button", name=SCAN).count() == 0
    born = dt.date(1984, 3, 12)
    visitor.fill("Nội dung mã QR", CARD)
    visitor.press("Điền từ thẻ")
    assert visitor.page.get_by_label("Ngày sinh").input_value() == f"{born:%d/%m/%Y}"
