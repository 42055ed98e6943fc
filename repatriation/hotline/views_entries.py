"""Pages of an officer's own entries: the list, and corrections."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citizens.phones import display, mask
from portal.accounts.guards import officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.reporting.export import export_response
from portal.ui.asking import Question
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_flash
from repatriation.family.forms import EntryPhoneForm, SpokenReasonForm
from repatriation.family.views_officer import family_page, registration_of
from repatriation.hotline import entries as others
from repatriation.hotline.forms import EntryFilter
from repatriation.models import Registration
from repatriation.queue.exports import QueueResource
from repatriation.queue.positions import search
from repatriation.rules import may_correct_entry
from repatriation.views_shared import officer_of


@require_GET
@officer(Permission.REGISTER_OTHERS)
def entry_list(request: HttpRequest) -> HttpResponse:
    """List the officer's own entries, the newest first."""
    user = officer_of(request)
    statuses = [choice for choice in Registration.Status.choices if choice[0] != Registration.Status.DRAFT]
    form = EntryFilter(request.GET, statuses=statuses)
    filters = form.cleaned_data if form.is_valid() else {}
    rows = Registration.objects.visible_to(user).filter(entered_by=user, registered_at__isnull=False)
    if filters.get("status"):
        rows = rows.filter(status=filters["status"])
    if filters.get("day"):
        rows = rows.filter(_registered_on(filters["day"]))
    rows = search(rows, filters.get("q", "")).select_related("home_commune", "origin")
    rows = rows.prefetch_related("members__person").order_by("-registered_at", "pk")
    if "export" in request.GET:
        return export_response(request, QueueResource(), rows, _("Đăng ký hộ"), form)
    context = {"form": form, "page": paginate(request, rows)}
    return render(request, "repatriation/hotline/entry_list.html", context)


def _registered_on(day: dt.date) -> Q:
    start = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    return Q(registered_at__gte=start, registered_at__lt=start + dt.timedelta(days=1))


@require_POST
@officer(Permission.REGISTER_OTHERS)
def entry_link(request: HttpRequest, code: str) -> HttpResponse:
    """Send the link to the family's own phone again."""
    send_link_of(request, _mine(officer_of(request), code))
    return redirect("repatriation:family", code)


@require_POST
@officer(Permission.REGISTER_OTHERS)
def entry_phone(request: HttpRequest, code: str) -> HttpResponse:
    """Correct a mistyped phone that nobody has proved yet."""
    user = officer_of(request)
    row, form = _mine(user, code), EntryPhoneForm(request.POST, prefix="correct")
    if not form.is_valid():
        return family_page(request, row, {"correct": form})
    phone = form.cleaned_data["phone"]
    question = Question(
        _("Đổi số của %(code)s và gửi đường dẫn tới số mới?") % {"code": row.code},
        _("Đổi số"),
        lines=[_("Số mới: %(phone)s. Đường dẫn cũ không dùng được nữa.") % {"phone": display(phone)}],
    )
    if run_or_flash(request, lambda: others.correct_phone(row, by=user, phone=phone), question=question):
        params = {"phone": display(phone)}
        messages.success(request, _("Đã đổi số. Đường dẫn mới được nhắn tới %(phone)s.") % params)
    return redirect("repatriation:family", code)


@require_POST
@officer(Permission.REGISTER_OTHERS)
def entry_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Withdraw a family that does not come after all, or was entered by mistake."""
    user = officer_of(request)
    row, form = _mine(user, code), SpokenReasonForm(request.POST, prefix="withdraw")
    if not form.is_valid():
        return family_page(request, row, {"withdraw": form})
    reason = form.cleaned_data["reason"]
    question = Question(
        _("Rút đăng ký %(code)s?") % {"code": row.code},
        _("Rút đăng ký"),
        lines=[_("Gia đình mất thứ tự. Đăng ký lại sau được, nhưng xếp từ đầu.")],
        always=True,
        is_grave=True,
    )
    withdrawn = run_or_flash(
        request, lambda: others.withdraw_entry(row, by=user, reason=reason), question=question
    )
    if withdrawn:
        messages.success(request, _("Đã rút đăng ký và nhắn cho gia đình."))
    return redirect("repatriation:family", code)


def _mine(user: User, code: str) -> Registration:
    """Return a family that this user entered; raise `Http404` for any other."""
    row = registration_of(user, code)
    if not may_correct_entry(user, row) or row.registered_at is None:
        raise Http404
    return row


def send_link_of(request: HttpRequest, row: Registration) -> None:
    """Send the link to the family's own phone again, and flash the result."""
    params = {"phone": mask(row.phone)}
    if others.send_link_for(row, by=officer_of(request)):
        messages.success(request, _("Đã gửi lại đường dẫn tới số %(phone)s.") % params)
    elif row.is_live:
        messages.info(
            request, _("Đường dẫn vừa được gửi tới %(phone)s. 10 phút sau mới gửi lại được.") % params
        )
    else:
        messages.info(request, _("Đăng ký này đã kết thúc nên không gửi đường dẫn nữa."))
