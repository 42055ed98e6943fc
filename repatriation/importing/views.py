"""Lists of registrations: send a file, see its verdicts, commit it, revoke it."""

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

from portal.accounts.guards import officer
from portal.accounts.models import User
from portal.inputs import whole_number
from portal.places.text import fold
from portal.records.log import history, record_read
from portal.records.transitions import allowed
from portal.reporting.export import export_response
from portal.ui.asking import Question
from portal.ui.downloads import attach, file_name
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_flash
from repatriation.forms import ReasonForm
from repatriation.importing import actions as importing
from repatriation.importing import words
from repatriation.importing.exports import ImportBatchResource
from repatriation.importing.forms import ImportFilter, ImportForm, ImportRowFilter
from repatriation.models import ImportBatch, ImportRow
from repatriation.models.import_batch import MAY_IMPORT, ImportBatchQuerySet
from repatriation.views_shared import officer_of

MOST_ROW = 9_999_999  # a longer number is no row of a list, but part of an identity number
STEPS = {"commit": importing.order_commit, "cancel": importing.cancel}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"xlsx": XLSX, "csv": "text/csv"}


@require_GET
@officer(*MAY_IMPORT)
def import_list(request: HttpRequest) -> HttpResponse:
    """List the user's own lists; for a coordinator, all of them."""
    user = officer_of(request)
    form = ImportFilter(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    rows = _lists(user).select_related("campaign", "created_by")
    if filters.get("q"):
        rows = rows.filter(file_name__icontains=filters["q"])
    if filters.get("status"):
        rows = rows.filter(status=filters["status"])
    if "export" in request.GET:
        return export_response(request, ImportBatchResource(), rows, _("Danh sách đã gửi"), form)
    context = {"form": form, "page": paginate(request, rows, per_page=30)}
    return render(request, "repatriation/importing/import_list.html", context)


@require_http_methods(["GET", "POST"])
@officer(*MAY_IMPORT)
def import_add(request: HttpRequest) -> HttpResponse:
    """Send a file. It is checked in the background; its page shows the progress."""
    user = officer_of(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        name, content = data["file"]
        batch = importing.upload(data["campaign"], name, content, by=user, client_key=data["client_key"])
        return redirect("repatriation:import_batch", batch.pk)
    return render(request, "repatriation/importing/import_add.html", {"form": form})


@require_GET
@officer(*MAY_IMPORT)
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """Send an empty list to fill in."""
    if kind not in TYPES:
        raise Http404
    return _download(words.template(kind), kind, file_name(_("Danh sách đăng ký"), kind))


@require_GET
@officer(*MAY_IMPORT)
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one list: its progress, its sums, and every row with its verdict."""
    batch = _batch(officer_of(request), pk)
    form = ImportRowFilter(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    rows = batch.lines.select_related("registration")
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
        "skipped": words.skipped_rows(batch),
        "setback": words.setback_text(batch),
        "steps": _steps(batch),
        "may_commit": allowed(batch, "commit") and batch.families_good,
        "may_cancel": allowed(batch, "cancel"),
        "may_revoke": allowed(batch, "revoke"),
        "has_reasons": batch.has_content and batch.families_good < batch.families,
        "reason_form": ReasonForm(),
    }
    return render(request, "repatriation/importing/import_batch.html", context)


def _record_people(request: HttpRequest, batch: ImportBatch, rows: Iterable[ImportRow]) -> None:
    """Log the people of these rows as seen: by the list, and those who were registered by their persons."""
    shown = [row for row in rows if row.name]
    if not shown:
        return
    user = officer_of(request)
    record_read(user, "page", subject=batch, request=request, place=batch.place)
    if people := [row.person_id for row in shown if row.person_id]:
        record_read(
            user,
            "page",
            subject_type="citizens.person",
            subject_ids=people,
            request=request,
            place=batch.place,
        )


def _steps(batch: ImportBatch) -> list[dict[str, Any]]:
    changes = list(history(batch).exclude(verb="number_refused"))
    return [
        {
            "title": event.verb_label,
            "time": event.at,
            "text": " · ".join(filter(None, [event.who, event.reason])),
            "state": "now" if number == len(changes) else "done",
        }
        for number, event in enumerate(changes, start=1)
    ]


@require_GET
@officer(*MAY_IMPORT)
def import_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Send back the sender's own file, with a column that says why a row was not accepted."""
    user = officer_of(request)
    batch = _batch(user, pk)
    if not batch.has_content or not batch.rows:
        raise Http404
    content = run_or_flash(request, lambda: words.with_reasons(batch, bytes(batch.file.content)))
    if content is None:  # a limit of today that the file passed when it was checked
        return redirect("repatriation:import_batch", pk)
    record_read(user, "export", subject=batch, request=request, place=batch.place, reason=batch.file_name)
    kind = batch.layout["kind"]
    return _download(
        content, kind, file_name(_("%(name)s - lý do") % {"name": PurePath(batch.file_name).stem}, kind)
    )


@require_POST
@officer(*MAY_IMPORT)
def import_step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Commit the good families, or cancel the list."""
    user = officer_of(request)
    if verb not in STEPS:
        raise Http404
    batch = _batch(user, pk)
    question = _before_commit(batch) if verb == "commit" else None
    moved = run_or_flash(request, lambda: STEPS[verb](batch, by=user), question=question)
    if moved and verb == "cancel":
        messages.success(request, _("Đã bỏ danh sách. Không gia đình nào được nhập."))
    return redirect("repatriation:import_batch", pk)


@require_POST
@officer(*MAY_IMPORT)
def import_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke the whole list, while nobody of it has been seated."""
    user = officer_of(request)
    batch = _batch(user, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Chưa thu hồi: vui lòng ghi lý do."))
    elif run_or_flash(
        request,
        lambda: importing.revoke(batch, by=user, reason=form.cleaned_data["reason"]),
        question=Question(
            _("Thu hồi cả danh sách %(name)s?") % {"name": batch.file_name},
            _("Thu hồi"),
            always=True,
            is_grave=True,
        ),
    ):
        messages.success(request, _("Đã thu hồi cả danh sách. Các gia đình đã được nhắn tin."))
    return redirect("repatriation:import_batch", pk)


def _before_commit(batch: ImportBatch) -> Question:
    """Say how many families are registered and told; the worker does it after the press."""
    left_out = batch.families - batch.families_good
    lines = [
        ngettext(
            "%(count)d gia đình được đăng ký và nhận tin nhắn có đường dẫn riêng.",
            "%(count)d gia đình được đăng ký và nhận tin nhắn có đường dẫn riêng.",
            batch.families_good,
        )
        % {"count": batch.families_good}
    ]
    if left_out:
        text = ngettext("%(count)d gia đình để lại.", "%(count)d gia đình để lại.", left_out)
        lines.append(text % {"count": left_out})
    return Question(
        _("Nhập danh sách %(name)s?") % {"name": batch.file_name},
        _("Nhập danh sách"),
        lines=lines,
        always=True,
    )


def _lists(user: User) -> ImportBatchQuerySet:
    rows: ImportBatchQuerySet = ImportBatch.objects.visible_to(user).of_kind(ImportBatch.Kind.REGISTRATIONS)
    return rows


def _batch(user: User, pk: int) -> ImportBatch:
    rows = _lists(user).select_related("campaign", "created_by", "place")
    batch: ImportBatch = get_object_or_404(rows, pk=pk)
    return batch


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=TYPES[kind])
    attach(response, name)
    return response
