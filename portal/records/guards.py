"""Triggers that enforce each model's table of transitions in the database.

They are created again after every migration from the models' `TRANSITIONS`, so that code and database
never differ: a change of status that the table does not list is refused from any interface.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections

FUNCTION = """
CREATE OR REPLACE FUNCTION records_check_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status IS DISTINCT FROM OLD.status
       AND NOT (OLD.status || '>' || NEW.status = ANY (TG_ARGV)) THEN
        RAISE EXCEPTION 'status of % may not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_status_transition';
    END IF;
    RETURN NEW;
END $$
"""


def pairs(model: Any) -> list[str]:
    """Return every allowed change of a model as `from>to`, sorted."""
    return sorted(
        f"{source}>{target}" for sources, target in model.TRANSITIONS.values() for source in sources
    )


def guarded_models() -> list[Any]:
    return [model for model in apps.get_models() if getattr(model, "TRANSITIONS", None)]


def install_status_guards(using: str = "default", **_kwargs: Any) -> None:
    """Create the trigger of each model whose table exists. This is a receiver of `post_migrate`."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute(FUNCTION)
        for model in guarded_models():
            table = model._meta.db_table
            if table not in tables:
                continue
            arguments = ", ".join("'" + str(pair).replace("'", "''") + "'" for pair in pairs(model))
            cursor.execute(
                f'CREATE OR REPLACE TRIGGER status_guard BEFORE UPDATE OF status ON "{table}" '
                f"FOR EACH ROW EXECUTE FUNCTION records_check_status({arguments})"
            )
