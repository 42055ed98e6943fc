"""A list as a spreadsheet: what the filters left and the officer may see, and the export is logged."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from import_export.formats.base_formats import CSV, XLSX
from import_export.resources import ModelResource

from portal.accounts.models import User
from portal.records.log import record_read

FORMATS = {"xlsx": XLSX, "csv": CSV}
LIMIT = 20_000  # rows of one export in the page; more needs a narrower filter


def export_response(
    request: HttpRequest,
    resource: ModelResource,
    queryset: QuerySet,
    name: str,  # type: ignore[type-arg]
) -> HttpResponse:
    """Answer `?export=xlsx` or `?export=csv` with at most `LIMIT` rows of the queryset.

    Cells that a spreadsheet would take for a formula are escaped by the library.
    """
    assert isinstance(request.user, User)
    kind = FORMATS.get(request.GET.get("export", ""), XLSX)()
    rows = list(queryset[:LIMIT])
    record_read(
        request.user,
        "export",
        subject_type=queryset.model._meta.label_lower,
        subject_ids=[row.pk for row in rows],
        reason=request.GET.urlencode()[:300],
        request=request,
        place=request.user.main_place,
    )
    content = kind.export_data(resource.export(rows), escape_output=True)
    if isinstance(content, str):
        content = content.encode("utf-8-sig")
    response = HttpResponse(content, content_type=kind.get_content_type())
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="{name}-{day}.{kind.get_extension()}"'
    return response
