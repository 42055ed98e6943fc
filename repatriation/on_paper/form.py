"""The arrival form on paper: the same fields as on the screen, blank or with the families of a trip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.places.models import Place
from portal.ui.formats import mask_identity, vn_date, vn_datetime, vn_time
from portal.ui.pdf import qr_svg, render_pdf
from quarantine.models.check import Symptom
from repatriation.models import Arrival, Registration, Trip

TEMPLATE = Path(__file__).resolve().parent / "form.typ"
BLANK_FAMILIES, BLANK_LINES = 4, 5  # two pages, which are the two sides of a sheet
SPARE_LINES = 1  # under a family whose people are known, for somebody who came along


def arrival_form_pdf(checkpoint: Place, trip: Trip | None, families: Sequence[Registration]) -> bytes:
    """Render the form on A4, in Vietnamese for every reader, because it is an official paper.

    Without a trip it is blank.
    """
    with translation.override("vi"):
        return render_pdf(TEMPLATE, _content(checkpoint, trip, families))


def still_expected(families: Iterable[Registration]) -> list[Registration]:
    """Return the families of whom somebody has not been entered, with those people in `still`. Two queries."""
    rows = list(families)
    entered = set(
        Arrival.objects.standing()
        .filter(registration__in=[row.pk for row in rows])
        .values_list("registration_id", "person_id")
    )
    for row in rows:
        row.still = [  # type: ignore[attr-defined]
            member.person for member in row.members.all() if (row.pk, member.person_id) not in entered
        ]
    return [row for row in rows if row.still]  # type: ignore[attr-defined]


def _content(checkpoint: Place, trip: Trip | None, families: Sequence[Registration]) -> dict[str, Any]:
    return {
        "title": _("Phiếu ghi người đến chốt"),
        "authority": settings.PORTAL_AUTHORITY,
        "office": settings.PORTAL_AUTHORITY_OFFICE,
        "facts": _facts(checkpoint, trip),
        "how": _(
            "Dùng khi mất đường truyền. Mỗi khung một gia đình; chỉ đánh dấu người có mặt. Có đường truyền thì nhập "
            "lại ngay, hoặc gõ vào tệp Excel cùng các cột rồi gửi lên."
        ),
        "families": [_family(row) for row in families]
        if trip
        else [_nobody() for _n in range(BLANK_FAMILIES)],
        "labels": {
            "code": _("Mã đăng ký"),
            "phone": _("Điện thoại"),
            "home": _("Về xã, phường"),
            "address": _("Số nhà, ấp, khu phố"),
            "came": _("Đến lúc"),
            "plate": _("Biển số xe"),
            "papers": _("Giấy tờ đã xem"),
        },
        "columns": [
            _("STT"),
            _("Họ và tên"),
            _("Ngày sinh hoặc năm sinh"),
            _("Nam, nữ"),
            _("Số giấy tờ"),
            _("Có mặt"),
            _("Đã đối chiếu"),
            _("°C"),
            _("Triệu chứng (ghi số)"),
            _("Test nhanh"),
            _("Hướng xử lý"),
            _("Cần giúp, nơi đưa đến"),
        ],
        "tests": [str(label) for _value, label in Arrival.RapidTest.choices],
        "decisions": [str(label) for _value, label in Arrival.Decision.choices],
        "papers": [str(label) for _value, label in Arrival.Paper.choices],
        "legend": _("Triệu chứng: %(list)s. Sốt từ 37,5 °C. Người dương tính không về thẳng nhà.")
        % {
            "list": ", ".join(
                f"{number} {label.lower()}" for number, label in enumerate(map(str, Symptom.labels), start=1)
            )
        },
        "day": _("Ngày …… tháng …… năm ………"),
        "maker_title": _("Người ghi"),
        "head_title": _("Trưởng chốt"),
        "typed_title": _("Người nhập lại, lúc"),
        "sign": _("(ký, ghi rõ họ tên)"),
        "printed": _("In lúc %(time)s") % {"time": vn_datetime(timezone.now())},
        "page": _("Trang"),
        "demo": _("Bản trình diễn, không có giá trị.") if settings.PORTAL_DEMO else "",
    }


def _facts(checkpoint: Place, trip: Trip | None) -> list[list[str]]:
    facts = [[_("Chốt cửa ngõ"), checkpoint.name]]
    if trip is not None:
        facts += [
            [_("Chuyến"), trip.code],
            [_("Khởi hành"), f"{vn_time(trip.departs_at)} {vn_date(trip.departs_at)}"],
            [_("Biển số xe"), trip.vehicle_plate or "……………"],
        ]
    return facts


def _family(row: Registration) -> dict[str, Any]:
    people: list[Any] = row.still  # type: ignore[attr-defined]
    lines = [
        [
            person.full_name,
            vn_date(person.birth_date) if person.birth_date else str(person.birth_year),
            person.get_sex_display() if person.sex else "",
            mask_identity(person.identity_number),
        ]
        for person in people
    ]
    return {
        "qr": qr_svg(row.code),
        "code": row.code,
        "phone": f"0{row.phone[3:]}" if row.phone.startswith("+84") else row.phone,
        "home": row.home_commune.name if row.home_commune else "",
        "address": row.home_address,
        "lines": lines + [[""] * 4] * SPARE_LINES,
    }


def _nobody() -> dict[str, Any]:
    return {"qr": "", "code": "", "phone": "", "home": "", "address": "", "lines": [[""] * 4] * BLANK_LINES}
