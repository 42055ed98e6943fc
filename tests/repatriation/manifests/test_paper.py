"""The printed list: no family is parted by a page, and the head is that of an official paper."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest
from django.utils import timezone

from repatriation.manifests.paper import manifest_pdf
from repatriation.models import Manifest, Trip

pytestmark = pytest.mark.django_db  # the paper says whether it still counts

HEAD = {
    "campaign": "Đợt đón công dân",
    "trip": "TN-CX-3",
    "plate": "70B-012.34",
    "pickup": "Bến xe An Sương",
    "gateway": "Chốt Suối Sâu",
    "departs_at": "2026-11-24T08:00:00+07:00",
    "made_by": "Lê Hoàng Nam",
}


def family(number: int, people: int) -> dict[str, Any]:
    return {
        "code": f"TN-{number:05d}-A",
        "phone": "+84901234567",
        "address": "Ấp 1",
        "home": number % 4,
        "home_name": f"Xã {number % 4}",
        "people": [
            {"person": 1, "name": f"Người {number}.{one}.", "birth_year": 1984, "identity": "•••1234"}
            for one in range(people)
        ],
    }


def pages_of(rows: list[dict[str, Any]]) -> list[str]:
    now = timezone.now()
    trip = Trip(departs_at=now, code="TN-CX-3")
    pdf = manifest_pdf(Manifest(pk=1, trip=trip, head=HEAD, rows=rows, made_at=now, expected_at=now), rows)
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


@pytest.mark.parametrize("sizes", [[7] * 24, [3, 12, 1, 9, 15, 2, 20, 6] * 3, [28, 28, 28]])
def test_no_family_is_parted_by_a_page(sizes: list[int]) -> None:
    rows = sorted((family(number, size) for number, size in enumerate(sizes)), key=lambda row: row["home"])
    pages = pages_of(rows)
    assert len(pages) > 2
    for row in rows:
        on = {
            number
            for number, page in enumerate(pages)
            if row["code"] in page or any(one["name"] in page for one in row["people"])
        }
        assert len(on) == 1, row["code"]


def test_a_family_that_no_page_holds_is_printed_whole() -> None:
    row = family(1, 60)
    text = " ".join(pages_of([row]))
    assert all(one["name"] in text for one in row["people"])


def test_sums_of_many_communes_are_all_printed() -> None:
    rows = [family(number, 1) | {"home": number, "home_name": f"Xã số {number}."} for number in range(60)]
    text = " ".join(pages_of(rows))
    assert all(text.count(f"Xã số {number}.") >= 2 for number in range(60))


def test_the_head_names_the_authority_and_there_is_room_to_sign(settings: Any) -> None:
    settings.PORTAL_AUTHORITY, settings.PORTAL_AUTHORITY_OFFICE = "Ủy ban nhân dân tỉnh Đâu Đó", "Ban Chỉ đạo"
    first, *_others, last = pages_of([family(number, 7) for number in range(24)])
    assert "ỦY BAN NHÂN DÂN TỈNH ĐÂU ĐÓ BAN CHỈ ĐẠO" in first
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc" in first
    assert settings.PORTAL_NAME.upper() not in first.upper()
    for words in (
        "Người lập",
        "Trưởng đoàn",
        "Thủ trưởng đơn vị (ký, ghi rõ họ tên, đóng dấu)",
        "Lê Hoàng Nam",
    ):
        assert words in last
    settings.PORTAL_AUTHORITY_OFFICE = ""
    assert "ỦY BAN NHÂN DÂN TỈNH ĐÂU ĐÓ Số: " in pages_of([family(1, 2)])[0]
