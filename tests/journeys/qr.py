"""QR codes as a camera reads them: from the page on the screen, and from the paper."""

from __future__ import annotations

import io
import re

import zxingcpp
from PIL import Image, ImageDraw
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
