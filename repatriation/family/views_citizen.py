"""Pages of a family for itself: where it stands, its seats, and the way out of the queue.

Each page opens by a secret link or behind a proved phone; a `Door` has the registration and the addresses of
the other pages that open in the same way.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.records.transitions import allowed
from portal.ui.refusals import run_or_flash
from repatriation.family.forms import WithdrawForm
from repatriation.family.timeline import steps_of
from repatriation.models import Offer
from repatriation.models.registration import LIVE
from repatriation.queue.predicates import sentence
from repatriation.queue.standing import standing
from repatriation.registration.changing import CHANGEABLE
from repatriation.registration.declared import positives_of
from repatriation.registration.submitting import family_actor
from repatriation.registration.views_doors import FORM_METHODS, Door
from repatriation.screening.words import last_screening
from repatriation.seats.answering import confirm_offer, decline_offer
from repatriation.seats.leaving import withdraw


@require_GET
def registration(request: HttpRequest, door: Door) -> HttpResponse:
    """Show the status, the standing and its reasons, the steps, and the code for the checkpoint."""
    row, offer = door.registration, door.last_offer()
    screening, members = last_screening(row), list(row.members.select_related("person"))
    context = {
        "registration": row,
        "screening": screening,
        "head": members[0],
        "members": members,
        "positives": positives_of(members),
        "door": door,
        "offer": offer,
        "standing": standing(row),
        "sentence": sentence(row.score_reasons),
        "steps": steps_of(row, offer, screening),
        "is_live": row.status in LIVE,
        "may_withdraw": allowed(row, "withdraw"),
        "may_change": row.status in CHANGEABLE,
        "changing": row.status in CHANGEABLE and row.changes.open().exists(),
    }
    return render(request, "repatriation/family/registration.html", context)


@require_http_methods(FORM_METHODS)
def registration_withdraw(request: HttpRequest, door: Door) -> HttpResponse:
    """Ask for confirmation; on the POST, withdraw the family from the queue."""
    row = door.registration
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if run_or_flash(request, lambda: withdraw(row, by=family_actor(row.phone), reason=reason)):
            messages.success(request, _("Đã rút đăng ký. Muốn về sau, anh/chị đăng ký lại khi còn đợt đón."))
        return redirect(door.page)
    if not allowed(row, "withdraw"):
        return redirect(door.page)
    context = {"registration": row, "door": door, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "repatriation/family/withdraw.html", context, status=status)


@require_http_methods(FORM_METHODS)
def offer(request: HttpRequest, door: Door) -> HttpResponse:
    """Show the seats with their deadline, or the pass once they are confirmed; the POST is the answer."""
    seat = door.last_offer()
    if seat is None:
        return redirect(door.page)
    if request.method == "POST":
        run_or_flash(request, lambda: _answer(request, seat), level=messages.WARNING)
        return redirect(door.offer_page)
    context: dict[str, Any] = {
        "offer": seat,
        "trip": seat.trip,
        "registration": door.registration,
        "head": door.registration.head,
        "door": door,
        "says_no": "chua" in request.GET and seat.status in Offer.LIVE,
        "is_late": seat.status == Offer.Status.OFFERED and seat.deadline <= timezone.now(),
    }
    return render(request, "repatriation/family/offer.html", context)


def _answer(request: HttpRequest, seat: Offer) -> None:
    actor = family_actor(seat.registration.phone)
    match request.POST.get("answer"):
        case "yes":
            confirm_offer(seat, by=actor)
        case "wait":
            decline_offer(seat, by=actor, back_to_queue=True, seen=request.POST.get("seen", ""))
            messages.success(request, _("Đã trả chỗ. Gia đình vẫn giữ thứ tự trong hàng chờ."))
        case "leave":
            decline_offer(seat, by=actor, back_to_queue=False, seen=request.POST.get("seen", ""))
            messages.success(request, _("Đã trả chỗ, gia đình ra khỏi hàng chờ."))
        case _:
            messages.error(request, _("Vui lòng chọn một câu trả lời."))
