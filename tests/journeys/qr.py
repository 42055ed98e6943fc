"""QR codes as a camera reads them: from the page on the screen, from the paper, and held before the browser's."""

from __future__ import annotations

import io
import re
from pathlib import Path

import segno
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Page

MODULE = 8  # pixels of one square of a drawn code
STROKE = re.compile(rb"(\d+) (\d+)\.5 m (\d+) \2\.5 l")


def read_codes(page: Page) -> list[str]:
    """The texts of the QR codes on the page, from a picture of it."""
    return _texts(Image.open(io.BytesIO(page.screenshot(full_page=True))))


def _texts(image: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(image.convert("RGB"), formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in found]


def read_paper(content: bytes) -> list[str]:
    """The QR code of a PDF's page, out of its drawing: each stroke is a run of dark squares in a row."""
    runs = [(int(left), int(row), int(right)) for left, row, right in STROKE.findall(content)]
    assert runs, "there is no QR code on the paper"
    side = (max(right for _left, _row, right in runs) + 4) * MODULE
    image = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(image)
    for left, row, right in runs:
        pen.rectangle([left * MODULE, row * MODULE, right * MODULE - 1, (row + 1) * MODULE - 1], fill=0)
    return _texts(image)


def film(path: Path, text: str, *, side: int, tilt: float = 6) -> Path:
    """Write what a phone's camera sees of a code held before it, 640×480, for Chromium's fake camera.

    `side` is the code's width in pixels. The code is a little turned and out of focus, on a lighter card.
    """
    drawn = io.BytesIO()
    segno.make(text, micro=False, error="m").save(drawn, kind="png", scale=MODULE, border=4)
    code = Image.open(drawn).convert("L").point(lambda light: 45 if light < 128 else 215)
    code = code.resize((side, side), Image.Resampling.BILINEAR).rotate(tilt, expand=True, fillcolor=190)
    frame = Image.new("L", (640, 480), 190)
    frame.paste(code, ((640 - code.width) // 2, (480 - code.height) // 2))
    luma = frame.filter(ImageFilter.GaussianBlur(0.8)).tobytes()
    colourless = bytes([128]) * (640 * 480 // 2)
    path.write_bytes(b"YUV4MPEG2 W640 H480 F5:1 Ip A1:1 C420\n" + (b"FRAME\n" + luma + colourless) * 2)
    return path
