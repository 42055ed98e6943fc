"""What a device asks: whether it is the portal that answers, and what became of its entries."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.guards import officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.inputs import json_body
from portal.places.models import Place
from repatriation.models import OfflineDevice
from repatriation.offline.devices import note_device
from repatriation.offline.receiving import Result, receive
from repatriation.offline.sent import moment_of, number_of, sealed_of, uuid_of
from repatriation.views_shared import officer_of

MARK = "portal-offline-1"  # in every answer: a stranger's page on the line does not have it
MOST_ENTRIES = 100  # in one request; a device with more sends again
RECORDS = (Permission.RECORD_ARRIVALS, Permission.RECORD_BOARDING)


@login_not_required
@require_GET
def line(request: HttpRequest) -> HttpResponse:
    """Say that this is the portal, who is signed in, and by which token a form is sent now."""
    user = request.user if isinstance(request.user, User) and request.user.is_authenticated else None
    return answer({"user": user.pk if user else None, "csrf": get_token(request)})


@require_POST
@officer(*RECORDS)
def send(request: HttpRequest) -> HttpResponse:
    """Take in entries of a device, each by itself; name each with what became of it."""
    user = officer_of(request)
    try:
        data = json_body(request)
        entries = [sealed_of(one) for one in data["entries"]]
        if len(entries) > MOST_ENTRIES:
            raise ValueError
        device = _device(data, user)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError):
        return answer({"error": _("Không đọc được dữ liệu gửi lên.")}, status=400)
    results = receive(entries, device, by=user)
    later = sum(result.state == "later" for result in results)
    if later:
        note_waiting(device, later)
    may_read = user.place_ids(Permission.RECORD_ARRIVALS) | user.place_ids(Permission.RECORD_BOARDING)
    return answer({"results": [_told(result, shows=result.place_id in may_read) for result in results]})


def note_waiting(device: OfflineDevice, later: int) -> None:
    device.waiting += later
    device.waiting_since = device.waiting_since or timezone.now()
    device.save(update_fields=["waiting", "waiting_since"])


def answer(data: dict[str, Any], status: int = 200) -> JsonResponse:
    """Answer with the mark by which a device knows the portal, and the server's clock."""
    now = round(timezone.now().timestamp() * 1000)
    return JsonResponse({"portal": MARK, "now": now, **data}, status=status)


def _told(result: Result, *, shows: bool) -> dict[str, Any]:
    told = asdict(result) | {"key": str(result.key)}
    del told["place_id"]
    if not shows:  # another checkpoint's officer sends what a colleague left on the device
        told |= {"text": "", "extra": {}}
    return told


def _device(data: dict[str, Any], user: User) -> OfflineDevice:
    """Write down what the device says of itself. Its place is one of the officer's own."""
    uuid = uuid_of(data["device"])
    own = user.place_ids(Permission.RECORD_ARRIVALS) | user.place_ids(Permission.RECORD_BOARDING)
    place = Place.objects.filter(pk=number_of(data["place"]), pk__in=own).first()
    if place is None:
        raise Http404
    since, clock = data.get("since"), data.get("clock")
    return note_device(
        uuid,
        place,
        by=user,
        waiting=number_of(data["waiting"]),
        since=moment_of(since),
        clock=moment_of(clock),
        may_forget=data.get("may_forget") is True,
    )
