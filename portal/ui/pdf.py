"""PDFs, set by typst with the fonts of its own wheel: nothing is fetched, nothing is installed.

A template is a `.typ` file beside the app's templates. It reads what it is given with

    #let data = json(bytes(sys.inputs.data))

so that names and addresses come in as plain text and are never read as markup.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import segno
import typst
from django.http import HttpResponse

from portal.ui.downloads import attach


def render_pdf(template_path: Path, data: dict[str, Any]) -> bytes:
    """The template filled with `data` (texts, numbers, lists and dicts), as a PDF with tags for screen
    readers. The template sees no file outside its own folder. Milliseconds a page."""
    pdf: bytes = typst.compile(
        str(template_path),
        root=str(template_path.parent),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return pdf


def qr_svg(text: str) -> str:
    """A QR code as SVG, for `image(bytes(data.qr), format: "svg")` in a template."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=2, light="#fff")
    return drawn.getvalue().decode()


def pdf_response(pdf: bytes, filename: str) -> HttpResponse:
    """The PDF as a download, kept in no cache: it has somebody's name on it."""
    response = HttpResponse(pdf, content_type="application/pdf")
    attach(response, filename)
    response["Cache-Control"] = "private, no-store"
    return response
