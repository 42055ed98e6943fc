"""The auditor's pages: found by day, person and deed; read in words; scoped; themselves logged."""

from __future__ import annotations

import csv
import datetime as dt
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from citizens.models import Person
from portal.accounts.roles import ROLE_PERMISSIONS, Permission, Role
from portal.records.actors import SYSTEM, citizen_actor
from portal.records.log import event_for, record, record_read
from portal.records.models import Event, Read
from tests.factories import PersonFactory, client_of, make_user

LOG, READS = "/officer/log/", "/officer/log/reads/"


@pytest.fixture
def lan(places: SimpleNamespace) -> Person:
    return PersonFactory(home_commune=places.commune)


@pytest.fixture
def auditor(people: SimpleNamespace) -> Client:
    return client_of(people.auditor)


def shown(client: Client, address: str = LOG, **query: str) -> list[Any]:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return list(answer.context["page"])


def test_what_happened_is_told_in_words(auditor: Client, lan: Person) -> None:
    record(lan, "told_otherwise", by=citizen_actor("090•••4567"))
    event_for(lan, "updated", by=SYSTEM, from_status="x", to_status="y").save()
    page = auditor.get(LOG).content.decode()
    assert "Khai khác với hồ sơ" in page
    assert "Hồ sơ người dân" in page
    assert "told_otherwise" not in page.partition("<tbody>")[2]
    assert "citizens.person" not in page.partition("<tbody>")[2]


def test_statuses_read_as_their_model_names_them(places: SimpleNamespace) -> None:
    event = Event(subject_type="repatriation.trip", verb="open", from_status="planned", to_status="open")
    assert (event.verb_label, event.from_label, event.to_label) == ("Mở mời gia đình", "Đang xếp", "Đang mời")


def test_the_filters_narrow(auditor: Client, lan: Person, people: SimpleNamespace) -> None:
    mine = record(lan, "updated", by=people.here)
    made = record(lan, "created", by=SYSTEM)
    assert shown(auditor, q="hạnh") == [mine]
    assert shown(auditor, verb="citizens.person:created") == [made]
    assert shown(auditor, verb="citizens.person:updated", actor_kind="system") == []
    assert shown(auditor, actor_kind="officer") == [mine]
    assert shown(auditor) == [made, mine]


def test_a_day_is_a_day_of_vietnam(auditor: Client, lan: Person) -> None:
    zone = timezone.get_current_timezone()
    edges = [
        dt.datetime(2026, 3, 4, 23, 59, tzinfo=zone),
        dt.datetime(2026, 3, 5, 0, 0, tzinfo=zone),
        dt.datetime(2026, 3, 5, 23, 59, 59, tzinfo=zone),
        dt.datetime(2026, 3, 6, 0, 0, tzinfo=zone),
    ]
    for moment in edges:
        event = event_for(lan, "updated", by=SYSTEM)
        event.at = moment
        event.save()
    assert [event.at for event in shown(auditor, day="05/03/2026")] == [edges[2], edges[1]]


@pytest.mark.parametrize(
    "query",
    [
        {"day": "32/13/2026"},
        {"day": "31/12/9999"},
        {"verb": "melted"},
        {"verb": "a:b:c"},
        {"q": "\0"},
        {"q": "x" * 999},
        {"page": "x"},
    ],
)
@pytest.mark.parametrize("address", [LOG, READS])
def test_an_odd_address_is_answered(
    address: str, query: dict[str, str], auditor: Client, lan: Person
) -> None:
    record(lan, "updated", by=SYSTEM)
    assert auditor.get(address, query).status_code == 200


def test_reads_are_found_by_who_and_how(auditor: Client, lan: Person, people: SimpleNamespace) -> None:
    page = record_read(people.here, "page", subject=lan, place=lan.home_commune)
    reveal = record_read(people.here, "reveal", subject=lan, reason="gọi điện", place=lan.home_commune)
    assert shown(auditor, READS, kind="reveal") == [reveal]
    assert set(shown(auditor, READS, q="hạnh")) == {page, reveal}
    assert shown(auditor, READS, q="lộc") == []
    text = auditor.get(READS).content.decode()
    assert "gọi điện" in text
    assert "Hồ sơ người dân" in text


def test_an_auditor_of_one_commune_reads_that_communes_log_only(
    lan: Person, places: SimpleNamespace, people: SimpleNamespace
) -> None:
    here = record(lan, "updated", by=SYSTEM)
    record(PersonFactory(home_commune=places.other_commune), "updated", by=SYSTEM)
    nowhere = record(people.here, "signed_in", by=people.here)
    of_commune = client_of(make_user(Role.AUDITOR, places.commune))
    assert shown(of_commune) == [here]
    assert nowhere in shown(client_of(people.auditor))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("address", [LOG, READS])
def test_only_who_reads_logs_may(role: Role, address: str, places: SimpleNamespace) -> None:
    client = client_of(make_user(role, places.home))
    allowed = Permission.READ_LOG in ROLE_PERMISSIONS[role]
    assert client.get(address).status_code == (200 if allowed else 403)
    assert client.get(address, {"export": "csv"}).status_code == (200 if allowed else 403)
    assert client.post(address).status_code == 405


def test_an_export_is_in_words_and_is_logged(auditor: Client, lan: Person, people: SimpleNamespace) -> None:
    record(lan, "updated", by=people.here, reason="=HYPERLINK(1)")
    answer = auditor.get(LOG, {"export": "csv"})
    (row,) = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert (row["Ai"], row["Bên"], row["Việc"], row["Trên"]) == (
        "Nguyễn Thị Hạnh",
        "Cán bộ",
        "Sửa hồ sơ",
        "Hồ sơ người dân",
    )
    assert row["Lý do"] == "'=HYPERLINK(1)"
    read = Read.objects.get(kind="export")
    assert (read.user, read.subject_type) == (people.auditor, "records.event")
    again = auditor.get(READS, {"export": "xlsx"})
    assert again["Content-Disposition"].endswith(".xlsx")
    assert Read.objects.filter(kind="export").count() == 2


@pytest.mark.parametrize("address", [LOG, READS, f"{LOG}?export=csv", f"{READS}?export=csv"])
def test_thirty_rows_cost_as_many_queries_as_one(
    address: str, auditor: Client, lan: Person, people: SimpleNamespace
) -> None:
    def add() -> None:
        record(lan, "updated", by=people.here)
        record_read(people.here, "page", subject=lan, place=lan.home_commune)

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert auditor.get(address).status_code == 200
        return len(seen)

    add()
    count()
    one = count()
    for _time in range(29):
        add()
    assert count() == one
