"""Lists as spreadsheets: nothing in a cell runs, nothing in a cell stops the file, the log keeps no number."""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook
from tablib import Dataset

from portal.records.models import Read
from portal.reporting.export import as_text
from tests.factories import PersonFactory, client_of


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        (" =1+1", "' =1+1"),
        ("\x0b=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("Lan\x00\x0bThị", "LanThị"),
        ("hai\ndòng", "hai\ndòng"),
        ("-", "'-"),
        ("072•••", "072•••"),
        (5, 5),
        (None, None),
    ],
)
def test_a_cell_is_a_text(value: object, cell: object) -> None:
    assert as_text(Dataset([value], headers=["x"]))[0] == (cell,)


@pytest.mark.parametrize("sign", [chr(code) for code in range(1, 32)])
def test_no_sign_in_a_name_stops_the_file(
    sign: str, people: SimpleNamespace, places: SimpleNamespace
) -> None:
    PersonFactory(home_commune=places.commune, full_name=f"Lan{sign}Thị")
    answer = client_of(people.here).get("/officer/people/", {"export": "xlsx"})
    assert answer.status_code == 200
    assert load_workbook(BytesIO(answer.content)).active.max_row == 2


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("072184004821", "•••4821"),
        ("072 184 004 821", "•••821"),
        ("+84 90 123 45 67", "•••67"),
        ("0901.234.567", "•••567"),
        ("b1234567", "•••4567"),
        ("nguyễn thị lan", "nguyễn thị lan"),
        ("24/11/2026", "24/11/2026"),
        ("TN-7K3M4-A", "TN-7K3M4-A"),
    ],
)
def test_the_log_says_what_was_searched_but_keeps_no_number(
    typed: str, kept: str, people: SimpleNamespace
) -> None:
    client_of(people.here).get("/officer/people/", {"q": typed, "export": "csv"})
    reason = Read.objects.get(kind="export").reason
    assert reason.startswith("Họ tên, số giấy tờ hoặc điện thoại: ")
    assert kept.removeprefix("•••") in reason
    assert (typed in reason) is (kept == typed)


def test_an_odd_address_is_logged_and_answered(people: SimpleNamespace) -> None:
    answer = client_of(people.here).get("/officer/people/?export=csv&q=%00%FF&x=" + "y" * 900)
    assert answer.status_code == 200
    assert len(Read.objects.get(kind="export").reason) <= 300
