"""Sheets of arrivals: send one, see its verdicts, have the good families recorded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citizens.models import Person
from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.inputs import whole_number
from portal.places.text import fold
from portal.records.log import history, record_read
from portal.records.transitions import allowed
from portal.ui.asking import Question
from portal.ui.downloads import attach, file_name
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_flash
from repatriation.importing import actions as importing
from repatriation.importing.words import skipped_rows
from repatriation.models import ImportBatch, ImportRow
from repatriation.models.import_batch import ImportBatchQuerySet
from repatriation.on_paper import words
from repatriation.on_paper.forms import SheetForm, SheetRowFilter
from repatriation.rules import may_record_at
from repatriation.views_shared import officer_of

MOST_ROW = 9_999_999  # a longer number is no row of a list, but part of an identity number
STEPS = {"commit": importing.order_commit, "cancel": importing.cancel}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"xlsx": XLSX, "csv": "text/csv"}


@require_http_methods(["GET", "POST"])
@officer(Permission.RECORD_ARRIVALS)
def sheet_list(request: HttpRequest) -> HttpResponse:
    """List the sheets of the user's checkpoints, and take another one. It is checked in the background."""
    user = officer_of(request)
    form = SheetForm(request.POST or None, request.FILES or None, user=user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        demand(may_record_at(user, data["place"]))
        name, content = data["file"]
        batch = importing.upload(
            data["campaign"],
            name,
            content,
            by=user,
            client_key=data["client_key"],
            kind=ImportBatch.Kind.ARRIVALS,
            place=data["place"],
        )
        return redirect("repatriation:arrival_sheet", batch.pk)
    rows = _sheets(user).select_related("campaign", "created_by", "place")
    context = {"form": form, "page": paginate(request, rows, per_page=30)}
    status = 422 if form.is_bound else 200
    return render(request, "repatriation/on_paper/sheet_list.html", context, status=status)


@require_GET
@officer(Permission.RECORD_ARRIVALS)
def sheet_template(request: HttpRequest, kind: str) -> HttpResponse:
    """Send an empty sheet to fill in; drop-downs need the one kind."""
    if kind != "xlsx":
        raise Http404
    return _download(words.template(), "xlsx", file_name(_("Người đã đến chốt"), "xlsx"))


@require_GET
@officer(Permission.RECORD_ARRIVALS)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one sheet: its progress, its sums, and every row with its verdict."""
    batch = _sheet(officer_of(request), pk)
    form = SheetRowFilter(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    rows = batch.lines.select_related("arrival")
    if filters.get("verdict"):
        rows = rows.filter(verdict=filters["verdict"])
    text = filters.get("q", "")
    if (number := whole_number(text, most=MOST_ROW)) is not None:
        rows = rows.filter(number=number)
    elif text:
        rows = rows.filter(search_name__contains=fold(text))
    page = paginate(request, rows, per_page=50)
    for row in page:
        row.faults = words.faults_of(row)
    _record_people(request, batch, page)
    context: dict[str, Any] = {
        "batch": batch,
        "form": form,
        "page": page,
        "counts": words.counts_of(batch),
        "skipped": skipped_rows(batch),
        "steps": _steps(batch),
        "may_commit": allowed(batch, "commit") and batch.families_good,
        "may_cancel": allowed(batch, "cancel"),
        "has_file": batch.has_content and batch.rows,
    }
    return render(request, "repatriation/on_paper/sheet.html", context)


@require_GET
@officer(Permission.RECORD_ARRIVALS)
def sheet_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Send back the sender's own file, with a column that says why a row was not recorded."""
    batch = _sheet(officer_of(request), pk)
    if not batch.has_content or not batch.rows:
        raise Http404
    content = run_or_flash(request, lambda: words.with_reasons(batch, bytes(batch.file.content)))
    if content is None:  # a limit of today that the file passed when it was checked
        return redirect("repatriation:arrival_sheet", pk)
    record_read(
        officer_of(request),
        "export",
        subject=batch,
        request=request,
        place=batch.place,
        reason=batch.file_name,
    )
    kind = batch.layout["kind"]
    name = file_name(_("%(name)s - kết quả") % {"name": PurePath(batch.file_name).stem}, kind)
    return _download(content, kind, name)


@require_POST
@officer(Permission.RECORD_ARRIVALS)
def sheet_step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Have the good families recorded, or cancel the sheet."""
    user = officer_of(request)
    if verb not in STEPS:
        raise Http404
    batch = _sheet(user, pk)
    demand(may_record_at(user, batch.place))
    question = _before_commit(batch) if verb == "commit" else None
    moved = run_or_flash(request, lambda: STEPS[verb](batch, by=user), question=question)
    if moved and verb == "cancel":
        messages.success(request, _("Đã bỏ tệp này. Không ai được ghi nhận."))
    return redirect("repatriation:arrival_sheet", pk)


def _before_commit(batch: ImportBatch) -> Question:
    """Say how many people are recorded and handed over; the worker does it after the press."""
    text = ngettext(
        "%(count)d gia đình được ghi nhận đến chốt, nhận tin nhắn, và chuyển cho xã, phường tiếp nhận.",
        "%(count)d gia đình được ghi nhận đến chốt, nhận tin nhắn, và chuyển cho xã, phường tiếp nhận.",
        batch.families_good,
    )
    lines = [text % {"count": batch.families_good}]
    counts = batch.lines.order_by().values_list("verdict", flat=True)
    others = sum(verdict not in {"good", "odd"} for verdict in counts)
    if others:
        text = ngettext(
            "%(count)d dòng để lại: đã ghi nhận trước đó, hoặc còn lỗi.",
            "%(count)d dòng để lại: đã ghi nhận trước đó, hoặc còn lỗi.",
            others,
        )
        lines.append(text % {"count": others})
    if batch.rows_odd:
        text = ngettext(
            "%(count)d dòng cần xem lại vẫn được ghi.",
            "%(count)d dòng cần xem lại vẫn được ghi.",
            batch.rows_odd,
        )
        lines.append(text % {"count": batch.rows_odd})
    return Question(
        _("Ghi nhận %(count)d người của tệp %(name)s?")
        % {"count": batch.people_good, "name": batch.file_name},
        _("Ghi nhận"),
        lines=lines,
        always=True,
    )


def _record_people(request: HttpRequest, batch: ImportBatch, rows: Iterable[ImportRow]) -> None:
    """Log the people of these rows as seen: by the sheet, and those who are known by their persons."""
    shown = [row for row in rows if row.name]
    if not shown:
        return
    user = officer_of(request)
    record_read(user, "page", subject=batch, request=request, place=batch.place)
    if people := [row.person_id for row in shown if row.person_id]:
        record_read(
            user,
            "page",
            subject_type=Person._meta.label_lower,
            subject_ids=people,
            request=request,
            place=batch.place,
        )


def _steps(batch: ImportBatch) -> list[dict[str, Any]]:
    changes = list(history(batch))
    return [
        {
            "title": event.verb_label,
            "time": event.at,
            "text": " · ".join(filter(None, [event.who, event.reason])),
            "state": "now" if number == len(changes) else "done",
        }
        for number, event in enumerate(changes, start=1)
    ]


def _sheets(user: User) -> ImportBatchQuerySet:
    rows: ImportBatchQuerySet = ImportBatch.objects.visible_to(user).of_kind(ImportBatch.Kind.ARRIVALS)
    return rows


def _sheet(user: User, pk: int) -> ImportBatch:
    rows = _sheets(user).select_related("campaign", "created_by", "place")
    batch: ImportBatch = get_object_or_404(rows, pk=pk)
    return batch


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=TYPES[kind])
    attach(response, name)
    return response
