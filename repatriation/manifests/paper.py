"""The closed list on paper and as a spreadsheet, from the saved rows, so that every printing is the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from tablib import Dataset

from portal.reporting.workbook import sheet
from portal.ui.formats import mask_phone, vn_date, vn_datetime, vn_time
from portal.ui.pdf import qr_svg, render_pdf
from repatriation.manifests.closed_list import Commune, by_commune
from repatriation.models import Manifest

TEMPLATE = Path(__file__).resolve().parent / "manifest.typ"
Rows = list[dict[str, Any]]


def manifest_pdf(manifest: Manifest, rows: Rows) -> bytes:
    """Render these rows on A4, in Vietnamese for every reader, because it is an official paper."""
    with translation.override("vi"):
        return render_pdf(TEMPLATE, _content(manifest, rows))


def departure_of(manifest: Manifest) -> dt.datetime:
    """Return when the trip was to leave, as it was known at closing."""
    return dt.datetime.fromisoformat(manifest.head["departs_at"])


def people_in(rows: Iterable[dict[str, Any]]) -> int:
    return sum(len(row["people"]) for row in rows)


def _content(manifest: Manifest, rows: Rows) -> dict[str, Any]:
    head, communes = manifest.head, by_commune(rows)
    departs_at = departure_of(manifest)
    numbers = {row["code"]: number for number, row in enumerate(rows, start=1)}
    return {
        "title": _("Danh sách công dân lên xe"),
        "subtitle": head["campaign"],
        "authority": settings.PORTAL_AUTHORITY,
        "office": settings.PORTAL_AUTHORITY_OFFICE,
        "number": _number(manifest),
        "facts": [
            [_("Chuyến"), head["trip"]],
            [_("Biển số xe"), head["plate"] or "……………"],
            [_("Điểm đón"), head["pickup"]],
            [_("Khởi hành"), f"{vn_time(departs_at)} {vn_date(departs_at)}"],
            [_("Chốt cửa ngõ"), head["gateway"]],
            [_("Dự kiến đến chốt"), vn_datetime(manifest.expected_at)],
        ],
        "columns": [
            _("STT"),
            _("Mã QR"),
            _("Gia đình"),
            _("Họ và tên, năm sinh, 4 số cuối giấy tờ"),
            _("Số chỗ"),
        ],
        "communes": [
            {
                "name": commune.name,
                "sum": _family_sum(commune),
                "rows": [_paper_row(row, numbers[row["code"]]) for row in commune.rows],
            }
            for commune in communes
        ],
        "nobody": _("Không có gia đình nào."),
        "sums_title": _("Tổng hợp theo xã, phường"),
        "sums": [
            [_("Xã, phường"), _("Gia đình"), _("Người")],
            *([commune.name, str(commune.families), str(commune.people)] for commune in communes),
            [_("Cộng"), str(len(rows)), str(people_in(rows))],
        ],
        "day": _("Ngày …… tháng …… năm ………"),
        "maker_title": _("Người lập"),
        "maker": head["made_by"],
        "leader_title": _("Trưởng đoàn"),
        "head_title": _("Thủ trưởng đơn vị"),
        "sign": _("(ký, ghi rõ họ tên)"),
        "sign_and_seal": _("(ký, ghi rõ họ tên, đóng dấu)"),
        "closed": _("Bản chốt lúc %(time)s · Chuyến %(trip)s")
        % {"time": vn_datetime(manifest.made_at), "trip": head["trip"]},
        "page": _("Trang"),
        "demo": _("Bản trình diễn, không có giá trị.") if settings.PORTAL_DEMO else "",
    }


def _number(manifest: Manifest) -> str:
    """Return the number of the paper; one that was replaced says so beside it."""
    if manifest.is_standing:
        return _("Số: %(number)s") % {"number": manifest.number}
    return _("Số: %(number)s, ĐÃ THAY THẾ, KHÔNG CÒN DÙNG") % {"number": manifest.number}


def _family_sum(commune: Commune) -> str:
    return _("%(families)d gia đình, %(people)d người") % {
        "families": commune.families,
        "people": commune.people,
    }


def _paper_row(row: dict[str, Any], number: int) -> dict[str, Any]:
    return {
        "number": str(number),
        "qr": qr_svg(row["code"]),
        "code": row["code"],
        "phone": _local(row["phone"]),
        "address": row["address"],
        "people": [[one["name"], str(one["birth_year"]), one["identity"]] for one in row["people"]],
        "seats": str(len(row["people"])),
    }


def _local(phone: str) -> str:
    """Write `+84901234567` as it is dialled in the country: `0901234567`."""
    return f"0{phone[3:]}" if phone.startswith("+84") else phone


# The spreadsheet. Phones are masked: a file is passed on more easily than a paper.


def manifest_sheets(manifest: Manifest, rows: Rows) -> list[Dataset]:
    """Return two sheets: by vehicle, one line a person; by home commune, its families and their sum."""
    return [vehicle_sheet(manifest, rows, _("Theo xe")), _commune_sheet(rows)]


def vehicle_sheet(manifest: Manifest, rows: Rows, title: str) -> Dataset:
    headers = [
        _("Chuyến"),
        _("Biển số xe"),
        _("Mã đăng ký"),
        _("Họ và tên"),
        _("Năm sinh"),
        _("Số giấy tờ"),
        _("Điện thoại"),
        _("Về xã, phường"),
        _("Địa chỉ"),
    ]
    head = manifest.head
    return sheet(
        title,
        headers,
        [
            (
                head["trip"],
                head["plate"],
                row["code"],
                one["name"],
                one["birth_year"],
                one["identity"],
                mask_phone(row["phone"]),
                row["home_name"],
                row["address"],
            )
            for row in rows
            for one in row["people"]
        ],
    )


def _commune_sheet(rows: Rows) -> Dataset:
    headers = [
        _("Về xã, phường"),
        _("Mã đăng ký"),
        _("Người đại diện"),
        _("Số người"),
        _("Điện thoại"),
        _("Địa chỉ"),
    ]
    lines: list[tuple[Any, ...]] = []
    for commune in by_commune(rows):
        lines += [
            (
                commune.name,
                row["code"],
                row["people"][0]["name"],
                len(row["people"]),
                mask_phone(row["phone"]),
                row["address"],
            )
            for row in commune.rows
        ]
        lines.append((_("Cộng %(commune)s") % {"commune": commune.name}, "", "", commune.people, "", ""))
    return sheet(_("Theo xã"), headers, lines)
