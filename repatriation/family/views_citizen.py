"""Where the family stands, its seat, and the way out of the queue.

Each page opens by a secret link or behind a proved phone; a `Door` says which registration it is and
where the other pages lie on the same way in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from citizens.links import LinkRefused, find_link, viewer_for
from citizens.verified import phone_required, viewer_of
from citizens.views_links import refused
from portal.records.transitions import TransitionRefused, allowed
from repatriation.family.forms_citizen import WithdrawForm
from repatriation.family.timeline import steps_of
from repatriation.models import Offer, Registration
from repatriation.models.registration import LIVE, Status
from repatriation.queue.predicates import sentence
from repatriation.queue.standing import standing
from repatriation.registration.changing import CHANGEABLE
from repatriation.registration.declared import positives_of
from repatriation.registration.refusals import OnBoard
from repatriation.registration.submitting import family_actor, withdraw
from repatriation.screening.words import last_screening
from repatriation.seats.answering import AnsweredMeanwhile, OfferExpired, confirm_offer, decline_offer

FORM_METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Door:
    """How the family came in. `offer` is set when it came by the link of that offer."""

    registration: Registration
    page: str
    withdraw: str
    offer_page: str
    question: str = ""
    change: str = ""
    token: str = ""  # of the secret link, when that is how they came
    offer: Offer | None = None

    def last_offer(self) -> Offer | None:
        """The offer that counts: the one of the link, else the live or last one."""
        if self.offer is not None:
            return self.offer
        offers = self.registration.offers.select_related("trip__pickup", "trip__gateway")
        return offers.order_by("-pk").first()


View = Callable[[HttpRequest, Door], HttpResponse]
LINK_PAGES = (
    "registration",
    "withdraw",
    "registration_offer",
    "registration_question",
    "registration_change",
)
PHONE_PAGES = ("my_registration", "my_withdraw", "my_offer", "my_question", "my_change")
REGISTRATION = ("campaign", "home_commune__parent", "origin__parent")


def by_link(view: View) -> Callable[..., HttpResponse]:
    """Opened by the family's secret link; kept in no cache, as the others are."""

    @never_cache
    @login_not_required
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            link = find_link(token, "registration")
        except LinkRefused as error:
            return refused(request, error)
        rows = Registration.objects.visible_to(viewer_for(link)).exclude(status=Status.DRAFT)
        row = get_object_or_404(rows.select_related(*REGISTRATION))
        return view(request, replace(_door(row, LINK_PAGES, token), token=token))

    return opened


def by_phone(view: View) -> Callable[..., HttpResponse]:
    """Opened behind a proved phone, by the registration's code."""

    @never_cache
    @phone_required
    @wraps(view)
    def opened(request: HttpRequest, code: str) -> HttpResponse:
        rows = Registration.objects.visible_to(viewer_of(request)).exclude(status=Status.DRAFT)
        row = get_object_or_404(rows.select_related(*REGISTRATION), code=code)
        return view(request, _door(row, PHONE_PAGES, code))

    return opened


def by_offer_link(view: View) -> Callable[..., HttpResponse]:
    """Opened by the secret link of one offer, which shows that offer and nothing else."""

    @never_cache
    @login_not_required
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            link = find_link(token, "offer")
        except LinkRefused as error:
            return refused(request, error)
        rows = Offer.objects.visible_to(viewer_for(link))
        offer = get_object_or_404(
            rows.select_related(
                "trip__pickup", "trip__gateway", *(f"registration__{name}" for name in REGISTRATION)
            )
        )
        url = reverse("repatriation:offer", args=[token])
        return view(request, Door(offer.registration, page="", withdraw="", offer_page=url, offer=offer))

    return opened


def _door(row: Registration, names: tuple[str, ...], key: str) -> Door:
    page, out, offer, question, change = (reverse(f"repatriation:{name}", args=[key]) for name in names)
    return Door(row, page=page, withdraw=out, offer_page=offer, question=question, change=change)


@require_GET
def registration(request: HttpRequest, door: Door) -> HttpResponse:
    """State, number in the queue and why, steps, and the code for the checkpoint."""
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
    """Asks once more, then takes the family out of the queue."""
    row = door.registration
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            withdraw(row, by=family_actor(row.phone), reason=form.cleaned_data["reason"])
        except (OnBoard, TransitionRefused) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Đã rút đăng ký. Muốn về sau, anh/chị đăng ký lại khi còn đợt đón."))
        return redirect(door.page)
    if not allowed(row, "withdraw"):
        return redirect(door.page)
    context = {"registration": row, "door": door, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "repatriation/family/withdraw.html", context, status=status)


@require_http_methods(FORM_METHODS)
def offer(request: HttpRequest, door: Door) -> HttpResponse:
    """The seat with its deadline; once confirmed, the pass. The answer is a POST."""
    seat = door.last_offer()
    if seat is None:
        return redirect(door.page)
    if request.method == "POST":
        _answer(request, seat)
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
    try:
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
    except (AnsweredMeanwhile, OfferExpired, OnBoard, TransitionRefused) as error:
        messages.warning(request, str(error))
