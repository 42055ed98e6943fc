"""The pages of lists: send one, see what was found, take it in, take it back."""

from __future__ import annotations

import io
import tracemalloc
import uuid
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from portal.records.models import Read
from repatriation.importing import actions as importing
from repatriation.importing.meanings import meaning
from repatriation.models import Campaign, ImportBatch, ImportFile, Member, Registration
from repatriation.models.import_batch import ImportStatus
from repatriation.registration.forms_declared import NAMES
from tests.factories import client_of, make_user, standing_people
from tests.markup import one_line
from tests.repatriation.world.lists import (
    CHILD,
    HEADINGS,
    MOTHER,
    UNCLE,
    checked,
    committed,
    faults,
    row,
    uploaded,
    workbook_of,
)
from tests.sheets import hostile
from tests.sheets.files import csv_text, xlsx

pytestmark = pytest.mark.django_db
LIST, NEW = "/officer/imports/", "/officer/imports/new/"


@pytest.fixture
def officers(places: SimpleNamespace) -> SimpleNamespace:
    people = standing_people(places)
    # A coordinator of one commune: the right, at another place.
    people.local = make_user("coordinator", places.other_commune, username="dieuphoi-khac")
    return people


def page_of(batch: ImportBatch) -> str:
    return f"{LIST}{batch.pk}/"


def send(client: Client, campaign: Campaign, content: bytes, name: str = "ds.xlsx", **data: object) -> object:
    file = SimpleUploadedFile(name, content)
    return client.post(NEW, {"campaign": campaign.pk, "file": file, "client_key": uuid.uuid4(), **data})


def test_a_list_is_sent_and_waits_to_be_checked(officers: SimpleNamespace, campaign: Campaign) -> None:
    client = client_of(officers.coordinator)
    answer = send(client, campaign, workbook_of(MOTHER, CHILD))
    batch = ImportBatch.objects.get()
    assert (answer.status_code, answer.url) == (302, page_of(batch))  # type: ignore[attr-defined]
    assert (batch.status, batch.created_by, batch.file_name) == ("uploaded", officers.coordinator, "ds.xlsx")
    assert "Trang tự cập nhật" in client.get(page_of(batch)).content.decode()
    importing.work()
    assert "Nhập 1 gia đình" in client.get(page_of(batch)).content.decode()


def test_the_same_form_sent_twice_is_one_list(officers: SimpleNamespace, campaign: Campaign) -> None:
    client, key = client_of(officers.coordinator), uuid.uuid4()
    for _time in range(2):
        send(client, campaign, workbook_of(MOTHER), client_key=key)
    assert ImportBatch.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Tệp trống"),
        (b"%PDF-1.7 ...", "không phải bảng tính"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "lưu lại thành loại .xlsx"),
        (b"x" * (10 * 1024 * 1024 + 1), "lớn hơn 10 MB"),
    ],
    ids=["empty", "pdf", "old excel", "too large"],
)
def test_what_is_no_list_is_refused_on_the_form(
    content: bytes, words: str, officers: SimpleNamespace, campaign: Campaign
) -> None:
    answer = send(client_of(officers.coordinator), campaign, content)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not ImportBatch.objects.exists()


class Stream:
    """So many bytes, made as they are read."""

    def __init__(self, length: int) -> None:
        self.left, self.largest = length, 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "somebody reads everything at once"
        self.largest = max(self.largest, size)
        taken = min(size, self.left)
        self.left -= taken
        return bytes(taken)

    readline = read


def test_a_request_of_200_megabytes_is_refused_before_it_is_read(officers: SimpleNamespace) -> None:
    stream = Stream(200 * 1024 * 1024)
    answer = client_of(officers.coordinator).generic(
        "POST", NEW, CONTENT_LENGTH=str(stream.left), **{"wsgi.input": stream}
    )
    assert answer.status_code == 413
    assert "tách danh sách thành nhiều tệp" in answer.content.decode()
    assert stream.largest <= 65_536, "kept in memory or on a disk"


def test_a_file_without_headings_says_which_are_needed(officers: SimpleNamespace, campaign: Campaign) -> None:
    batch = checked(
        campaign, officers.coordinator, content=workbook_of()[:0] or b"a,b\r\n1,2\r\n", name="a.csv"
    )
    assert batch.status == ImportStatus.FAILED
    shown = client_of(officers.coordinator).get(page_of(batch)).content.decode()
    assert "Không tìm thấy dòng tiêu đề" in shown
    assert "Họ và tên" in shown


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


def test_a_family_page_shows_doses_of_older_lists_too(officers: SimpleNamespace, campaign: Campaign) -> None:
    committed(campaign, officers.coordinator, MOTHER)
    Member.objects.update(doses=7)
    family = Registration.objects.get()
    shown = client_of(officers.here).get(f"/officer/registrations/{family.code}/")
    assert "4 mũi trở lên" in shown.content.decode()


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


def test_commit_and_cancel_are_ordered_by_post(officers: SimpleNamespace, campaign: Campaign) -> None:
    client = client_of(officers.coordinator)
    batch, other = checked(campaign, officers.coordinator), checked(campaign, officers.coordinator)
    assert client.post(f"{page_of(batch)}step/commit/").url == page_of(batch)
    importing.work()
    assert Registration.objects.count() == 2
    client.post(f"{page_of(other)}step/cancel/")
    other.refresh_from_db()
    assert other.status == ImportStatus.CANCELLED
    shown = client.post(f"{page_of(other)}step/commit/", follow=True).content.decode()
    assert "trạng thái hiện nay là “Đã bỏ”" in shown
    assert client.post(f"{page_of(batch)}step/eat/").status_code == 404
    assert client.get(f"{page_of(batch)}step/commit/").status_code == 405


def test_revoking_asks_for_a_reason(officers: SimpleNamespace, campaign: Campaign) -> None:
    client, batch = client_of(officers.coordinator), committed(campaign, officers.coordinator)
    assert "vui lòng ghi lý do" in client.post(f"{page_of(batch)}revoke/", follow=True).content.decode()
    shown = client.post(f"{page_of(batch)}revoke/", {"reason": "gửi nhầm"}, follow=True).content.decode()
    assert "Đã thu hồi cả danh sách" in shown
    assert "gửi nhầm" in shown
    batch.refresh_from_db()
    assert batch.status == ImportStatus.REVOKED


@pytest.mark.parametrize("path", ["", "file/", "step/commit/", "step/cancel/", "revoke/"])
def test_a_list_of_another_place_does_not_exist(
    path: str, officers: SimpleNamespace, campaign: Campaign
) -> None:
    batch = checked(campaign, officers.coordinator)
    client = client_of(officers.local)
    ask = client.get if path in ("", "file/") else client.post
    assert ask(page_of(batch) + path).status_code == 404
    assert client_of(officers.viewer).get(page_of(batch) + path).status_code in (403, 405)


def test_a_sender_sees_only_their_own_lists_and_the_province_all(
    officers: SimpleNamespace, places: SimpleNamespace, campaign: Campaign
) -> None:
    operator = make_user("hotline", places.home, username="truc")
    theirs = uploaded(campaign, operator)
    page = client_of(operator).get(LIST).context["page"]
    assert [batch.pk for batch in page] == [theirs.pk]
    assert client_of(operator).get(page_of(theirs)).status_code == 200
    own, other = uploaded(campaign, officers.local), uploaded(campaign, officers.coordinator)
    page = client_of(officers.local).get(LIST).context["page"]
    assert [batch.pk for batch in page] == [own.pk]
    page = client_of(officers.coordinator).get(LIST).context["page"]
    assert {batch.pk for batch in page} == {own.pk, other.pk, theirs.pk}


def test_the_list_is_filtered_exported_and_empty(officers: SimpleNamespace, campaign: Campaign) -> None:
    client = client_of(officers.coordinator)
    assert "Chưa gửi danh sách nào" in client.get(LIST).content.decode()
    uploaded(campaign, officers.coordinator, name="hoi-dong-huong.xlsx")
    assert len(client.get(LIST, {"q": "HOI"}).context["page"]) == 1
    assert "Không có danh sách nào" in client.get(LIST, {"q": "khac"}).content.decode()
    assert len(client.get(LIST, {"status": "committed"}).context["page"]) == 0
    assert client.get(LIST, {"export": "csv"}).content.decode("utf-8-sig").count("hoi-dong-huong") == 1


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_is_read_by_the_portal_itself(
    kind: str, officers: SimpleNamespace, campaign: Campaign
) -> None:
    client = client_of(officers.coordinator)
    content = client.get(f"{LIST}template/{kind}/").content
    batch = checked(campaign, officers.coordinator, content=content, name=f"mau.{kind}")
    assert (batch.status, batch.refusal["code"]) == (ImportStatus.FAILED, "no_rows")
    assert client.get(f"{LIST}template/docx/").status_code == 404


def test_the_template_asks_what_the_form_asks_and_its_examples_are_taken(
    officers: SimpleNamespace, places: SimpleNamespace, campaign: Campaign
) -> None:
    book = load_workbook(io.BytesIO(client_of(officers.coordinator).get(f"{LIST}template/xlsx/").content))
    headings, *examples = [[cell or "" for cell in row] for row in book["Ví dụ"].iter_rows(values_only=True)]
    assert set(NAMES) <= {meaning(heading) for heading in headings}
    assert [cell.value for cell in book["Danh sách"][1]] == headings
    notes = {row[0]: row[1] for row in book["Cách ghi"].iter_rows(min_row=2, values_only=True)}
    assert all(notes[heading] for heading in headings)
    batch = checked(campaign, officers.coordinator, content=xlsx(headings, *examples))
    assert (batch.rows, faults(batch)) == (3, {})


def test_pages_ask_as_often_for_thirty_rows_as_for_one(officers: SimpleNamespace, campaign: Campaign) -> None:
    client = client_of(officers.coordinator)

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    people = [
        UNCLE | {"Số gia đình": str(n), "Số giấy tờ": f"29012{n:04d}", "Họ và tên": "Lê Văn " + "x" * n}
        for n in range(1, 31)
    ]
    one, many = (
        committed(campaign, officers.coordinator, MOTHER),
        committed(campaign, officers.coordinator, *people),
    )
    assert many.families_good == 30
    assert queries(page_of(one)) == queries(page_of(many))
    before = queries(LIST)
    for _time in range(10):
        uploaded(campaign, officers.coordinator, MOTHER)
    assert queries(LIST) == before
