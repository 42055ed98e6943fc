"""A list as a spreadsheet: what the filters left and the officer may see, and the export is logged."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.formats.base_formats import CSV, XLSX
from import_export.resources import ModelResource
from tablib import Dataset

from portal.accounts.models import User
from portal.records.log import record_read
from portal.ui.formats import count as number

FORMATS = {"xlsx": XLSX, "csv": CSV}
FORMULA = tuple("=+-@\t\r\n")  # what a formula begins with
LIMIT = 20_000  # rows of one export in the page; more needs a narrower filter


def export_response(
    request: HttpRequest,
    resource: ModelResource,
    queryset: QuerySet[Any],
    name: str,
) -> HttpResponse:
    """Answer `?export=xlsx` or `?export=csv` with at most `LIMIT` rows of the queryset.

    A cell that a spreadsheet would take for a formula is given as text.
    """
    assert isinstance(request.user, User)
    kind = FORMATS.get(request.GET.get("export", ""), XLSX)()
    rows = list(queryset[: LIMIT + 1])
    is_cut = len(rows) > LIMIT
    del rows[LIMIT:]
    record_read(
        request.user,
        "export",
        subject_type=queryset.model._meta.label_lower,
        subject_ids=[row.pk for row in rows],
        reason=request.GET.urlencode()[:300],
        request=request,
        place=request.user.main_place,
    )
    dataset = without_formulas(resource.export(rows))
    if is_cut:
        note = _("Chỉ có %(count)s dòng đầu. Vui lòng lọc hẹp hơn rồi xuất lại.") % {"count": number(LIMIT)}
        dataset.append([note, *[""] * (dataset.width - 1)])
    content = kind.export_data(dataset)
    if isinstance(content, str):
        content = content.encode("utf-8-sig")
    response = HttpResponse(content, content_type=kind.get_content_type())
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="{name}-{day}.{kind.get_extension()}"'
    return response


def without_formulas(dataset: Dataset) -> Dataset:
    """The same rows; a text that begins like a formula gets an apostrophe before it, in CSV too, where
    the library escapes nothing. (Phone numbers come masked: none begins with a plus.)"""
    rows = [
        [f"'{cell}" if isinstance(cell, str) and cell[:1] in FORMULA else cell for cell in row]
        for row in dataset
    ]
    return Dataset(*rows, headers=dataset.headers, title=dataset.title)
