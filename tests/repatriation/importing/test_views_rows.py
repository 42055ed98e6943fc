"""The page of one list: its rows, what was found in them, and the file that goes back."""

from __future__ import annotations

import io
import tracemalloc
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from portal.records.models import Read
from repatriation.importing import actions as importing
from repatriation.models import Campaign, ImportFile
from tests.factories import client_of
from tests.markup import one_line
from tests.repatriation.importing.sending import page_of
from tests.repatriation.world.lists import (
    CHILD,
    HEADINGS,
    MOTHER,
    UNCLE,
    checked,
    committed,
    row,
    uploaded,
    workbook_of,
)
from tests.sheets import hostile
from tests.sheets.files import csv_text

pytestmark = pytest.mark.django_db
LIST, NEW = "/officer/imports/", "/officer/imports/new/"


def test_every_row_shows_what_was_found_and_no_whole_number(
    officers: SimpleNamespace, campaign: Campaign
) -> None:
    batch = checked(campaign, officers.coordinator, MOTHER, CHILD | {"Ngày sinh": "31/02/2019"}, UNCLE)
    shown = client_of(officers.coordinator).get(page_of(batch)).content.decode()
    assert "“31/02/2019” là ngày không có" in shown
    assert "người cùng gia đình còn lỗi" in shown
    assert "072189001234" not in shown
    assert "•••1234" in shown
    assert "090•••4999" in shown


def test_the_page_writes_into_the_log_of_reads_whom_it_showed(
    officers: SimpleNamespace, campaign: Campaign
) -> None:
    client = client_of(officers.coordinator)
    waiting = uploaded(campaign, officers.coordinator)
    client.get(page_of(waiting))
    assert not Read.objects.exists(), "nobody was shown yet"
    importing.work()
    client.get(page_of(waiting))
    read = Read.objects.get()
    assert (read.user, read.kind, read.place) == (officers.coordinator, "page", waiting.place)
    assert (read.subject_type, read.subject_ids) == ("repatriation.importbatch", [waiting.pk])
    client.get(page_of(waiting), {"q": "khong ai"})
    assert Read.objects.count() == 1
    batch = committed(campaign, officers.coordinator, UNCLE | {"Họ và tên": "Võ Văn Tư", "Số giấy tờ": ""})
    client.get(page_of(batch))
    people = Read.objects.get(subject_type="citizens.person")
    assert people.subject_ids == [line.person_id for line in batch.lines.all()]


def test_what_is_hidden_in_the_file_is_told_with_its_rows(
    officers: SimpleNamespace, campaign: Campaign
) -> None:
    book = load_workbook(io.BytesIO(workbook_of(MOTHER, CHILD, UNCLE)))
    book.active.row_dimensions[3].hidden = book.active.row_dimensions[4].hidden = True
    book.active.column_dimensions["E"].hidden = True
    book.create_sheet("Danh sách 2").append(["Võ Văn Năm"])
    out = io.BytesIO()
    book.save(out)
    batch = checked(campaign, officers.coordinator, content=out.getvalue())
    assert (batch.rows, batch.families_good) == (3, 2), "they are read all the same"
    assert {line.number: line.verdict for line in batch.lines.all()} == {2: "good", 3: "odd", 4: "odd"}
    shown = one_line(client_of(officers.coordinator).get(page_of(batch)).content.decode())
    assert "<dt>Dòng ẩn, vẫn được đọc</dt> <dd>3–4</dd>" in shown
    assert "<dt>Cột ẩn, vẫn được đọc</dt> <dd>E</dd>" in shown
    assert "<dt>Trang khác, không đọc</dt> <dd>Danh sách 2</dd>" in shown
    assert "Dòng này đang ẩn trong tệp" in shown


def test_a_list_with_a_far_cell_on_another_sheet_comes_back_with_its_sheets(
    officers: SimpleNamespace, campaign: Campaign
) -> None:
    content = hostile.FILES["a_far_cell_on_another_sheet"]()
    batch = checked(campaign, officers.coordinator, content=content)
    tracemalloc.start()
    try:
        answer = client_of(officers.coordinator).get(f"{page_of(batch)}file/")
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40_000_000
    book = load_workbook(io.BytesIO(answer.content), read_only=True)
    assert book.sheetnames == ["Sheet", "Nháp"]
    assert "ngày không có" in [row[-1] for row in book["Sheet"].iter_rows(values_only=True)][2]


def test_a_file_that_can_no_longer_be_read_says_so_on_its_page(
    officers: SimpleNamespace, campaign: Campaign
) -> None:
    batch = checked(campaign, officers.coordinator)
    ImportFile.objects.update(content=hostile.FILES["deep_nesting"]())
    answer = client_of(officers.coordinator).get(f"{page_of(batch)}file/", follow=True)
    assert "lớn bất thường" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Trần Thị Bé 2", "Trần Thị Bé 2"),
        ("Bé <b>Na</b>", "Bé &lt;b&gt;Na&lt;/b&gt;"),
        (4711, "4711"),
        ("=A1", "=A1"),
        ("x" * 130, "x" * 120),
        ("", "–"),
    ],
)
def test_a_faulty_name_is_shown_and_found_as_it_was_typed(
    typed: object, shown: str, officers: SimpleNamespace, campaign: Campaign
) -> None:
    batch = checked(campaign, officers.coordinator, UNCLE, MOTHER | {"Họ và tên": typed})
    assert batch.rows_wrong == 1
    client = client_of(officers.coordinator)
    assert f'class="wide"> {shown}<br>' in one_line(client.get(page_of(batch)).content.decode())
    if len(word := str(typed).split()[-1][:20] if typed else "") > 2 and not word.isdigit():
        assert [line.number for line in client.get(page_of(batch), {"q": word}).context["page"]] == [3]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?verdict=wrong", [3]),
        ("?q=le+van", [4]),
        ("?q=2", [2]),
        ("?q=khong+ai", []),
        ("?verdict=la", [2, 3, 4]),
    ],
)
def test_rows_are_filtered_and_searched(
    query: str, numbers: list[int], officers: SimpleNamespace, campaign: Campaign
) -> None:
    batch = checked(campaign, officers.coordinator, MOTHER, CHILD | {"Ngày sinh": "mai"}, UNCLE)
    page = client_of(officers.coordinator).get(page_of(batch) + query).context["page"]
    assert [line.number for line in page] == numbers


def test_the_senders_own_file_comes_back_with_reasons_and_the_read_is_logged(
    officers: SimpleNamespace, campaign: Campaign
) -> None:
    batch = checked(campaign, officers.coordinator, MOTHER, CHILD | {"Ngày sinh": "31/02/2019"}, UNCLE)
    answer = client_of(officers.coordinator).get(f"{page_of(batch)}file/")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet.title == "Danh sách"
    column = len(HEADINGS) + 1
    assert sheet.cell(1, column).value == "Lý do không nhận"
    assert "ngày không có" in sheet.cell(3, column).value
    assert "cả gia đình chưa nhập" in sheet.cell(2, column).value
    assert sheet.cell(4, column).value is None
    assert sheet.cell(2, 5).value == "072189001234"
    assert Read.objects.get().kind == "export"


def test_the_reason_of_a_test_told_by_half_names_the_column_and_what_would_be_right(
    officers: SimpleNamespace, campaign: Campaign
) -> None:
    batch = checked(
        campaign, officers.coordinator, MOTHER | {"Kết quả xét nghiệm": "âm", "Loại xét nghiệm": "PCR"}
    )
    client = client_of(officers.coordinator)
    words = "Ngày xét nghiệm: chưa ghi. Vui lòng ghi ngày xét nghiệm, ví dụ 24/11/2021"
    assert words in client.get(page_of(batch)).content.decode()
    sheet = load_workbook(io.BytesIO(client.get(f"{page_of(batch)}file/").content)).active
    assert words in sheet.cell(2, len(HEADINGS) + 1).value


def test_a_file_that_came_back_is_mended_and_sent_again(
    officers: SimpleNamespace, campaign: Campaign
) -> None:
    wrong = checked(campaign, officers.coordinator, MOTHER, CHILD | {"Ngày sinh": "31/02/2019"})
    book = load_workbook(io.BytesIO(client_of(officers.coordinator).get(f"{page_of(wrong)}file/").content))
    book.active.cell(3, HEADINGS.index("Ngày sinh") + 1, "03/02/2019")
    out = io.BytesIO()
    book.save(out)
    mended = checked(campaign, officers.coordinator, content=out.getvalue())
    assert (mended.rows_wrong, mended.families_good, mended.layout["ignored"]) == (0, 1, [])


def test_a_csv_comes_back_in_its_own_encoding_and_separator(
    officers: SimpleNamespace, campaign: Campaign
) -> None:
    text = csv_text(HEADINGS, row(MOTHER | {"Ngày sinh": "31/02/1989"}), separator=";")
    batch = checked(campaign, officers.coordinator, content=text.encode("utf-16"), name="ds.csv")
    back = client_of(officers.coordinator).get(f"{page_of(batch)}file/").content.decode("utf-16")
    assert back.splitlines()[0].endswith(";Lý do không nhận")
    assert "ngày không có" in back
