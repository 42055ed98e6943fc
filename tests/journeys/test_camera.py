"""The camera fills in what a QR code says, by the browser's reader of codes or by the portal's own.

Chromium on Linux has no reader of codes. Where a story needs one, the page is given one that answers as soon as a
picture comes; the camera, its permission, its pictures and the page are the real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import family
from tests.journeys.conftest import ARGUMENTS, Meet
from tests.journeys.qr import film
from tests.journeys.steps import step
from tests.journeys.visitor import DESK, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey
CARD = (
    "072184004821||NGUYỄN THỊ LAN|12031984|Nữ|Tổ 7, Ấp Bùng Binh, Hưng Thuận, Trảng Bàng, Tây Ninh|01052021"
)
NAME = "Nguyễn Thị Lan"
SCAN = "Quét mã QR trên thẻ"
FOLD = "Điền nhanh bằng mã QR"
READER = "/qr.min"  # in the address of the portal's reader

FAKE_CAMERA = "--use-fake-device-for-media-stream"
ALLOWED = "--use-fake-ui-for-media-stream"

NO_READER = "delete window.BarcodeDetector;"
QUICK_READER = f"""
window.BarcodeDetector = class {{
    static async getSupportedFormats() {{ return ["qr_code"]; }}
    async detect(video) {{ return video.videoWidth ? [{{ rawValue: {CARD!r} }}] : []; }}
}};
"""
BROKEN_READER = """
window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect() { throw new DOMException("no service", "NotSupportedError"); }
};
"""
READER_OF_OTHER_CODES = """
window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["ean_13"]; }
    constructor() { throw new TypeError("no such format"); }
};
"""
NO_CAMERA = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined });"

Carry = Callable[..., Visitor]


@pytest.fixture
def carry(browser: Browser, live_stack: LiveStack, chromium: str, tmp_path: Path) -> Iterator[Carry]:
    """Meet somebody whose browser has this camera and this reader of codes. `camera`: options of Chromium."""
    met: list[Visitor] = []

    def carry(reader: str, camera: tuple[str, ...], *, shows: str = "", **how: object) -> Visitor:
        options = list(camera)
        if shows:
            options.append(
                f"--use-file-for-fake-video-capture={film(tmp_path / 'card.y4m', shows, side=260)}"
            )
        other = browser.browser_type.launch(executable_path=chromium, args=ARGUMENTS + options)
        visitor = Visitor(other, live_stack, "the reader", **how)
        visitor.context.add_init_script(reader)
        met.append(visitor)
        return visitor

    yield carry
    findings = [finding for visitor in met for finding in visitor.findings]
    for visitor in met:
        visitor.close()
        if visitor.context.browser:
            visitor.context.browser.close()
    assert not findings, findings


def to_the_person(visitor: Visitor) -> None:
    family.begin(visitor)
    visitor.fill("Tỉnh, thành phố hoặc xã", "Phường Gò Vấp")
    visitor.press("Tiếp tục")
    visitor.fill("Xã, phường ở quê", "Xã Hưng Thuận")
    visitor.fill("Ấp, khu phố, số nhà", "ấp 1")
    visitor.press("Tiếp tục")


def loaded_reader(visitor: Visitor) -> bool:
    return any(READER in address for address in visitor.requested)


def scan_card(visitor: Visitor) -> None:
    with visitor.page.expect_navigation(wait_until="load"):
        visitor.control(SCAN).click()
    visitor.look()
    visitor.sees("Đã điền từ thẻ")
    assert visitor.page.get_by_label("Họ và tên").input_value() == NAME


def test_the_browsers_reader_fills_the_person_in_and_the_portals_is_not_loaded(carry: Carry) -> None:
    reader = carry(QUICK_READER, (FAKE_CAMERA, ALLOWED))
    to_the_person(reader)
    reader.unfold(FOLD)
    scan_card(reader)
    assert not loaded_reader(reader)


@pytest.mark.parametrize("own", [NO_READER, BROKEN_READER, READER_OF_OTHER_CODES])
def test_the_portals_reader_fills_the_person_in_from_the_picture_of_the_card(carry: Carry, own: str) -> None:
    reader = carry(own, (FAKE_CAMERA, ALLOWED), shows=CARD)
    to_the_person(reader)
    reader.unfold(FOLD)
    assert not loaded_reader(reader), "loaded before anybody asked for it"
    scan_card(reader)
    assert loaded_reader(reader)
    assert reader.page.get_by_label("Ngày sinh").input_value() == "12/03/1984"


def test_the_camera_fills_an_operators_line_in(carry: Carry) -> None:
    reader = carry(NO_READER, (FAKE_CAMERA, ALLOWED), shows=CARD, size=DESK)
    reader.sign_in("donghuong")
    reader.open("/officer/registrations/new/")
    line = reader.page.locator("fieldset[data-person]").nth(1)
    with reader.page.expect_navigation(wait_until="load"):
        line.get_by_role("button", name=SCAN).click()
    reader.look()
    line = reader.page.locator("fieldset[data-person]").nth(1)
    assert line.get_by_label("Họ và tên").input_value() == NAME


def test_the_camera_of_the_checkpoint_reads_a_card(carry: Carry) -> None:
    gate = carry(NO_READER, (FAKE_CAMERA, ALLOWED), shows=CARD)
    gate.sign_in("chot")
    assert not loaded_reader(gate)
    with (
        step("the card of somebody without a registration", gate),
        gate.page.expect_navigation(wait_until="load"),
    ):
        gate.control("Quét bằng máy ảnh").click()
    gate.look()
    gate.sees("Người trên thẻ chưa có đăng ký")
    assert gate.page.get_by_label("Họ và tên").first.input_value() == "NGUYỄN THỊ LAN"


def test_the_camera_of_the_checkpoint_reads_a_familys_code(carry: Carry, live_stack: LiveStack) -> None:
    ((code,),) = live_stack.sql(
        "SELECT code FROM repatriation_registration WHERE status = 'waiting' ORDER BY id LIMIT 1"
    )
    gate = carry(NO_READER, (FAKE_CAMERA, ALLOWED), shows=code)
    gate.sign_in("chot")
    with gate.page.expect_navigation(wait_until="load"):
        gate.control("Quét bằng máy ảnh").click()
    gate.look()
    gate.sees(code)


def test_a_closed_frame_ends_the_camera_and_reads_nothing(carry: Carry) -> None:
    gate = carry(NO_READER, (FAKE_CAMERA, ALLOWED))  # its picture has no code
    gate.sign_in("chot")
    gate.control("Quét bằng máy ảnh").click()
    dialog = gate.page.locator("dialog[open]")
    expect(dialog.locator("video")).to_have_js_property("paused", False)
    pictures = gate.page.evaluate_handle("document.querySelector('video').srcObject")
    dialog.get_by_role("button", name="Đóng").click()
    expect(gate.page.locator("video")).to_have_js_property("srcObject", None)
    assert not pictures.evaluate("pictures => pictures.active")
    assert gate.page.locator("#scan").input_value() == ""


@pytest.mark.parametrize(
    ("camera", "says"),
    [
        ((), "Không mở được máy ảnh"),
        ((FAKE_CAMERA, "--deny-permission-prompts"), "Trình duyệt chưa cho dùng máy ảnh"),
    ],
)
def test_a_camera_that_does_not_open_says_what_to_do(
    carry: Carry, camera: tuple[str, ...], says: str
) -> None:
    reader = carry(NO_READER, camera)
    to_the_person(reader)
    reader.unfold(FOLD)
    reader.control(SCAN).click()
    dialog = reader.page.locator("dialog[open]")
    expect(dialog.get_by_role("status")).to_contain_text(says)
    expect(dialog.get_by_role("status")).to_contain_text("gõ tay")
    expect(dialog.locator("video")).to_be_hidden()
    assert not loaded_reader(reader)
    reader.look()
    dialog.get_by_role("button", name="Đóng").click()
    expect(reader.page.get_by_label("Nội dung mã QR")).to_be_visible()


def test_a_reader_that_does_not_load_is_asked_for_again_at_the_next_press(carry: Carry) -> None:
    reader = carry(NO_READER, (FAKE_CAMERA, ALLOWED), shows=CARD)
    to_the_person(reader)
    reader.unfold(FOLD)
    reader.quiet = True  # the request is stopped on purpose
    reader.page.route(f"**{READER}*", lambda route: route.abort())
    reader.control(SCAN).click()
    dialog = reader.page.locator("dialog[open]")
    expect(dialog.get_by_role("status")).to_contain_text("Chưa tải được phần đọc mã")
    dialog.get_by_role("button", name="Đóng").click()
    reader.page.unroute(f"**{READER}*")
    reader.quiet = False
    scan_card(reader)


def test_without_a_camera_nothing_speaks_of_one(carry: Carry) -> None:
    reader = carry(NO_CAMERA, ())
    to_the_person(reader)
    reader.sees_not(FOLD)
    assert reader.page.get_by_role("button", name=SCAN).count() == 0


def test_without_a_script_nothing_speaks_of_a_camera(meet: Meet) -> None:
    visitor = meet("the visitor", script=False)
    to_the_person(visitor)
    visitor.sees_not(FOLD)
    assert visitor.page.get_by_role("button", name=SCAN).count() == 0
