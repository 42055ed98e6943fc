"""The pages of sheets of arrivals."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.records.models import Read
from repatriation.importing import actions as importing
from repatriation.models import Arrival, ImportBatch, Registration
from tests.asking import ask
from tests.repatriation.on_paper.sheets import checked, line, lines_of, workbook_of
from tests.repatriation.world.road import as_, text_of

SHEETS = reverse("repatriation:arrival_sheets")


def page_of(batch: ImportBatch) -> str:
    return reverse("repatriation:arrival_sheet", args=[batch.pk])


def step(batch: ImportBatch, verb: str) -> str:
    return reverse("repatriation:arrival_sheet_step", args=[batch.pk, verb])


def send(road: SimpleNamespace, box: Client, content: bytes, key: str = "") -> ImportBatch:
    data = {
        "place": road.checkpoint.pk,
        "campaign": road.campaign.pk,
        "client_key": key or str(uuid.uuid4()),
        "file": SimpleUploadedFile("dem.xlsx", content),
    }
    answer = box.post(SHEETS, data)
    assert answer.status_code == 302, text_of(answer)
    return ImportBatch.objects.get(pk=int(answer["Location"].strip("/").split("/")[-1]))


def test_a_sheet_is_sent_checked_and_recorded(road: SimpleNamespace, row: Registration, box: Client) -> None:
    batch = send(road, box, workbook_of(*lines_of(row), line(temperature="372")))
    assert (batch.place, batch.kind) == (road.checkpoint, "arrivals")
    assert "Chờ kiểm tra" in text_of(box.get(page_of(batch)))
    importing.work_on(batch.pk)
    page = text_of(box.get(page_of(batch)))
    assert "Ghi nhận 3 người" in page
    assert "Vui lòng ghi số như 36,8" in page
    answer = box.post(step(batch, "commit"))
    assert answer.status_code == 302
    importing.work_on(batch.pk)
    assert Arrival.objects.count() == 3
    page = text_of(box.get(page_of(batch)))
    assert page.count("Xem lượt đến") == 3
    assert "Ghi nhận 3 người" not in page


def test_the_press_asks_first_with_its_numbers(road: SimpleNamespace, row: Registration, box: Client) -> None:
    batch = checked(road, *lines_of(row), line(symptoms="zz"))
    asked = text_of(ask(box, step(batch, "commit")))
    assert "Ghi nhận 3 người của tệp dem.xlsx?" in asked
    assert "1 gia đình được ghi nhận đến chốt" in asked
    assert "1 dòng để lại" in asked
    batch.refresh_from_db()
    assert batch.status == "checked"


def test_the_same_form_sent_twice_is_one_sheet(road: SimpleNamespace, box: Client) -> None:
    key = str(uuid.uuid4())
    assert send(road, box, workbook_of(line()), key) == send(road, box, workbook_of(line()), key)


def test_a_cancelled_sheet_records_nobody(road: SimpleNamespace, box: Client) -> None:
    batch = checked(road, line())
    box.post(step(batch, "cancel"))
    batch.refresh_from_db()
    assert batch.status == "cancelled"
    assert importing.work() == 0
    assert not Arrival.objects.exists()


def test_a_file_that_is_no_table_is_refused_at_the_field(road: SimpleNamespace, box: Client) -> None:
    data = {
        "place": road.checkpoint.pk,
        "campaign": road.campaign.pk,
        "client_key": str(uuid.uuid4()),
        "file": SimpleUploadedFile("anh.png", b"\x89PNG...."),
    }
    answer = box.post(SHEETS, data)
    assert answer.status_code == 422
    assert "không phải bảng tính" in text_of(answer)


def test_another_checkpoint_is_refused(road: SimpleNamespace, box: Client) -> None:
    batch = checked(road, line())
    far = as_(road.far_barrier)
    for address in (page_of(batch), reverse("repatriation:arrival_sheet_file", args=[batch.pk])):
        assert far.get(address).status_code == 404
    assert far.post(step(batch, "commit")).status_code == 404
    data = {"place": road.second.pk, "campaign": road.campaign.pk, "client_key": str(uuid.uuid4())}
    file = SimpleUploadedFile("dem.xlsx", workbook_of(line()))
    assert box.post(SHEETS, {**data, "file": file}).status_code == 422


def test_a_sheet_of_arrivals_is_no_list_of_registrations(road: SimpleNamespace, desk: Client) -> None:
    batch = checked(road, line())
    assert desk.get(reverse("repatriation:import_batch", args=[batch.pk])).status_code == 404
    assert "dem.xlsx" not in text_of(desk.get(reverse("repatriation:import_list")))


def test_reads_and_exports_are_logged(road: SimpleNamespace, row: Registration, box: Client) -> None:
    batch = checked(road, *lines_of(row))
    box.get(page_of(batch))
    assert Read.objects.latest("pk").kind == "page"
    answer = box.get(reverse("repatriation:arrival_sheet_file", args=[batch.pk]))
    assert "attachment" in answer["Content-Disposition"]
    assert Read.objects.latest("pk").kind == "export"


def test_a_get_records_nothing_and_an_unknown_step_is_404(road: SimpleNamespace, box: Client) -> None:
    batch = checked(road, line())
    assert box.get(step(batch, "commit")).status_code == 405
    assert box.post(step(batch, "revoke")).status_code == 404


def test_nothing_sent_yet_says_what_to_do(box: Client) -> None:
    page = text_of(box.get(SHEETS))
    assert "Chưa gửi tệp nào" in page
    assert "Phiếu giấy trống" in page
