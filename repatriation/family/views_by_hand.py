"""Actions by hand on one family: hold, release, seat, move, split, and close as a duplicate or open again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts.guards import officer
from portal.accounts.roles import Permission
from portal.ui.asking import Question
from portal.ui.refusals import run_or_flash
from repatriation.family.forms import ChosenTripForm, DuplicateForm, HoldForm, SplitForm
from repatriation.family.views_by_hand_forms import registrations_for, trips_for
from repatriation.family.views_officer import family_page, registration_to_plan
from repatriation.models import Offer, Registration
from repatriation.registration.duplicates import mark_duplicate, take_back_duplicate
from repatriation.seats import by_hand
from repatriation.seats.splitting import split_family
from repatriation.views_shared import officer_of


def _act(
    request: HttpRequest,
    row: Registration,
    name: str,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    done: str,
    question: Question | None = None,
) -> HttpResponse:
    """Run the action and go back to the family, or show the refused form where it was typed."""
    if not form.is_valid():
        return family_page(request, row, {name: form})
    if run_or_flash(request, lambda: act(form.cleaned_data), question=question) is None:
        return family_page(request, row, {name: form})
    messages.success(request, done)
    return redirect("repatriation:family", row.code)


@require_POST
@officer(Permission.PLAN_TRIPS)
def hold(request: HttpRequest, code: str) -> HttpResponse:
    user = officer_of(request)
    row = registration_to_plan(user, code)
    form = HoldForm(request.POST, prefix="hold")
    done = _("Đã tạm giữ. Gia đình giữ nguyên thứ tự và chưa được mời tới khi bỏ giữ.")
    return _act(
        request,
        row,
        "hold",
        form,
        lambda data: by_hand.hold_family(row, by=user, reason=data["reason"]),
        done,
    )


@require_POST
@officer(Permission.PLAN_TRIPS)
def release(request: HttpRequest, code: str) -> HttpResponse:
    user = officer_of(request)
    row = registration_to_plan(user, code)
    if run_or_flash(request, lambda: by_hand.release_family(row, by=user)):
        messages.success(request, _("Đã bỏ giữ. Gia đình lại được mời theo thứ tự."))
    return redirect("repatriation:family", code)


@require_POST
@officer(Permission.PLAN_TRIPS)
def seat(request: HttpRequest, code: str) -> HttpResponse:
    user = officer_of(request)
    row = registration_to_plan(user, code)
    form = ChosenTripForm(request.POST, prefix="seat", trips=trips_for(user, row))
    return _act(
        request,
        row,
        "seat",
        form,
        lambda data: by_hand.seat_family(row, data["trip"], by=user, reason=data["reason"]),
        _("Đã mời gia đình lên chuyến đã chọn."),
        Question(_("Mời gia đình %(code)s ngay?") % {"code": row.code}, _("Gửi lời mời")),
    )


@require_POST
@officer(Permission.PLAN_TRIPS)
def move(request: HttpRequest, code: str) -> HttpResponse:
    user = officer_of(request)
    row = registration_to_plan(user, code)
    form = ChosenTripForm(request.POST, prefix="move", trips=trips_for(user, row))
    offers = Offer.objects.visible_to(user).filter(registration=row, status__in=Offer.LIVE)
    offer = offers.select_related("trip", "registration").first()
    if offer is None:
        messages.error(request, _("Gia đình không còn giữ chỗ nào. Vui lòng tải lại trang để xem."))
        return redirect("repatriation:family", code)
    return _act(
        request,
        row,
        "move",
        form,
        lambda data: by_hand.move_family(offer, data["trip"], by=user, reason=data["reason"]),
        _("Đã chuyển gia đình sang chuyến đã chọn và nhắn gia đình trả lời lại."),
        Question(_("Chuyển gia đình %(code)s sang chuyến khác?") % {"code": row.code}, _("Chuyển chuyến")),
    )


@require_POST
@officer(Permission.PLAN_TRIPS)
def split(request: HttpRequest, code: str) -> HttpResponse:
    user = officer_of(request)
    row = registration_to_plan(user, code)
    form = SplitForm(request.POST, prefix="split", members=row.members.select_related("person"))
    return _act(
        request,
        row,
        "split",
        form,
        lambda data: split_family(
            row, [member.pk for member in data["members"]], by=user, reason=data["reason"]
        ),
        _("Đã tách. Hai đăng ký giữ nguyên thời gian đăng ký, và đã được nhắn."),
        Question(
            _("Tách gia đình %(code)s làm hai?") % {"code": row.code},
            _("Tách gia đình"),
            lines=[_("Đã tách thì không ghép lại được.")],
            always=True,
        ),
    )


@require_POST
@officer(Permission.PLAN_TRIPS)
def duplicate(request: HttpRequest, code: str) -> HttpResponse:
    user = officer_of(request)
    row = registration_to_plan(user, code)
    form = DuplicateForm(request.POST, prefix="duplicate", registrations=registrations_for(user))
    return _act(
        request,
        row,
        "duplicate",
        form,
        lambda data: mark_duplicate(row, data["of"], by=user, reason=data["reason"]),
        _("Đã khép đăng ký này. Đăng ký kia giữ nguyên, gia đình đã được nhắn."),
        Question(_("Khép %(code)s vì đăng ký trùng?") % {"code": row.code}, _("Khép đăng ký này")),
    )


@require_POST
@officer(Permission.PLAN_TRIPS)
def not_duplicate(request: HttpRequest, code: str) -> HttpResponse:
    user = officer_of(request)
    row = registration_to_plan(user, code)
    form = HoldForm(request.POST, prefix="not_duplicate")
    return _act(
        request,
        row,
        "not_duplicate",
        form,
        lambda data: take_back_duplicate(row, by=user, reason=data["reason"]),
        _("Gia đình đã trở lại hàng chờ, đúng thứ tự cũ. Đã nhắn cho gia đình."),
        Question(_("Đưa %(code)s trở lại hàng chờ?") % {"code": row.code}, _("Đưa lại hàng chờ")),
    )
