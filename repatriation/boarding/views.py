"""The boarding page: one box, a list to tap, and entries that wait while the device is offline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.device_key import give_device_key
from portal.accounts.guards import demand, officer
from portal.accounts.roles import Permission
from portal.inputs import json_body
from portal.records.log import record_read
from repatriation.boarding.actions import BOARDABLE
from repatriation.boarding.board import board_of
from repatriation.boarding.forms import StrangersForm, WalkOnForm
from repatriation.boarding.views_entries import Answer, Recorder, process_entry
from repatriation.models import Trip
from repatriation.offline.recorder import sealing_kit
from repatriation.offline.texts import texts as line_texts
from repatriation.offline.views import answer
from repatriation.registration.forms_strangers import WalkInFormSet
from repatriation.rules import may_board
from repatriation.views_shared import officer_of

WORKER = Path(__file__).resolve().parents[1] / "static" / "repatriation" / "boarding-worker.js"
MOST_ENTRIES = 200  # in one request; a device with more sends again
OVER = frozenset({Trip.Status.ARRIVED, Trip.Status.RECONCILED, Trip.Status.CANCELLED})


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.RECORD_BOARDING)
def boarding(request: HttpRequest, code: str) -> HttpResponse:
    """Show the page. Without a script each press is a POST to it, and the page shows the answer."""
    trip = _trip(request, code)
    who = Recorder(officer_of(request), request)
    entry_answer = process_entry(who, trip, request.POST) if request.method == "POST" else None
    trip.refresh_from_db(fields=["seats_taken", "status"])
    board = board_of(trip)
    record_read(
        officer_of(request),
        "page",
        subject_type="citizens.person",
        subject_ids=[seat.person.pk for line in board.lines for seat in line.seats],
        request=request,
        place=trip.gateway,
    )
    typed = entry_answer.forms if entry_answer else {}
    context = {
        "trip": trip,
        "board": board,
        "takes": trip.status in BOARDABLE,
        "is_over": trip.status in OVER,
        "answer": entry_answer,
        "texts": json.dumps(_texts(), ensure_ascii=False),
        "unknown": Answer("wait", _texts()["unknown"], _texts()["unknown_text"], walk_on="?"),
        "strangers": typed.get("strangers") or StrangersForm(),
        "people": typed.get("people") or WalkInFormSet(),
        "walk_on_form": typed.get("walk_on") or WalkOnForm(auto_id="walk_on_%s"),
    }
    status = 422 if entry_answer is not None and entry_answer.refused else 200
    return render(request, "repatriation/boarding/boarding.html", context, status=status)


@require_POST
@officer(Permission.RECORD_BOARDING)
def boarding_send(request: HttpRequest, code: str) -> HttpResponse:
    """Answer entries at once, each by itself: what was scanned and is not on the list. Nothing of it is kept.

    What a device keeps comes by `repatriation.offline.views.send`.
    """
    trip = _trip(request, code)
    try:
        entries = json_body(request)["entries"][:MOST_ENTRIES]
        parsed = [QueryDict(urlencode([(str(name), str(value)) for name, value in one])) for one in entries]
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": _("Không đọc được dữ liệu gửi lên.")}, status=400)
    return answer({"results": [_result(request, trip, data) for data in parsed]})


def _result(request: HttpRequest, trip: Trip, data: QueryDict) -> dict[str, Any]:
    entry_answer = process_entry(Recorder(officer_of(request), request), trip, data)
    context = {
        "answer": entry_answer,
        "trip": trip,
        "walk_on_form": entry_answer.forms.get("walk_on") or WalkOnForm(auto_id="walk_on_%s"),
    }
    page = render_to_string("repatriation/boarding/_boarding_answer.html", context, request)
    return {
        "key": data.get("client_key", ""),
        "refused": entry_answer.refused,
        "text": f"{entry_answer.title}. {entry_answer.text}" if entry_answer.text else entry_answer.title,
        "html": page,
    }


@require_POST
@officer(Permission.RECORD_BOARDING)
def boarding_kit(request: HttpRequest, code: str) -> HttpResponse:
    """Give the device what it needs to seal entries of this trip, and the key of this sign-in."""
    trip = _trip(request, code)
    response = answer(sealing_kit(officer_of(request), trip.gateway))
    give_device_key(request, response)
    return response


@require_GET
@officer(Permission.RECORD_BOARDING)
def boarding_worker(request: HttpRequest, code: str) -> HttpResponse:
    """Serve the service worker. Its address lies below the page's, so it controls this one page only."""
    _trip(request, code)
    return HttpResponse(WORKER.read_text("utf-8"), content_type="text/javascript; charset=utf-8")


def _trip(request: HttpRequest, code: str) -> Trip:
    user = officer_of(request)
    rows = Trip.objects.visible_to(user, Permission.RECORD_BOARDING).select_related(
        "campaign", "pickup__parent__parent", "gateway"
    )
    trip: Trip = get_object_or_404(rows, code=code)
    demand(may_board(user, trip))
    return trip


def _texts() -> dict[str, str]:
    """Return the sentences of the script, in the page's language."""
    return line_texts() | {
        "boarded": _("{n} người lên xe"),
        "already": _("Đã lên xe từ trước"),
        "undone": _("Đã bỏ ghi lên xe"),
        "several": _("Nhiều gia đình hợp với chữ này. Vui lòng chọn trong danh sách."),
        "unknown": _("Không có trong danh sách trên máy"),
        "unknown_text": _(
            "Đang mất mạng nên chưa biết mã này thuộc chuyến nào. Cho đi thêm thì ghi lý do; có mạng lại, "
            "cổng sẽ kiểm tra."
        ),
        "offline": _("Mất mạng. Cứ ghi tiếp, máy này giữ lại và tự gửi khi có mạng."),
        "session": _("Phiên làm việc đã hết. Vui lòng đăng nhập lại; các lượt chờ vẫn giữ trên máy này."),
        "stale": _("Trang đã cũ. Vui lòng tải lại trang; các lượt chờ vẫn giữ trên máy này."),
        "walk_on": _("Người đi thêm, chờ gửi"),
        "seen": _("Đã xem"),
    }
