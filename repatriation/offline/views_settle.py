"""The list of entries that devices sent and the portal could not do by itself, and the page of one of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.guards import officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place
from portal.records.log import record_read
from portal.ui.asking import Question
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_add_error, run_or_flash
from repatriation.models import OfflineDevice, OfflineEntry
from repatriation.offline.forms import OPEN, CloseForm, OfflineEntryFilter, RecordAnywayForm
from repatriation.offline.kinds import KINDS
from repatriation.offline.settling import close, record_anyway, reopen
from repatriation.views_shared import officer_of

RECORDS = (Permission.RECORD_ARRIVALS, Permission.RECORD_BOARDING)


@require_GET
@officer(*RECORDS)
def entry_list(request: HttpRequest) -> HttpResponse:
    """List the entries to settle, urgent ones first, and the devices in which entries still wait."""
    user = officer_of(request)
    form = OfflineEntryFilter(request.GET, places=_places(user))
    filters = form.cleaned_data if form.is_valid() else {}
    rows = OfflineEntry.objects.visible_to(user).named(filters.get("q", ""))
    status = filters.get("status") or OPEN
    if status == OPEN:
        rows = rows.to_settle()
    elif status != "all":
        rows = rows.filter(status=status)
    if filters.get("place"):
        rows = rows.filter(place=filters["place"])
    rows = rows.select_related("place", "recorded_by", "device").order_by("-is_urgent", "-received_at", "-pk")
    page = paginate(request, rows)
    for row in page:
        row.kind_title = _title(row)
    devices = OfflineDevice.objects.visible_to(user).with_entries_waiting().select_related("place", "seen_by")
    context = {"form": form, "page": page, "devices": devices[:20]}
    return render(request, "repatriation/offline/entry_list.html", context)


@require_GET
@officer(*RECORDS)
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the entry says, why it was not taken, what is known now, and the next step."""
    return _page(request, _entry(request, pk))


@require_POST
@officer(*RECORDS)
def entry_record(request: HttpRequest, pk: int) -> HttpResponse:
    row = _entry(request, pk)
    form = RecordAnywayForm(request.POST)
    if not form.is_valid():
        return _page(request, row, record_form=form, status=422)
    user = officer_of(request)
    question = Question(_("Ghi lượt này?"), _("Ghi và báo"))
    done = run_or_flash(
        request,
        lambda: record_anyway(row, by=user, destination=form.cleaned_data["destination"]),
        question=question,
    )
    if done is not None:
        messages.success(request, done[1].text)
        return redirect("repatriation:offline_entries")
    return redirect("repatriation:offline_entry", pk)


@require_POST
@officer(*RECORDS)
def entry_close(request: HttpRequest, pk: int) -> HttpResponse:
    row = _entry(request, pk)
    form = CloseForm(request.POST)
    user = officer_of(request)
    if form.is_valid() and run_or_add_error(
        request, form, lambda: close(row, by=user, note=form.cleaned_data["note"])
    ):
        messages.success(request, _("Đã đóng lượt này. Nội dung vẫn được giữ."))
        return redirect("repatriation:offline_entries")
    return _page(request, row, close_form=form, status=422)


@require_POST
@officer(*RECORDS)
def entry_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    row = _entry(request, pk)
    if run_or_flash(request, lambda: reopen(row, by=officer_of(request))) is not None:
        messages.success(request, _("Đã mở lại lượt này."))
    return redirect("repatriation:offline_entry", pk)


def _entry(request: HttpRequest, pk: int) -> OfflineEntry:
    rows = OfflineEntry.objects.visible_to(officer_of(request))
    rows = rows.select_related("place", "recorded_by", "sent_by", "device", "settled_by")
    row: OfflineEntry = get_object_or_404(rows, pk=pk)
    return row


def _page(
    request: HttpRequest,
    row: OfflineEntry,
    *,
    record_form: RecordAnywayForm | None = None,
    close_form: CloseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = officer_of(request)
    kind = KINDS.get(row.kind)
    others = list(
        OfflineEntry.objects.visible_to(user)
        .filter(key=row.key)
        .exclude(pk=row.pk)
        .select_related("recorded_by", "device", "place")
    )
    known = kind.known(row, user) if kind else []
    is_open = row.status in {OfflineEntry.Status.TO_SETTLE, OfflineEntry.Status.WAITING}
    may_record = (
        row.status == OfflineEntry.Status.TO_SETTLE
        and kind is not None
        and kind.can_be_recorded
        and kind.may_record(user, row.place)
        and all(one.can_be_recorded for one in known)
        and not any(other.status == OfflineEntry.Status.STORED for other in others)
    )
    record_read(user, "page", subject=row, request=request, place=row.place)
    context = {
        "row": row,
        "kind_title": _title(row),
        "contents": [(one, _lines(one)) for one in (row, *others)],
        "known": known,
        "is_open": is_open,
        "may_record": may_record,
        "record_form": record_form or RecordAnywayForm(),
        "close_form": close_form or CloseForm(),
    }
    return render(request, "repatriation/offline/entry.html", context, status=status)


def _title(row: OfflineEntry) -> str:
    kind = KINDS.get(row.kind)
    return str(kind.title) if kind else _("Lượt không đọc được")


def _lines(row: OfflineEntry) -> list[tuple[str, str]]:
    kind = KINDS.get(row.kind)
    return kind.lines(row) if kind else []


def _places(user: User) -> Any:
    ids = user.place_ids(Permission.RECORD_ARRIVALS) | user.place_ids(Permission.RECORD_BOARDING)
    return Place.objects.active().filter(pk__in=ids, kind=Place.Kind.CHECKPOINT).by_name()
