"""A sheet of arrivals: read, matched against what was entered, recorded family by family, each row counted."""

from __future__ import annotations

import datetime as dt
import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from portal.notifications.models import Message
from portal.sheets.reading import read_table
from repatriation.importing import actions as importing
from repatriation.models import Arrival, Handover, ImportRow, Registration
from repatriation.on_paper import commit, words
from repatriation.on_paper.columns import find_headings
from repatriation.on_paper.matching import phone_of
from repatriation.on_paper.words import counts_of, with_reasons
from repatriation.seats.leaving import withdraw
from tests.factories import PersonFactory
from tests.repatriation.on_paper.sheets import (
    came,
    checked,
    codes,
    line,
    lines_of,
    recorded,
    uploaded,
    verdicts,
)
from tests.repatriation.world.road import enter, family, on_the_road, people_of


def test_a_family_with_its_code_is_recorded_as_at_the_barrier(
    road: SimpleNamespace, row: Registration
) -> None:
    trip = on_the_road(road, row)
    mother, father, child = lines_of(row)
    mother |= {"temperature": "37,2", "compared": "x", "papers": "Giấy xét nghiệm", "plate": "70B-123.45"}
    father |= {"test": "Dương tính", "decision": "Cơ sở cách ly", "symptoms": "1, 2", "needs": "xe lăn"}
    batch = recorded(road, mother, father, child)
    assert (batch.status, verdicts(batch)) == ("committed", ["good"] * 3)
    first, second, third = (Arrival.objects.get(person=person) for person in people_of(row))
    assert (str(first.temperature), first.identity_checked, first.papers) == ("37.2", True, ["test"])
    assert (second.rapid_test, second.decision, second.symptoms) == (
        "positive",
        "facility",
        ["cough", "fever"],
    )
    assert (second.has_symptoms, second.needs, third.rapid_test) == (True, "xe lăn", "none")
    assert {one.trip for one in (first, second, third)} == {trip}
    assert {one.vehicle_plate for one in (first, second, third)} == {"70B-123.45"}
    assert {one.destination for one in (first, second, third)} == {road.commune}
    assert Handover.objects.open().count() == 3
    assert Message.objects.filter(kind="arrived").count() == 1
    row.refresh_from_db()
    assert row.status == "arrived"
    assert set(batch.lines.values_list("arrival", flat=True)) == {first.pk, second.pk, third.pk}


def test_both_times_are_kept_and_the_deadline_follows_the_server(
    road: SimpleNamespace, row: Registration
) -> None:
    recorded(road, *lines_of(row, **came(9)))
    arrival = Arrival.objects.first()
    assert arrival is not None
    assert arrival.entered_at is not None
    assert arrival.entered_at < timezone.now() - dt.timedelta(hours=8)
    assert arrival.at > timezone.now() - dt.timedelta(minutes=5)
    assert Handover.objects.first().deadline > timezone.now() + dt.timedelta(hours=3)


def test_somebody_on_nobodys_list_is_recorded(road: SimpleNamespace) -> None:
    batch = recorded(
        road,
        line(identity="290123456", phone="0912345678", address="khu phố Lộc An", family="A"),
        line(full_name="Lê Thị Bảy", birth="1960", sex="Nữ", family="A", home=""),
    )
    assert verdicts(batch) == ["good", "good"]
    arrivals = Arrival.objects.order_by("pk")
    assert [row.person.full_name for row in arrivals] == ["Lê Văn Sáu", "Lê Thị Bảy"]
    assert len({row.client_key for row in arrivals}) == 1
    assert {(row.was_expected, row.address) for row in arrivals} == {(False, "khu phố Lộc An")}


def test_a_family_without_its_code_is_known_by_a_number(road: SimpleNamespace, row: Registration) -> None:
    first, *others = people_of(row)
    rows = [line(first, identity=first.identity_number, family="1", home="")]
    rows += [line(person, family="1") for person in others]
    assert {arrival.registration for arrival in _arrivals(recorded(road, *rows))} == {row}


def _arrivals(batch: Any) -> list[Arrival]:
    return [row.arrival for row in batch.lines.all() if row.arrival]


# --- Never doubled


def test_who_was_recorded_already_is_shown_with_what_differs(
    road: SimpleNamespace, row: Registration
) -> None:
    first = people_of(row)[0]
    enter(road, row, [first])
    rows = lines_of(row)
    rows[0] |= {"temperature": "38,6", "test": "Âm tính"}
    batch = checked(road, *rows)
    assert verdicts(batch) == ["already", "good", "good"]
    assert codes(batch)[0] == {"already", "differs"}
    texts = [fault["text"] for fault in words.faults_of(batch.lines.first())]
    assert "đã được Lý Văn Chốt ghi nhận lúc" in texts[0]
    assert "Nhiệt độ (°C): đã ghi nhận là “–”, trong tệp là “38.6”" in texts[1]
    assert "Xét nghiệm nhanh: đã ghi nhận là “Không làm”, trong tệp là “Âm tính”" in texts[2]
    assert (batch.families_good, batch.people_good) == (1, 2)
    importing.order_commit(batch, by=road.barrier)
    importing.work_on(batch.pk)
    assert Arrival.objects.count() == 3
    assert Arrival.objects.get(person=first).temperature is None  # nothing newer is overwritten


@pytest.mark.parametrize("known", [True, False])
def test_the_same_sheet_sent_twice_changes_nothing(
    road: SimpleNamespace, row: Registration, known: bool
) -> None:
    rows = lines_of(row) if known else [line(), line(full_name="Lê Thị Bảy", birth="02/03/1960")]
    recorded(road, *rows)
    before = list(Arrival.objects.values_list("pk", flat=True))
    again = checked(road, *rows)
    assert set(verdicts(again)) == {"already"}
    with pytest.raises(importing.NothingGood):
        importing.order_commit(again, by=road.barrier)
    assert list(Arrival.objects.values_list("pk", flat=True)) == before


def test_the_same_sheet_checked_twice_and_then_committed_twice_records_once(road: SimpleNamespace) -> None:
    batches = [checked(road, line(), line(full_name="Lê Thị Bảy", birth="1960")) for _time in range(2)]
    for batch in batches:
        importing.order_commit(batch, by=road.barrier)
    for batch in batches:
        importing.work_on(batch.pk)
    assert Arrival.objects.count() == 2
    assert {one.pk for one in _arrivals(batches[0])} == {one.pk for one in _arrivals(batches[1])}


def test_somebody_like_one_who_passed_just_then_is_asked_about(road: SimpleNamespace) -> None:
    person = PersonFactory(
        full_name="Lê Văn Sáu", birth_date=None, birth_year=1955, home_commune=road.commune
    )
    enter(road, None, [person])
    batch = checked(road, line())
    assert (verdicts(batch), codes(batch)) == (["odd"], [{"maybe_already"}])


def test_a_family_recorded_after_the_check_is_refused_with_its_reason(
    road: SimpleNamespace, row: Registration
) -> None:
    other = family(road.campaign, road.places, 2, names=["Trần Thị Sen", "Trần Văn Sen"])
    batch = checked(road, *lines_of(row), *lines_of(other))
    enter(road, row)
    importing.order_commit(batch, by=road.barrier)
    importing.work_on(batch.pk)
    batch.refresh_from_db()
    assert batch.status == "committed"
    assert verdicts(batch) == ["wrong", "left_out", "left_out", "good", "good"]
    (sentence, *_rest) = words.faults_of(batch.lines.first())
    assert "đã được Lý Văn Chốt ghi nhận lúc" in sentence["text"]
    assert (batch.people_good, batch.families_good, batch.rows_wrong) == (2, 1, 1)
    assert Arrival.objects.count() == 5


def test_a_family_that_withdrew_is_recorded_as_having_come_by_itself(
    road: SimpleNamespace, row: Registration
) -> None:
    withdraw(row, by=road.coordinator)
    batch = recorded(road, *lines_of(row))
    assert {one.registration for one in _arrivals(batch)} == {None}


# --- What is wrong with a row


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"came_on": "31/12/2099"}, "day_future"),
        ({"came_at": "25:00"}, "hour_unknown"),
        ({"came_at": ""}, "missing"),
        ({"came_on": ""}, "missing"),
        ({"temperature": "372"}, "temperature_unknown"),
        ({"temperature": "072185004417"}, "temperature_unknown"),
        ({"symptoms": "ho, zzz"}, "symptom_unknown"),
        ({"symptoms": "9"}, "symptom_unknown"),
        ({"test": "có"}, "test_unknown"),
        ({"decision": "đi đâu đó"}, "decision_unknown"),
        ({"test": "Dương tính"}, "positive_home"),
        ({"test": "Dương tính", "decision": "Về nhà"}, "positive_home"),
        ({"facility": "Trạm không có"}, "facility_home"),
        ({"facility": "Trạm không có", "decision": "Cơ sở cách ly"}, "facility_unknown"),
        ({"code": "TN-AAAA-AAAA"}, "code_unknown"),
        ({"home": ""}, "missing"),
        ({"home": "Xã Không Có"}, "home_none"),
        ({"plate": "x" * 13}, "too_long"),
        ({"needs": "x" * 201}, "too_long"),
        ({"compared": "có lẽ"}, "flag_unknown"),
        ({"full_name": "=A1"}, "formula"),
    ],
)
def test_a_wrong_cell_says_what_is_wrong(road: SimpleNamespace, changes: dict[str, str], code: str) -> None:
    batch = checked(road, line(**changes))
    assert verdicts(batch) == ["wrong"]
    assert code in codes(batch)[0]
    assert all(fault["text"] for fault in words.faults_of(batch.lines.get()))


def test_a_time_that_has_not_come_is_refused(road: SimpleNamespace) -> None:
    batch = checked(road, line(**came(-1)))
    assert codes(batch)[0] & {"came_future", "day_future"}


def test_a_time_before_the_campaign_is_asked_about(road: SimpleNamespace) -> None:
    early = road.campaign.starts_on - dt.timedelta(days=3)
    batch = checked(road, line(came_on=f"{early:%d/%m/%Y}", came_at="22:40"))
    assert (verdicts(batch), codes(batch)) == (["odd"], [{"came_before"}])


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("22:40", "22:40"),
        ("22h40", "22:40"),
        ("22h", "22:00"),
        ("7 giờ 5", "07:05"),
        ("0015", "00:15"),
        (0.5, "12:00"),
    ],
)
def test_hours_as_people_write_them(road: SimpleNamespace, text: Any, hour: str) -> None:
    day = timezone.localdate() - dt.timedelta(days=1)
    batch = checked(road, line(came_on=f"{day:%d/%m/%Y}", came_at=text))
    assert batch.lines.get().values["came_at"] == hour


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sốt, ho", ["cough", "fever"]),
        ("sốt cao; đau họng", ["fever", "sore_throat"]),
        ("5", ["breathless"]),
        ("1 2", ["cough", "fever"]),
        (1.2, ["cough", "fever"]),
        ("Mất mùi, mất vị", ["loss_of_smell"]),
        ("không", []),
    ],
)
def test_symptoms_as_people_write_them(road: SimpleNamespace, text: Any, found: list[str]) -> None:
    assert checked(road, line(symptoms=text)).lines.get().values["symptoms"] == found


def test_one_wrong_row_leaves_its_family_out_and_no_other(road: SimpleNamespace, row: Registration) -> None:
    batch = recorded(road, *lines_of(row)[:2], line(code=row.code, full_name="Trần Xa Lạ"), line())
    assert verdicts(batch) == ["left_out", "left_out", "wrong", "good"]
    assert codes(batch)[2] == {"not_member"}
    assert Arrival.objects.count() == 1


def test_a_person_of_two_rows_counts_once(road: SimpleNamespace, row: Registration) -> None:
    rows = lines_of(row)
    batch = checked(road, *rows, line(people_of(row)[0], identity=people_of(row)[0].identity_number))
    assert verdicts(batch)[-1] == "wrong"
    assert codes(batch)[-1] & {"person_twice"}


def test_two_codes_of_one_family_are_refused(road: SimpleNamespace, row: Registration) -> None:
    other = family(road.campaign, road.places, 1, names=["Trần Thị Sen"])
    batch = checked(
        road,
        line(people_of(row)[0], code=row.code, family="1"),
        line(people_of(other)[0], code=other.code, family="1"),
    )
    assert "codes_differ" in codes(batch)[1]


def test_a_number_of_somebody_else_is_refused(road: SimpleNamespace) -> None:
    person = PersonFactory(
        full_name="Phan Thị Khác", birth_date=None, birth_year=1990, home_commune=road.commune
    )
    batch = checked(road, line(identity=person.identity_number))
    assert "identity_taken" in codes(batch)[0]


def test_a_sheet_without_its_columns_says_which(road: SimpleNamespace) -> None:
    from tests.sheets.files import xlsx

    batch = checked(
        road, content=xlsx(["Họ và tên", "Ngày sinh", "Giờ đến"], ["Lê Văn Sáu", "1955", "22:40"])
    )
    assert batch.status == "failed"
    assert "Ngày đến" in batch.refusal_text


# --- Every row is counted


def test_every_row_is_counted(road: SimpleNamespace, row: Registration) -> None:
    enter(road, row, people_of(row)[:1])
    batch = recorded(
        road,
        *lines_of(row),
        line(),
        line(full_name="Bảy", birth="x"),
        line(full_name="Tám Văn", symptoms="zz"),
    )
    assert sum(one["number"] for one in counts_of(batch)) == batch.rows == 6
    assert {one["value"]: one["number"] for one in counts_of(batch)} == {
        "good": 3,
        "odd": 0,
        "wrong": 2,
        "left_out": 0,
        "already": 1,
    }


def test_the_senders_own_file_comes_back_with_reasons(road: SimpleNamespace, row: Registration) -> None:
    enter(road, row)
    batch = checked(road, *lines_of(row), line(temperature="372"))
    book = load_workbook(io.BytesIO(with_reasons(batch, bytes(batch.file.content))))
    remarks = [cell.value for cell in list(book.active.columns)[-1]]
    assert remarks[0] == "Kết quả kiểm tra"
    assert "Không ghi lần nữa" in remarks[1]
    assert "36,8" in remarks[4]


def test_a_dead_worker_leaves_whole_families_and_the_next_goes_on(
    road: SimpleNamespace, row: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = checked(road, *lines_of(row), line())
    importing.order_commit(batch, by=road.barrier)
    real, calls = commit._record, []

    def dies(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(commit, "_record", dies)
    with pytest.raises(KeyboardInterrupt):
        importing.work_on(batch.pk)
    assert Arrival.objects.count() == 3
    importing.work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, Arrival.objects.count()) == ("committed", 4)


def test_a_family_that_makes_trouble_stops_no_other(
    road: SimpleNamespace, row: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = checked(road, *lines_of(row), line())
    importing.order_commit(batch, by=road.barrier)
    real = commit._record

    def stumbles(batch: Any, rows: list[ImportRow]) -> Any:
        if len(rows) == 3:
            raise RuntimeError
        return real(batch, rows)

    monkeypatch.setattr(commit, "_record", stumbles)
    importing.work_on(batch.pk)
    batch.refresh_from_db()
    assert verdicts(batch) == ["wrong", "left_out", "left_out", "good"]


# --- The template


def test_the_template_is_read_by_its_own_reader(road: SimpleNamespace) -> None:
    content = words.template()
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    lists = {one.formula1 for one in sheet.data_validations.dataValidation}
    assert len(lists) >= 5
    assert book["Danh mục"].sheet_state == "hidden"
    homes = {row[4] for row in book["Danh mục"].iter_rows(values_only=True)}
    assert "Xã Hưng Thuận" in {value for row in book["Danh mục"].iter_rows(values_only=True) for value in row}
    assert homes
    sheet["C2"], sheet["D2"], sheet["H2"], sheet["I2"] = "Lê Văn Sáu", "1955", came()["came_on"], "00:10"
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue())
    headings = find_headings(table.rows)
    assert not headings.ignored
    assert len(headings.places) == len(sheet[1])
    assert [number for number, _cells in table.rows if number > headings.last] == [2]


def test_the_template_in_english_is_read_too(road: SimpleNamespace) -> None:
    from django.utils.translation import override

    with override("en"):
        content = words.template()
    assert not find_headings([*read_table(content).rows, (2, ["x"])]).ignored


def test_a_phone_stands_in_any_row() -> None:
    from repatriation.importing.families import ListLine

    assert phone_of([ListLine(2, {}), ListLine(3, {"phone": "+84901234567"})]) == "+84901234567"


def test_another_checkpoints_sheet_is_not_shown(road: SimpleNamespace) -> None:
    from repatriation.models import ImportBatch

    batch = uploaded(road, line())
    assert ImportBatch.objects.visible_to(road.barrier).filter(pk=batch.pk).exists()
    assert ImportBatch.objects.visible_to(road.colleague).filter(pk=batch.pk).exists()
    for user in (road.far_barrier, road.coordinator, road.here):
        assert not ImportBatch.objects.visible_to(user).filter(pk=batch.pk).exists()
