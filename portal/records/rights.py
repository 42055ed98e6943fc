"""The rights of the database role under which the portal runs.

Two roles share the work. The owner migrates: tables, triggers and functions are its own. The role that runs reads and
writes rows, and cannot change a log: it owns nothing, switches no trigger off and empties no table. Rights are given
after every migration, and by `manage.py grant_rights`; both are run as the owner.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections, transaction
from psycopg2 import sql

LOGS = ("records_event", "records_read", "records_eventseal", "records_readseal")
RIGHTS = "SELECT, INSERT, UPDATE, DELETE"
FEWER_RIGHTS = {**dict.fromkeys(LOGS, "SELECT, INSERT"), "django_migrations": "SELECT"}

_TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname
"""
# Each column is a way past the log's triggers, or past the rights on its tables.
_FAULTS = """
SELECT
    role.rolsuper AS is_superuser,
    role.rolcreaterole AS makes_roles,
    bool_or(pg_has_role(role.oid, log.relowner, 'MEMBER')) AS owns_the_log,
    bool_or(has_table_privilege(role.oid, log.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR has_any_column_privilege(role.oid, log.oid, 'UPDATE')) AS changes_the_log,
    bool_or(pg_has_role(role.oid, server.oid, 'MEMBER')) AS acts_as_the_server
FROM pg_roles AS role, pg_class AS log, pg_roles AS server
WHERE role.rolname = current_user AND log.oid = ANY (%s::regclass[])
    AND server.rolname IN ('pg_execute_server_program', 'pg_write_server_files')
GROUP BY role.oid, role.rolsuper, role.rolcreaterole
"""
_REPLICATION_ROLE = "SELECT has_parameter_privilege(current_user, 'session_replication_role', 'SET')"


def grant_rights(using: str = "default", **_kwargs: Any) -> bool:
    """Give the role that runs its rights, and take all others from it. Receiver of `post_migrate`.

    Return False, and change nothing, where there is no such role or where it is the one that migrates.
    """
    connection = connections[using]
    role = sql.Identifier(settings.PORTAL_RUNNING_ROLE)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user",
            [settings.PORTAL_RUNNING_ROLE],
        )
        if cursor.fetchone() is None:
            return False

        def run(statement: str, **names: Any) -> None:
            cursor.execute(sql.SQL(statement).format(role=role, **names).as_string(cursor.connection))

        run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        run("REVOKE ALL ON SCHEMA public FROM {role}")
        run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        run("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}")
        run("GRANT USAGE ON SCHEMA public TO {role}")
        run("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(_TABLES)
        for (table,) in cursor.fetchall():
            rights = FEWER_RIGHTS.get(table, RIGHTS)
            run(f"GRANT {rights} ON {{table}} TO {{role}}", table=sql.Identifier(table))
    return True


def faults_of_role(cursor: Any) -> list[str]:
    """Return by which ways the role of this cursor could change a log; empty when by none."""
    cursor.execute(_FAULTS, [list(LOGS)])
    row = cursor.fetchone()
    names = [column[0] for column in cursor.description]
    faults = [name for name, fault in zip(names, row, strict=True) if fault]
    cursor.execute(_REPLICATION_ROLE)
    return [*faults, "switches_triggers_off"] if cursor.fetchone()[0] else faults
