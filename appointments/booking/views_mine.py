"""A citizen's own booking: its page, its calendar file, its cancellation.

Each opens by the secret link of the message, or by the booking's code once the phone is verified.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments import rules
from appointments.booking.actions import cancel as cancel_booking
from appointments.booking.ics import calendar_file
from appointments.booking.messages import LINK_PURPOSE
from appointments.models import Booking
from citizens.links import viewer_for
from citizens.models import SecretLink
from citizens.verified import phone_required, viewer_of
from citizens.views_links import link_required
from portal.records.actors import citizen_actor
from portal.records.ended import tell_who_cancelled
from portal.records.refusals import Refused
from portal.ui.formats import mask_phone
from portal.ui.refusals import flash_refusal

Urls = dict[str, str]
BookingView = Callable[[HttpRequest, Booking, Urls], HttpResponse]


def urls(prefix: str, key: str) -> Urls:
    """Return the addresses of one booking's pages, by link (`prefix` empty) or by code ("my_")."""
    return {
        name: reverse(f"appointments:{prefix}{name}", args=[key]) for name in ("booking", "ics", "cancel")
    }


def by_link(view: BookingView) -> Callable[..., HttpResponse]:
    """Open the view to whoever has the secret link; the response is not cached."""

    @link_required(LINK_PURPOSE)
    @wraps(view)
    def opened(request: HttpRequest, link: SecretLink, token: str) -> HttpResponse:
        booking = get_object_or_404(Booking.objects.visible_to(viewer_for(link)).with_details())
        return view(request, booking, urls("", token))

    return opened


def by_phone(view: BookingView) -> Callable[..., HttpResponse]:
    """Open the view to whoever has verified the booking's phone."""

    @phone_required
    @wraps(view)
    def opened(request: HttpRequest, code: str) -> HttpResponse:
        booking = get_object_or_404(Booking.objects.visible_to(viewer_of(request)).with_details(), code=code)
        return view(request, booking, urls("my_", code))

    return opened


@require_safe
def booking(request: HttpRequest, booking: Booking, urls: Urls) -> HttpResponse:
    tell_who_cancelled([booking])
    context = {"booking": booking, "urls": urls, "is_cancellable": rules.is_cancellable(booking)}
    return render(request, "appointments/booking/booking.html", context)


@require_safe
def ics(request: HttpRequest, booking: Booking, urls: Urls) -> HttpResponse:
    response = HttpResponse(
        calendar_file(booking), content_type="text/calendar; charset=utf-8; method=PUBLISH"
    )
    response["Content-Disposition"] = f'attachment; filename="{booking.code}.ics"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, booking: Booking, urls: Urls) -> HttpResponse:
    """Ask for confirmation, then cancel the booking. A second press changes nothing."""
    if request.method == "POST":
        try:
            cancel_booking(booking, by=citizen_actor(mask_phone(booking.phone)))
        except Refused as refusal:
            booking.refresh_from_db(fields=["status"])
            if booking.status != Booking.Status.CANCELLED:
                flash_refusal(request, refusal)
        else:
            messages.success(request, _("Đã hủy lịch. Chỗ này nhường lại cho bà con khác."))
        return HttpResponseRedirect(urls["booking"])
    if not rules.is_cancellable(booking):
        return HttpResponseRedirect(urls["booking"])
    return render(request, "appointments/booking/cancel.html", {"booking": booking, "urls": urls})


link_booking, link_ics, link_cancel = by_link(booking), by_link(ics), by_link(cancel)
my_booking, my_ics, my_cancel = by_phone(booking), by_phone(ics), by_phone(cancel)
