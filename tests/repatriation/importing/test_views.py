"""The pages of lists: send one, see what was found, take it in, take it back."""

from __future__ import annotations

import io
import uuid
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from repatriation.importing import actions as importing
from repatriation.importing.meanings import meaning
from repatriation.models import Campaign, ImportBatch, Member, Registration
from repatriation.models.import_batch import ImportStatus
from repatriation.registration.forms_declared import NAMES
from tests.factories import client_of, make_user
from tests.repatriation.importing.sending import page_of, send
from tests.repatriation.world.lists import (
    CHILD,
    MOTHER,
    UNCLE,
    checked,
    committed,
    faults,
    uploaded,
    workbook_of,
)
from tests.sheets.files import xlsx

pytestmark = pytest.mark.django_db
LIST, NEW = "/officer/imports/", "/officer/imports/new/"


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


def test_a_family_page_shows_doses_of_older_lists_too(officers: SimpleNamespace, campaign: Campaign) -> None:
    committed(campaign, officers.coordinator, MOTHER)
    Member.objects.update(doses=7)
    family = Registration.objects.get()
    shown = client_of(officers.here).get(f"/officer/registrations/{family.code}/")
    assert "4 mũi trở lên" in shown.content.decode()


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
