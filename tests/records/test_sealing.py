"""The chain over a log: made in order behind the acts, and whatever is changed behind the triggers is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.places.models import Place
from portal.records import sealing
from portal.records.actors import SYSTEM
from portal.records.checking import CHANGED, DELETED, INSERTED, UNCHAINED, check_log
from portal.records.log import record, record_read
from portal.records.models import Event, EventSeal, SealMark
from portal.records.rights import LOGS as TABLES
from portal.records.sealing import LOGS, seal_logs
from tests.factories import UserFactory
from tests.race import at_once

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS, READS = LOGS


@pytest.fixture
def place() -> Place:
    return Place.objects.create(kind="country", code="vn", name="Việt Nam")


def write(place: Place, count: int = 5) -> list[int]:
    return [record(place, "updated", by=SYSTEM, reason=f"lần {n}", data={"ô": n}).pk for n in range(count)]


def seal() -> int:
    """Two runs of the job: the first sets a mark, the second seals up to it."""
    return seal_logs() + seal_logs()


@contextmanager
def by_the_owner() -> Iterator[Any]:
    """A cursor of somebody who may switch the triggers off, and does."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        yield cursor
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


def breaks(log: Any = EVENTS) -> list[tuple[int, str]]:
    return [(found.row_id, found.fault) for found in check_log(log).breaks]


def test_every_row_gets_its_seal_in_order_and_once(place: Place) -> None:
    ids = write(place)
    assert seal() == 5
    ids += write(place, 3)
    assert seal() == 3
    assert seal() == 0
    assert list(EventSeal.objects.values_list("position", "row_id")) == list(enumerate(ids, start=1))
    report = check_log(EVENTS)
    assert (report.sealed, report.waiting, report.breaks) == (8, 0, ())


def test_the_log_of_reads_has_a_chain_of_its_own(place: Place) -> None:
    write(place, 1)
    officer = UserFactory()
    row = record_read(
        officer, "export", subject_type="citizens.person", subject_ids=[3, 4], reason="x", place=place
    )
    assert seal() == 2
    assert breaks(READS) == []
    with by_the_owner() as cursor:
        cursor.execute("UPDATE records_read SET subject_ids = '{3}'")
    assert (breaks(READS), breaks(EVENTS)) == ([(row.pk, CHANGED)], [])


def test_many_rows_are_sealed_in_batches_and_long_runs_leave_the_rest(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    write(place, 7)
    assert seal() == 7
    write(place, 7)
    monkeypatch.setattr(sealing, "PATIENCE", -1.0)
    assert seal() == 0
    monkeypatch.setattr(sealing, "PATIENCE", 20.0)
    assert seal() == 7
    assert breaks() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "at + interval '1 microsecond'"),
        ("actor_kind", "'citizen'"),
        ("actor_label", "'người khác'"),
        ("subject_id", "subject_id + 1"),
        ("subject_type", "'citizens.person'"),
        ("verb", "'created'"),
        ("from_status", "'x'"),
        ("to_status", "'x'"),
        ("reason", "''"),
        ("data", """'{"ô": 99}'"""),
        ("place_id", "(SELECT max(id) FROM places_place)"),
        ("user_id", "(SELECT max(id) FROM accounts_user)"),
    ],
)
def test_a_row_that_was_changed_is_named(column: str, value: str, place: Place) -> None:
    UserFactory()
    third = write(place)[2]
    seal()
    with by_the_owner() as cursor:
        cursor.execute(f"UPDATE records_event SET {column} = {value} WHERE id = %s", [third])
    assert breaks() == [(third, CHANGED)]


def test_every_column_is_covered() -> None:
    for log in LOGS:
        model = {"event": "records_event", "read": "records_read"}[log.key]
        with connection.cursor() as cursor:
            columns = {found.name for found in connection.introspection.get_table_description(cursor, model)}
        covered = " ".join(log.columns)
        assert [name for name in columns if f"log.{name}" not in covered] == []


def test_of_several_changed_rows_the_first_is_named(place: Place) -> None:
    ids = write(place)
    seal()
    with by_the_owner() as cursor:
        cursor.execute("UPDATE records_event SET verb = 'x' WHERE id = ANY (%s)", [[ids[3], ids[1]]])
    assert breaks() == [(ids[1], CHANGED)]


@pytest.mark.parametrize("number", [0, 2, 4])
def test_a_row_that_was_removed_is_named(number: int, place: Place) -> None:
    gone = write(place)[number]
    seal()
    with by_the_owner() as cursor:
        cursor.execute("DELETE FROM records_event WHERE id = %s", [gone])
    assert breaks() == [(gone, DELETED)]


def test_a_row_that_was_removed_with_its_seal_is_named_by_the_next(place: Place) -> None:
    ids = write(place)
    seal()
    with by_the_owner() as cursor:
        cursor.execute("DELETE FROM records_event WHERE id = %s", [ids[1]])
        cursor.execute("DELETE FROM records_eventseal WHERE row_id = %s", [ids[1]])
    assert breaks() == [(ids[2], UNCHAINED)]


def test_a_row_that_was_slipped_in_is_named(place: Place) -> None:
    ids = write(place)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('records_event', 'id'), %s)", [ids[-1] + 10])
    write(place, 1)
    seal()
    with by_the_owner() as cursor:
        cursor.execute(
            "INSERT INTO records_event SELECT (e).* FROM (SELECT jsonb_populate_record(r, %s) AS e"
            " FROM records_event AS r WHERE r.id = %s) AS made",
            [f'{{"id": {ids[-1] + 3}}}', ids[0]],
        )
    assert breaks() == [(ids[-1] + 3, INSERTED)]
    seal()
    assert breaks() == [(ids[-1] + 3, INSERTED)], "later rows do not hide it"


def test_rows_that_wait_for_their_seal_are_counted_and_no_fault(place: Place) -> None:
    write(place)
    seal()
    write(place, 2)
    report = check_log(EVENTS)
    assert (report.sealed, report.waiting, report.breaks) == (5, 2, ())


# --- Rows that become visible late


@contextmanager
def other_transaction() -> Iterator[Any]:
    """A transaction over a connection of its own, which is open until the block ends and is then committed."""
    own = psycopg2.connect(**connection.get_connection_params())
    try:
        with own, own.cursor() as cursor:
            yield cursor
    finally:
        own.close()


SLOW = (
    "INSERT INTO records_event (at, actor_kind, actor_label, subject_type, subject_id, verb, from_status, to_status,"
    " reason, data) VALUES (now(), 'system', 'Hệ thống', 'places.place', 1, 'updated', '', '', '', '{}') RETURNING id"
)


def test_a_row_of_a_slow_transaction_gets_its_place_before_those_that_overtook_it(place: Place) -> None:
    first = write(place, 1)
    seal()
    with other_transaction() as cursor:
        cursor.execute(SLOW)
        (slow,) = cursor.fetchone()
        fast = write(place, 2)
        assert [seal(), seal()] == [0, 0], "what overtook it waits"
    assert seal() == 3
    assert list(EventSeal.objects.values_list("row_id", flat=True)) == [*first, slow, *fast]
    assert breaks() == []


def test_sealed_without_waiting_the_late_row_would_stand_behind_sealed_ones(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with a mark that waits for nobody, an honest row is taken for one that was slipped in."""
    monkeypatch.setattr(sealing, "_set_mark", lambda cursor, log, mark: set_hasty_mark(log, mark))
    seal()
    with other_transaction() as cursor:
        cursor.execute(SLOW)
        (slow,) = cursor.fetchone()
        write(place, 2)
        seal()
    assert breaks() == [(slow, INSERTED)]


def set_hasty_mark(log: Any, mark: SealMark) -> None:
    newest = Event.objects.order_by("-id").first() if log is EVENTS else None
    mark.next_to, mark.next_after = newest.pk if newest else 0, 0


def test_a_transaction_that_is_undone_leaves_a_gap_that_is_no_fault(place: Place) -> None:
    own = psycopg2.connect(**connection.get_connection_params())
    with own.cursor() as cursor:
        cursor.execute(SLOW)
    own.rollback()
    own.close()
    write(place, 2)
    assert (seal(), breaks()) == (2, [])


def test_two_workers_seal_no_row_twice(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    write(place, 20)
    seal_logs()
    at_once(*[seal_logs] * 4)
    seal()
    assert EventSeal.objects.count() == 20
    assert breaks() == []


def test_after_a_restore_into_a_server_with_lower_numbers_sealing_goes_on(place: Place) -> None:
    write(place)
    seal()
    SealMark.objects.update(next_after=2**60)
    write(place, 2)
    seal_logs()
    assert seal() == 2
    assert breaks() == []


# --- The command


def test_the_command_prints_the_heads_and_passes(place: Place) -> None:
    write(place)
    seal()
    out = StringIO()
    call_command("check_log", stdout=out)
    assert f"event:5:{check_log(EVENTS).head.hex()}" in out.getvalue()
    assert "read:0:" in out.getvalue()


def test_the_command_fails_and_names_the_row(place: Place) -> None:
    ids = write(place)
    seal()
    with by_the_owner() as cursor:
        cursor.execute("UPDATE records_event SET verb = 'x' WHERE id = %s", [ids[2]])
    with pytest.raises(CommandError, match=rf"event {ids[2]} \(seal 3\): {CHANGED}"):
        call_command("check_log", stdout=StringIO())


def cut_short(ids: list[int]) -> None:
    with by_the_owner() as cursor:
        for table, column in (("records_event", "id"), ("records_eventseal", "row_id")):
            cursor.execute(f"DELETE FROM {table} WHERE {column} >= %s", [ids[3]])


def made_anew(ids: list[int]) -> None:
    with by_the_owner() as cursor:
        cursor.execute("UPDATE records_event SET verb = 'x' WHERE id = %s", [ids[2]])
        cursor.execute("DELETE FROM records_eventseal")
    SealMark.objects.all().delete()
    seal()


@pytest.mark.parametrize("hide", [cut_short, made_anew])
def test_a_head_that_was_noted_outside_finds_what_the_chain_alone_cannot(
    hide: Callable[[list[int]], None], place: Place
) -> None:
    ids = write(place)
    seal()
    noted = f"event:5:{check_log(EVENTS).head.hex()}"
    call_command("check_log", head=[noted], stdout=StringIO())
    hide(ids)
    assert breaks() == []
    with pytest.raises(CommandError, match="seal 5 is not the one that was noted"):
        call_command("check_log", head=[noted], stdout=StringIO())


def test_a_head_that_is_none_is_refused(db: None) -> None:
    for text in ("x", "event", "event:x:00", "people:1:00"):
        with pytest.raises(CommandError, match="is no head"):
            call_command("check_log", head=[text], stdout=StringIO())


def test_the_heads_are_told_outside_the_database(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    write(place)
    with caplog.at_level("INFO"):
        seal()
    assert f"event:5:{check_log(EVENTS).head.hex()}" in caplog.text
