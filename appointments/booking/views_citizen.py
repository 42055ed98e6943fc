"""Booking a visit, one question a page: procedure, office, time, details, code. No account, no JavaScript."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appointments.booking import availability
from appointments.booking.actions import SlotRefused, book, booking_link, booking_made_by_form
from appointments.booking.draft import BookingDraft
from appointments.booking.forms import CONSENT, ConfirmForm, DetailsForm, OfficeForm, ProcedureForm, TimeForm
from appointments.models import Booking
from citizens import phones
from citizens.onetime import check_code, send_code
from citizens.verified import browser_of, remember_phone, verified_phone, who_asks
from portal.records.actors import citizen_actor
from portal.records.refusals import Refused
from portal.ui.formats import mask_phone
from portal.ui.refusals import flash_refusal, run_or_add_error, run_or_flash

PURPOSE = "booking"  # of the one-time code
PAGES = {  # the steps in order
    "start": "appointments/booking/start.html",
    "choose_office": "appointments/booking/choose_office.html",
    "choose_time": "appointments/booking/choose_time.html",
    "details": "appointments/booking/details.html",
    "confirm": "appointments/booking/confirm.html",
}


def page(request: HttpRequest, name: str, draft: BookingDraft, **context: Any) -> HttpResponse:
    """Show one step with its number and the address of the step before."""
    skipped = set() if len(draft.offices) > 1 else {"choose_office"}
    if name != "confirm" and verified_phone(request):
        skipped.add("confirm")
    steps = [step for step in PAGES if step == name or step not in skipped]
    number = steps.index(name)
    back = reverse(f"appointments:{steps[number - 1]}") if number else reverse("home")
    context |= {"step": number + 1, "steps_total": len(steps), "back_url": back, "draft": draft}
    return render(request, PAGES[name], context)


def posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    draft, procedures = BookingDraft.of(request), availability.procedures()
    form = ProcedureForm(posted(request), procedures=procedures, initial={"procedure": draft.procedure_code})
    if form.is_valid():
        draft = replace(draft, procedure_code=form.cleaned_data["procedure"])
        draft.save(request)
        return redirect("appointments:choose_time" if draft.office else "appointments:choose_office")
    return page(request, "start", draft, form=form if procedures else None, procedures=procedures)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_office(request: HttpRequest) -> HttpResponse:
    draft = BookingDraft.of(request)
    if draft.procedure is None:
        return redirect("appointments:start")
    if len(draft.offices) < 2:  # nothing to choose
        return redirect("appointments:choose_time" if draft.office else "appointments:start")
    form = OfficeForm(posted(request), offices=draft.offices, initial={"office": draft.office_slug})
    if form.is_valid():
        draft.office_slug, draft.slot_id = form.cleaned_data["office"], None
        draft.save(request)
        return redirect("appointments:choose_time")
    return page(request, "choose_office", draft, form=form)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_time(request: HttpRequest) -> HttpResponse:
    """Show a strip of days and the slots of one; when the chosen slot filled up, the nearest free ones too."""
    draft = BookingDraft.of(request)
    if draft.procedure is None:
        return redirect("appointments:start")
    if draft.office is None:
        return redirect("appointments:choose_office")
    days = availability.days(draft.office)
    free = [slot for day in days for slot in day.slots if slot.free]
    form = TimeForm(posted(request), slots=free)
    if form.is_valid():
        draft.slot_id = form.cleaned_data["slot"]
        draft.save(request)
        return redirect("appointments:details")
    requested_day = request.GET.get("ngay") or (draft.slot.day.isoformat() if draft.slot else "")
    day_shown = next((day for day in days if day.date.isoformat() == requested_day and day.slots), None)
    day_shown = day_shown or next((day for day in days if day.free), None)
    filled = draft.slot if draft.slot and not draft.slot.free else None
    nearest = availability.nearest(filled) if filled else []
    context = {"form": form, "days": days, "shown": day_shown, "filled": filled, "nearest": nearest}
    return page(request, "choose_time", draft, **context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    draft = BookingDraft.of(request)
    phone = draft.phone or verified_phone(request)
    known = {
        "full_name": draft.full_name,
        "phone": phones.display(phone) if phone else "",
        "agree": draft.agreed,
    }
    form = DetailsForm(posted(request), initial=known)
    if form.is_valid() and (booking := booking_made_by_form(form.cleaned_data["client_key"])):
        return redirect_to_booking(request, booking)
    if draft.slot is None:
        draft.save(request)
        return redirect("appointments:choose_time")
    if form.is_valid():
        data = form.cleaned_data
        draft.full_name, draft.phone, draft.agreed = data["full_name"], data["phone"], True
        draft.client_key = str(data["client_key"])
        draft.send(request)
        if verified_phone(request) == draft.phone:
            return finish(request, draft)
        asker = who_asks(request, draft.phone)
        if run_or_add_error(request, form, lambda: send_code(draft.phone, PURPOSE, **asker), field="phone"):
            return redirect("appointments:confirm")
    return page(request, "details", draft, form=form)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the code, and book what its page shows: the answers that were sent with the same key."""
    key = request.POST.get("client_key") or BookingDraft.of(request).client_key
    draft = BookingDraft.confirmed_by(request, key)
    form = ConfirmForm(posted(request), initial={"client_key": key})
    if form.is_valid() and (booking := booking_made_by_form(form.cleaned_data["client_key"])):
        return redirect_to_booking(request, booking)
    if draft is None or draft.slot is None:
        return redirect("appointments:details")
    if form.is_valid():
        phone, typed = draft.phone, form.cleaned_data["code"]
        act = partial(check_code, phone, PURPOSE, typed, browser=browser_of(request), form_key=draft.key)
        if run_or_add_error(request, form, act, field="code"):
            # The session ends with the booking, not before: a second press at this moment still sends it.
            answer = finish(request, draft)
            remember_phone(request, phone)
            return answer
    return page(request, "confirm", draft, form=form)


@login_not_required
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Send another code to the same phone."""
    key = request.POST.get("client_key") or BookingDraft.of(request).client_key
    draft = BookingDraft.confirmed_by(request, key)
    if draft is None:
        return redirect("appointments:details")

    def send() -> str:
        sent = send_code(draft.phone, PURPOSE, **who_asks(request, draft.phone))
        return _("Đã gửi mã mới.") if sent else _("Mã vừa gửi xong. Vui lòng chờ nửa phút rồi bấm lại.")

    if text := run_or_flash(request, send):
        messages.info(request, text)
    return redirect("appointments:confirm")


def finish(request: HttpRequest, draft: BookingDraft) -> HttpResponse:
    """Book what the draft says. When the slot filled up, the draft stays and other slots are shown."""
    slot, procedure, key = draft.slot, draft.procedure, draft.key
    if slot is None or procedure is None or key is None:
        return redirect("appointments:start")
    try:
        booking = book(
            slot=slot,
            procedure=procedure,
            full_name=draft.full_name,
            phone=draft.phone,
            client_key=key,
            by=citizen_actor(mask_phone(draft.phone)),
            consent=CONSENT,
        )
    except SlotRefused as refusal:
        draft.save(request)
        flash_refusal(request, refusal)
        day = refusal.nearest[0].day if refusal.nearest else refusal.slot.day
        return redirect(reverse("appointments:choose_time") + "?" + urlencode({"ngay": day.isoformat()}))
    except Refused as refusal:
        draft.save(request)
        flash_refusal(request, refusal)
        return redirect("appointments:details")
    draft.clear(request)
    messages.success(request, _("Đã đặt lịch. Cổng đã nhắn lịch hẹn tới số của anh/chị."))
    return redirect_to_booking(request, booking)


def redirect_to_booking(request: HttpRequest, booking: Booking) -> HttpResponseRedirect:
    """Redirect to the booking by a secret link of its own, so that the page can be saved and opened later."""
    return HttpResponseRedirect(urlsplit(booking_link(booking)).path)
