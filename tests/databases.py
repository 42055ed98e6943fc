"""Databases of the tests, copied from one template that is kept while the migrations stay as they are."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg2
from psycopg2 import sql

from portal.embedded.servers import running_database_url

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "portal_template_"
MAKING_LOCK = (
    7_041_776  # an advisory lock of the maintenance database: one process makes a template at a time
)


def database_url(name: str, *, running: bool = False) -> str:
    """The address of another database on the server of `DATABASE_URL`; `running`: for the role that runs."""
    address = running_database_url() if running else os.environ["DATABASE_URL"]
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


@contextmanager
def maintenance() -> Iterator[Any]:
    """A cursor, without a transaction, in the server's maintenance database."""
    with closing(psycopg2.connect(database_url("postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def migrations_fingerprint() -> str:
    """A name for the schema: it changes with any migration, ours or Django's, and with the rights."""
    digest = hashlib.sha256(django.__version__.encode())
    migrations = sorted(ROOT.glob("*/migrations/*.py")) + sorted(ROOT.glob("portal/*/migrations/*.py"))
    for path in [*migrations, ROOT / "portal" / "records" / "rights.py"]:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def migrated_template() -> str:
    """The name of a database with the schema and nothing else; made when there is none, older ones go."""

    def migrate(name: str) -> None:
        environment = os.environ | {"DATABASE_URL": database_url(name)}
        run_manage("migrate", "--no-input", "--verbosity=0", environment=environment)

    name = f"{PREFIX}{migrations_fingerprint()}"
    return template(name, migrate, replaces=PREFIX)


def template(name: str, fill: Callable[[str], None], *, replaces: str, copy_of: str = "template0") -> str:
    """Make a template unless it is there, and drop others whose name begins with `replaces`.

    `fill` gets the name of a new database, a copy of `copy_of`, and puts into it what belongs there. A
    template is named only once it is whole: a run that is killed leaves none that is half made.
    """
    with maintenance() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MAKING_LOCK])  # let go when the connection closes
        names = database_names(cursor, replaces)
        if name in names:
            return name
        for old in names:
            drop(cursor, old)
        making = f"{replaces}making"
        copy(cursor, copy_of, making)
        fill(making)
        cursor.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name))
        )
    return name


def database_names(cursor: Any, prefix: str) -> list[str]:
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
    return [name for (name,) in cursor.fetchall()]


def copy(cursor: Any, source: str, name: str) -> None:
    """Make a database as a copy of another, in the place of one that was left by a run that was killed."""
    drop(cursor, name)
    cursor.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
    )


def drop(cursor: Any, name: str) -> None:
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def run_manage(*arguments: str, environment: dict[str, str]) -> str:
    """Run a command of Django's with the portal's own settings; return what it printed."""
    answer = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, f"manage.py {' '.join(arguments)}:\n{answer.stdout}\n{answer.stderr}"
    return answer.stdout
