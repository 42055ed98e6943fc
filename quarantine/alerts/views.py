"""The officers' pages of alerts: the list, one alert, and the actions on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citizens.models import Person
from portal.accounts.guards import OfficerRequest, demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place
from portal.records.log import history, record_read
from portal.reporting.export import export_response
from portal.ui.pagination import paginate
from portal.ui.redirects import redirect_next
from portal.ui.refusals import run_or_flash
from quarantine.alerts import actions
from quarantine.alerts.exports import AlertResource
from quarantine.alerts.forms import AlertFilter, SettleForm
from quarantine.alerts.worklists import loaded, locate, with_stays
from quarantine.models import Alert, Contact
from quarantine.models.alert import AlertQuerySet
from quarantine.rules import may_act_on

SEES = officer(Permission.SEE_HEALTH)


@require_GET
@SEES
def alert_list(request: OfficerRequest) -> HttpResponse:
    """List the alerts that the officer may see; without a filter those that are not settled."""
    form = AlertFilter(request.GET, places=_places(request.user))
    filters = form.cleaned_data if form.is_valid() else {}
    rows = _filtered(Alert.objects.visible_to(request.user), filters)
    if "export" in request.GET:
        rows = loaded(rows).order_by("-raised_at", "-pk")
        return export_response(request, AlertResource(), rows, _("Cảnh báo sức khỏe"), form)
    page = paginate(request, loaded(rows).order_by("-is_positive", "-raised_at", "-pk"))
    with_stays(page.rows)
    for row in page:
        row.may_act = may_act_on(request.user, row)
    return render(request, "quarantine/alerts/alert_list.html", {"form": form, "page": page})


def _places(user: User) -> QuerySet[Place]:
    ids = Alert.objects.visible_to(user).order_by().values("place")
    return Place.objects.filter(pk__in=ids).by_name()


def _filtered(rows: AlertQuerySet, filters: dict[str, Any]) -> AlertQuerySet:
    rows = rows.named(filters.get("q", ""))
    if filters.get("place"):
        rows = rows.filter(place=filters["place"])
    match filters.get("status", ""):
        case "":
            return rows.unsettled()
        case "all":
            return rows
        case "late":
            return rows.late()
        case status:
            return rows.filter(status=status)


@require_GET
@SEES
def alert(request: OfficerRequest, pk: int) -> HttpResponse:
    return _page(request, _visible(request, pk))


@require_POST
@SEES
def alert_take(request: OfficerRequest, pk: int) -> HttpResponse:
    """Take an alert over."""
    row = _mine(request, pk)
    taken = run_or_flash(request, lambda: actions.take_alert(row, by=request.user))
    if taken is not None:
        words = {"name": row.person.full_name, "officer": taken.taken_by.full_name if taken.taken_by else ""}
        if taken.taken_by_id == request.user.pk:
            messages.success(request, _("Đã ghi: anh/chị đang xử lý trường hợp của %(name)s.") % words)
        else:
            messages.info(request, _("%(officer)s đang xử lý trường hợp của %(name)s.") % words)
    return redirect_next(request, "quarantine:alert", pk)


@require_POST
@SEES
def alert_release(request: OfficerRequest, pk: int) -> HttpResponse:
    """Give an alert back to the worklist."""
    row = _mine(request, pk)
    if run_or_flash(request, lambda: actions.release_alert(row, by=request.user)):
        messages.success(request, _("Đã trả lại. Việc này lại chờ người xử lý."))
    return redirect_next(request, "quarantine:alert", pk)


@require_POST
@SEES
def alert_settle(request: OfficerRequest, pk: int) -> HttpResponse:
    """Settle an alert with a note."""
    row = _mine(request, pk)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    note = form.cleaned_data["note"]
    if run_or_flash(request, lambda: actions.settle_alert(row, by=request.user, note=note)):
        messages.success(request, _("Đã ghi xong cảnh báo của %(name)s.") % {"name": row.person.full_name})
    return redirect_next(request, "quarantine:alert", pk)


@require_POST
@SEES
def alert_reopen(request: OfficerRequest, pk: int) -> HttpResponse:
    """Open an alert again that was settled by mistake."""
    row = _mine(request, pk)
    if run_or_flash(request, lambda: actions.reopen_alert(row, by=request.user)):
        messages.success(request, _("Đã mở lại. Việc này lại chờ người xử lý."))
    return redirect_next(request, "quarantine:alert", pk)


def _visible(request: OfficerRequest, pk: int) -> Alert:
    rows = loaded(Alert.objects.visible_to(request.user)).select_related("result__place", "entered_by")
    row: Alert = get_object_or_404(rows, pk=pk)
    return row


def _mine(request: OfficerRequest, pk: int) -> Alert:
    """Return an alert on which the officer's place acts: 404 for one elsewhere, 403 for who only looks."""
    row = _visible(request, pk)
    demand(may_act_on(request.user, row))
    return row


def _page(request: OfficerRequest, row: Alert, form: SettleForm | None = None) -> HttpResponse:
    """Show one alert: why, who was told, who is around the person and where each is now. The read is logged."""
    user = request.user
    rows = Contact.objects.visible_to(user).filter(alert=row)
    contacts = list(rows.select_related("person__responsible_place", "person__home_commune"))
    people = [contact.person_id for contact in contacts]
    record_read(
        user, "page", subject=row.person, subject_ids=people, request=request, place=row.place,
        subject_type=Person._meta.label_lower,
    )  # fmt: skip
    locate(contacts)
    context = {
        "alert": row,
        "stay": with_stays([row])[0].stay,  # type: ignore[attr-defined]
        "contacts": contacts,
        "open_to_me": set(
            Person.objects.visible_to(user)
            .filter(pk__in=[row.person_id, *people])
            .values_list("pk", flat=True)
        ),
        "told": row.notices.select_related("officer", "place"),
        "events": history(row).select_related("place")[:50],
        "may_act": may_act_on(user, row),
        "form": form or SettleForm(),
    }
    return render(request, "quarantine/alerts/alert.html", context, status=422 if form else 200)
