"""Several tables as one spreadsheet with a sheet for each; the export is logged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from import_export.formats.base_formats import XLSX
from tablib import Databook, Dataset

from portal.accounts.models import User
from portal.places.models import Place
from portal.records.log import record_read
from portal.reporting.export import as_text
from portal.ui.downloads import attach, dated, sheet_name


def sheet(title: Any, headers: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Dataset:
    """Return one table as a sheet; texts that look like formulas stay texts."""
    return as_text(Dataset(*rows, headers=[str(header) for header in headers], title=sheet_name(title)))


def workbook_response(
    request: HttpRequest,
    sheets: Sequence[Dataset],
    name: str,
    *,
    subject_type: str,
    subject_ids: Iterable[int],
    reason: str = "",
    place: Place | None = None,
) -> HttpResponse:
    """Return the sheets as one .xlsx to download, and log whose rows they hold."""
    assert isinstance(request.user, User)
    record_read(
        request.user,
        "export",
        subject_type=subject_type,
        subject_ids=subject_ids,
        reason=reason,
        request=request,
        place=place or request.user.main_place,
    )
    response = HttpResponse(Databook(sheets).export("xlsx"), content_type=XLSX().get_content_type())
    attach(response, dated(name, "xlsx"))
    response["Cache-Control"] = "private, no-store"
    return response
