"""A GET changes nothing, however the writing is dressed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from citizens.models import Person
from portal.accounts.models import User
from portal.records.log import record_read
from portal.records.middleware import ReadOnlyGetMiddleware, WriteDuringGet, writes
from tests.factories import PersonFactory


def run(work: Any, method: str = "GET") -> None:
    """Let a page of this method do the work."""

    def page(_request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            work()
        return HttpResponse()

    ReadOnlyGetMiddleware(page)(RequestFactory().generic(method, "/"))


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def lan(places: SimpleNamespace) -> Person:
    return PersonFactory(home_commune=places.commune)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_saving_creating_and_deleting_are_refused(method: str, lan: Person) -> None:
    for work in (
        lan.save,
        lan.delete,
        lambda: PersonFactory(home_commune=lan.home_commune),
        lambda: Person.objects.update(address="x"),
        lambda: Person.objects.bulk_update([lan], ["address"]),
        lambda: list(Person.objects.select_for_update()),
        lambda: list(Person.objects.select_for_update(no_key=True)),
    ):
        with pytest.raises(WriteDuringGet):
            run(work, method)
    assert Person.objects.get().address == lan.address


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE citizens_person SET address = ''",
        "  update only citizens_person as p set address = ''",
        "/* page */ UPDATE citizens_person SET address = ''",
        "-- page\nDELETE FROM citizens_person",
        "WITH gone AS (DELETE FROM citizens_person RETURNING id) SELECT * FROM gone",
        "WITH new AS (UPDATE public.citizens_person\n SET address = '' RETURNING id) SELECT * FROM new",
        "WITH a AS (SELECT 1) INSERT INTO citizens_household (address) SELECT ''",
        "INSERT INTO records_read (kind) SELECT kind FROM x; DELETE FROM citizens_person",
        "TRUNCATE citizens_person CASCADE",
        "SELECT 1 FROM citizens_person FOR UPDATE",
        "SELECT 1 FROM citizens_person\nFOR   NO KEY\nUPDATE SKIP LOCKED",
        "CREATE TABLE x (id int)",
        "DROP TABLE citizens_person",
        "ALTER TABLE records_event DISABLE TRIGGER ALL",
        "COPY citizens_person FROM STDIN",
        "CALL something()",
        "DO $$ BEGIN END $$",
        "",
    ],
)
def test_writes_in_any_dress_are_seen(sql: str, db: None) -> None:
    assert writes(sql)
    with pytest.raises(WriteDuringGet):
        run(lambda: execute(sql))


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT "updated", "update", "delete" FROM "citizens_person" WHERE "copy" = %s',
        "(SELECT 1) UNION (SELECT 2)",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "SAVEPOINT s1",
        "RELEASE SAVEPOINT s1",
        "ROLLBACK TO SAVEPOINT s1",
        'INSERT INTO "records_read" ("kind") VALUES (%s)',
        'INSERT INTO "django_session" ("session_key") VALUES (%s) ON CONFLICT DO UPDATE SET x = 1',
        'UPDATE "django_session" SET "session_data" = %s',
        'DELETE FROM "django_session" WHERE "session_key" = %s',
    ],
)
def test_reading_looking_and_the_session_are_no_writes(sql: str) -> None:
    assert not writes(sql)


def test_a_get_may_read_within_savepoints_and_log_the_look(lan: Person, people: SimpleNamespace) -> None:
    def look() -> None:
        with transaction.atomic():
            assert Person.objects.count() == 1
        record_read(people.here, "page", subject=lan)

    run(look)


def test_a_post_may_write(lan: Person) -> None:
    run(lambda: User.objects.update(phone=""), "POST")
    run(lan.save, "POST")


def test_a_refused_write_does_not_stay_refused_for_the_next_request(lan: Person) -> None:
    with pytest.raises(WriteDuringGet):
        run(lan.save)
    run(lan.save, "POST")
