"""Minutes of a handover on paper: who passed from which place to which, with blocks for signatures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.ui.formats import mask_identity, vn_datetime
from portal.ui.pdf import render_pdf
from repatriation.handover.words import needs_of
from repatriation.models import Handover, Trip

TEMPLATE = Path(__file__).resolve().parent / "minutes.typ"


def minutes_pdf(parties: Sequence[Sequence[Handover]], user: User, trip: Trip | None = None) -> bytes:
    """Render the minutes of these families on A4, in Vietnamese for every reader, because they are an official
    paper. Each receiving place has its own minutes, beginning on a page of its own."""
    with translation.override("vi"):
        return render_pdf(TEMPLATE, _content(parties, user, trip))


def _content(parties: Sequence[Sequence[Handover]], user: User, trip: Trip | None) -> dict[str, Any]:
    routes: dict[tuple[int, int], list[Sequence[Handover]]] = {}
    for rows in parties:
        routes.setdefault((rows[0].from_place_id, rows[0].to_place_id), []).append(rows)
    return {
        "title": _("Biên bản bàn giao người"),
        "authority": settings.PORTAL_AUTHORITY,
        "office": settings.PORTAL_AUTHORITY_OFFICE,
        "number": _("Số: ………/BB-BG"),
        "columns": [
            _("STT"),
            _("Họ và tên, năm sinh, 4 số cuối giấy tờ"),
            _("Nơi sẽ ở"),
            _("Hướng xử lý, cần chú ý"),
            _("Trạng thái"),
        ],
        "routes": [_route(families, user, trip) for families in routes.values()],
        "nobody": _("Không có ai được bàn giao."),
        "day": _("Ngày …… tháng …… năm ………"),
        "made": _("In lúc %(time)s · Người in: %(name)s")
        % {"time": vn_datetime(timezone.now()), "name": user.full_name},
        "page": _("Trang"),
        "sign": _("(ký, ghi rõ họ tên)"),
        "demo": _("Bản trình diễn, không có giá trị.") if settings.PORTAL_DEMO else "",
    }


def _route(families: Sequence[Sequence[Handover]], user: User, trip: Trip | None) -> dict[str, Any]:
    first = families[0][0]
    people = sum(len(rows) for rows in families)
    facts = [
        [_("Bên giao"), first.from_place.name],
        [_("Bên nhận"), first.to_place.name],
        [_("Gửi lúc"), vn_datetime(first.sent_at)],
        [_("Số người"), _("%(families)d gia đình, %(people)d người") % _numbers(len(families), people)],
    ]
    if trip is not None:
        facts += [[_("Chuyến"), trip.code], [_("Biển số xe"), trip.vehicle_plate or "……………"]]
    return {
        "facts": facts,
        "families": [_family(rows, user) for rows in families],
        "signs": [
            [_("Bên giao"), first.sent_by.full_name if first.sent_by else ""],
            [_("Bên nhận"), first.decided_by.full_name if first.decided_by else ""],
            [_("Người chứng kiến"), ""],
        ],
    }


def _numbers(families: int, people: int) -> dict[str, int]:
    return {"families": families, "people": people}


def _family(rows: Sequence[Handover], user: User) -> list[list[str]]:
    return [
        [
            f"{row.person.full_name}, {row.person.birth_year}, {mask_identity(row.person.identity_number or '') or '–'}",
            row.address_there or "–",
            " · ".join(needs_of(user, row)) or _("Về nhà"),
            _state(row),
        ]
        for row in rows
    ]


def _state(row: Handover) -> str:
    decided = f" {vn_datetime(row.decided_at)}" if row.decided_at else ""
    return f"{row.get_status_display()}{decided}" + (f": {row.reason}" if row.reason else "")
