"""The role under which the portal runs writes rows, and has no way to change a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from portal.records.log import record, record_read
from portal.records.models import Event, Read
from portal.records.rights import LOGS, faults_of_role, grant_rights
from tests.factories import PersonFactory

ROLE = "portal_running"


@pytest.fixture
def role(db: None, settings: Any) -> str:
    """The role that runs, with its rights; made where the tests' server has none."""
    settings.PORTAL_RUNNING_ROLE = ROLE
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {ROLE} LOGIN")
    assert grant_rights()
    return ROLE


@contextmanager
def acting_as(role: str) -> Iterator[Any]:
    """A cursor of this role, whose checks of keys are made at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"SET LOCAL ROLE {role}")
        yield cursor
        cursor.execute("RESET ROLE")


def refused(role: str, statement: str) -> bool:
    try:
        with acting_as(role) as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return any(words in str(error) for words in ("permission denied", "must be owner", "must be able to"))
    return False


def test_it_writes_both_logs_and_reads_them(
    role: str, places: SimpleNamespace, people: SimpleNamespace
) -> None:
    lan = PersonFactory(home_commune=places.commune)
    with acting_as(role):
        record(lan, "updated", by=people.here)
        record_read(people.here, "page", subject=lan, place=places.commune)
        assert (Event.objects.filter(verb="updated").count(), Read.objects.count()) == (1, 1)


@pytest.mark.any_order_of_locks
def test_it_works_on_every_other_table(role: str) -> None:
    with acting_as(role) as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        tables = {table for (table,) in cursor.fetchall()} - {*LOGS, "django_migrations"}
        for table in sorted(table for table in tables if not table.startswith("records_")):
            cursor.execute("SELECT has_table_privilege(%s, %s)", [table, "INSERT"])
            assert cursor.fetchone() == (True,), table
            cursor.execute(f'DELETE FROM "{table}" WHERE false')
            cursor.execute("SELECT has_table_privilege(%s, 'TRUNCATE, TRIGGER, REFERENCES')", [table])
            assert cursor.fetchone() == (False,), table


@pytest.mark.parametrize("table", LOGS)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "ALTER TABLE {table} DISABLE TRIGGER append_only",
        "DROP TRIGGER append_only ON {table}",
        "DROP TABLE {table} CASCADE",
        "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "ALTER TABLE {table} OWNER TO portal_running",
        "CREATE RULE none AS ON DELETE TO {table} DO INSTEAD NOTHING",
        "SELECT * FROM {table} FOR UPDATE",
        "CREATE OR REPLACE FUNCTION records_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        "SET session_replication_role = replica",
        "CREATE TABLE public.mine (id int)",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('records', '9999', now())",
    ],
)
def test_it_cannot_change_a_log_or_take_off_its_guards(table: str, statement: str, role: str) -> None:
    column = "hash" if table.endswith("seal") else "reason"
    assert refused(role, statement.format(table=table, column=column))


@pytest.mark.parametrize("table", ["records_event", "records_read"])
def test_it_cannot_set_the_numbers_of_a_log_back(table: str, role: str) -> None:
    assert refused(role, f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1)")


@pytest.mark.parametrize("table", LOGS)
def test_the_owner_can(table: str, role: str) -> None:
    """The control: it is the role that is refused."""
    assert not refused("CURRENT_USER", f"ALTER TABLE {table} DISABLE TRIGGER ALL")


def faults(role: str) -> list[str]:
    with acting_as(role) as cursor:
        return faults_of_role(cursor)


def test_the_role_that_runs_has_no_fault_and_each_way_past_the_log_is_named(role: str) -> None:
    assert faults(role) == []
    ways = {
        "GRANT UPDATE (reason) ON records_event TO {role}": "changes_the_log",
        "GRANT TRIGGER ON records_read TO {role}": "changes_the_log",
        "GRANT DELETE ON records_event TO PUBLIC": "changes_the_log",
        "GRANT SET ON PARAMETER session_replication_role TO {role}": "switches_triggers_off",
        "GRANT pg_execute_server_program TO {role}": "acts_as_the_server",
        "ALTER ROLE {role} CREATEROLE": "makes_roles",
        "ALTER TABLE records_event OWNER TO {role}": "owns_the_log",
        "ALTER ROLE {role} SUPERUSER": "is_superuser",
    }
    for statement, fault in ways.items():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(statement.format(role=role))
            assert fault in faults(role), statement
            transaction.set_rollback(True)


def test_one_role_for_both_is_said(db: None) -> None:
    with connection.cursor() as cursor:
        assert "owns_the_log" in faults_of_role(cursor)


def rights() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        return cursor.fetchall()


def test_given_again_they_are_the_same_and_what_was_given_by_hand_is_taken(role: str) -> None:
    before = rights()
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON records_event TO {role}")
    said = StringIO()
    call_command("grant_rights", stdout=said)
    assert rights() == before
    assert ROLE in said.getvalue()


def test_the_command_says_when_there_is_no_such_role(db: None, settings: Any) -> None:
    settings.PORTAL_RUNNING_ROLE = "nobody_of_this_name"
    with pytest.raises(CommandError, match="nobody_of_this_name"):
        call_command("grant_rights")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (settings.PORTAL_RUNNING_ROLE,) = cursor.fetchone()
    assert not grant_rights(), "whoever owns the tables cannot be kept from them"
