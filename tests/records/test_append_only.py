"""The logs only grow: the database refuses everything else, from anybody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from portal.records.actors import SYSTEM, citizen_actor
from portal.records.log import client_address, history, record, record_read
from portal.records.models import Event, Read
from tests.factories import PersonFactory

TABLES = ["records_event", "records_read"]


@pytest.fixture
def logged(places: SimpleNamespace, people: SimpleNamespace) -> Event:
    lan = PersonFactory(home_commune=places.commune)
    record_read(people.here, "page", subject=lan, place=places.commune)
    event = record(lan, "updated", by=people.here)
    with connection.cursor() as cursor:  # TRUNCATE comes only to a table without waiting checks
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return event


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        return "append-only" in str(error)
    return False


def count() -> tuple[int, int]:
    return Event.objects.count(), Read.objects.count()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE {table} SET reason = 'khác'",
        "UPDATE {table} SET reason = reason",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET reason = 'khác'",
        "WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT * FROM gone",
    ],
)
def test_raw_sql_cannot_change_a_log(table: str, sql: str, logged: Event) -> None:
    before = count()
    assert refused(sql.format(table=table))
    assert count() == before
    assert not Event.objects.filter(reason="khác").exists()


def test_a_log_does_not_go_with_what_it_tells_of(logged: Event) -> None:
    assert refused("TRUNCATE accounts_user CASCADE")
    assert refused("TRUNCATE places_place CASCADE")


@pytest.mark.parametrize("work", ["save", "delete", "update", "delete_all"])
def test_the_code_cannot_change_a_log(work: str, logged: Event) -> None:
    rows = Event.objects.filter(pk=logged.pk)
    change: dict[str, Any] = {
        "save": logged.save,
        "delete": logged.delete,
        "update": lambda: rows.update(verb="x"),
        "delete_all": rows.delete,
    }
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change[work]()
    assert rows.get().verb == "updated"


@pytest.mark.parametrize("table", TABLES)
def test_without_the_trigger_the_same_statements_go_through(table: str, logged: Event) -> None:
    """The control."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    assert not refused(f"UPDATE {table} SET reason = 'khác'")
    assert not refused(f"DELETE FROM {table}")


def test_who_wrote_the_log_cannot_be_removed(logged: Event, people: SimpleNamespace) -> None:
    people.here.assignments.all().delete()
    with pytest.raises(DatabaseError, match="records_event"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_user WHERE id = %s", [people.here.pk])


def test_an_event_says_who_did_what_to_which_row_and_where(logged: Event, people: SimpleNamespace) -> None:
    event = Event.objects.get(pk=logged.pk)
    assert (event.actor_kind, event.actor_label, event.user) == ("officer", "Nguyễn Thị Hạnh", people.here)
    assert (event.subject_type, event.verb, event.place.name) == (
        "citizens.person",
        "updated",
        "Xã Hưng Thuận",
    )


def test_citizens_and_the_system_are_told_apart_from_officers(places: SimpleNamespace) -> None:
    lan = PersonFactory(home_commune=places.commune)
    record(lan, "updated", by=citizen_actor("090•••4567"))
    record(lan, "updated", by=SYSTEM)
    assert [(event.actor_kind, event.user) for event in history(lan)] == [("citizen", None), ("system", None)]


def test_a_long_reason_does_not_lose_the_log_of_a_read(people: SimpleNamespace) -> None:
    read = record_read(people.here, "export", reason="ă" * 5000)
    assert len(read.reason) == 300


@pytest.mark.parametrize(
    ("proxy", "forwarded", "address"),
    [
        (False, "", "127.0.0.1"),
        (False, "8.8.8.8", "127.0.0.1"),  # whatever a visitor writes
        (True, "8.8.8.8", "8.8.8.8"),
        (True, "1.1.1.1, 8.8.8.8", "8.8.8.8"),  # the last is what the proxy itself saw
        (True, "1.1.1.1, rác", None),
        (True, "", "127.0.0.1"),
        (True, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_the_one_that_nobody_can_write(
    proxy: bool, forwarded: str, address: str | None, settings: Any, rf: Any
) -> None:
    settings.PORTAL_BEHIND_PROXY = proxy
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert client_address(rf.get("/", headers=headers)) == address
