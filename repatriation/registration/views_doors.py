"""Guards of a family's pages, which are opened by a secret link or a proved phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache

from citizens.links import viewer_for
from citizens.models import SecretLink
from citizens.proving import unproved
from citizens.verified import phone_required, viewer_of
from citizens.views_links import link_required
from citizens.views_proof import ask_for_proof
from repatriation.models import Offer, Registration
from repatriation.models.registration import Status

FORM_METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Door:
    """The registration that was opened, and the addresses of its pages by the same way in.

    `offer` is set when the family came by the link of that offer.
    """

    registration: Registration
    page: str
    withdraw: str
    offer_page: str
    question: str = ""
    change: str = ""
    token: str = ""  # of the secret link, when the family came by one
    offer: Offer | None = None

    def last_offer(self) -> Offer | None:
        """Return the offer of the link, else the family's last one."""
        if self.offer is not None:
            return self.offer
        offers = self.registration.offers.select_related("trip__pickup", "trip__gateway")
        return offers.order_by("-pk").first()


DoorView = Callable[[HttpRequest, Door], HttpResponse]

LINK_PAGES = (
    "registration",
    "withdraw",
    "registration_offer",
    "registration_question",
    "registration_change",
)

PHONE_PAGES = ("my_registration", "my_withdraw", "my_offer", "my_question", "my_change")

REGISTRATION = ("campaign", "home_commune__parent", "origin__parent")


def by_link(view: DoorView) -> Callable[..., HttpResponse]:
    """Open the page by the family's secret link. The page is not cached.

    A link to a phone that an officer wrote down may have reached a stranger: it asks for a second fact first.
    """

    @link_required("registration")
    @wraps(view)
    def opened(request: HttpRequest, link: SecretLink, token: str) -> HttpResponse:
        rows = Registration.objects.visible_to(viewer_for(link)).exclude(status=Status.DRAFT)
        row = get_object_or_404(rows.select_related(*REGISTRATION))
        if row.entered_by_id and row.phone_confirmed_at is None and unproved(row.phone):
            return ask_for_proof(request, row.phone)
        return view(request, replace(_door(row, LINK_PAGES, token), token=token))

    return opened


def by_phone(view: DoorView) -> Callable[..., HttpResponse]:
    """Open the page by a proved phone and the registration's code. The page is not cached."""

    @never_cache
    @phone_required
    @wraps(view)
    def opened(request: HttpRequest, code: str) -> HttpResponse:
        rows = Registration.objects.visible_to(viewer_of(request)).exclude(status=Status.DRAFT)
        row = get_object_or_404(rows.select_related(*REGISTRATION), code=code)
        return view(request, _door(row, PHONE_PAGES, code))

    return opened


def by_offer_link(view: DoorView) -> Callable[..., HttpResponse]:
    """Open the page by the secret link of one offer, which shows that offer and nothing else."""

    @link_required("offer")
    @wraps(view)
    def opened(request: HttpRequest, link: SecretLink, token: str) -> HttpResponse:
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
