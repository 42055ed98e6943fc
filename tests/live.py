"""The running portal for journeys: web server, worker, scheduler, and a broker that tests may stop."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils.crypto import get_random_string

from portal.embedded.processes import LOCALHOST, die_with_parent, free_port, is_alive, stop
from portal.embedded.supervisor import Child, children_for, open_listener
from portal.embedded.valkey import Valkey
from tests.databases import (
    copy,
    database_names,
    database_url,
    drop,
    maintenance,
    migrated_template,
    run_manage,
    template,
)

DATABASE_PREFIX = "journey_"
DEMO_PREFIX = "demo_template_"
START_SECONDS = 60.0
DEMO_FAMILIES = 60


class LiveStack:
    """One portal on a database of its own (in the server of `DATABASE_URL`), a Valkey and a port of its own.

    `base_url` is its address; `manage` runs a command of Django's in it, `sql` asks its database; `kill` and
    `start_child` end and start "web", "worker" or "scheduler"; `stop_broker` and `start_broker` the broker.
    """

    def __init__(self, folder: Path, *, families: int = DEMO_FAMILIES) -> None:
        self.folder = folder
        self.families = families
        self.database = f"{DATABASE_PREFIX}{os.getpid()}"
        self.logs = folder / "log"
        self.valkey = Valkey(home=folder / "valkey")
        self.broker: subprocess.Popen[bytes] | None = None
        self.broker_port = free_port()
        self.children: dict[str, Child] = {}
        self.running: set[str] = set()  # names of the children that nobody has ended on purpose
        self.base_url = ""
        self.environment: dict[str, str] = {}

    # --- Starting and stopping -----------------------------------------------------------------

    def start(self) -> None:
        """Make the database, load the demo and wait until every part answers."""
        self.logs.mkdir(parents=True)
        self.valkey.home.mkdir()
        self.valkey.prepare()
        self.start_broker()
        self.listener = open_listener(free_port())
        self.base_url = f"http://{LOCALHOST}:{self.listener.getsockname()[1]}"
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.live_settings",
            "DATABASE_URL": database_url(self.database),
            "REDIS_URL": self.valkey.url(self.broker_port),
            "PORTAL_BASE_URL": self.base_url,
            "PORTAL_DEMO": "1",
            "PORTAL_VAR": str(self.folder),
            "PORTAL_STATIC_ROOT": str(self.folder / "static"),
        }
        self._make_database()
        self.manage("collectstatic", "--no-input", "--verbosity=0")
        running = self.environment | {"DATABASE_URL": database_url(self.database, running=True)}
        children = children_for(self.listener, self.logs, running)
        self.children = {child.name: child for child in children}
        for name in self.children:
            self.start_child(name)
        self.wait_until(self.healthy, seconds=START_SECONDS, what="the portal answers that all is well")

    def stop(self) -> None:
        for name in ("scheduler", "web", "worker"):
            if name in self.children:
                self.children[name].end()
        self.stop_broker()
        if self.base_url:
            self.listener.close()
        with maintenance() as cursor:
            drop(cursor, self.database)

    def kill(self, name: str) -> None:
        """End a child as a crash would: at once, with everything that it started."""
        self.running.discard(name)
        process = self.children[name].process
        assert process is not None
        os.killpg(process.pid, 9)
        process.wait(10)

    def start_child(self, name: str) -> None:
        self.children[name].start()
        self.running.add(name)

    def start_what_ended(self) -> None:
        """Start children again that ended by themselves, as the supervisor and systemd do.

        A Celery worker ends when the broker goes away while it acknowledges a task.
        """
        for name in self.running:
            if self.children[name].died() is not None:
                self.children[name].start()

    def start_broker(self) -> None:
        with (self.logs / "broker.log").open("ab") as log:
            self.broker = subprocess.Popen(
                self.valkey.command(self.broker_port, fast=False),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(self.valkey.stop_signal),
            )
        assert self.valkey.wait_until_ready(self.broker_port, self.broker), (
            "The broker of the test did not start."
        )

    def stop_broker(self) -> None:
        if self.broker is not None:
            stop(self.broker, self.valkey.stop_signal, timeout=self.valkey.stop_seconds)

    # --- What journeys ask it ------------------------------------------------------------------

    def manage(self, *arguments: str) -> str:
        """Run a command of Django's in this portal; return what it printed."""
        return run_manage(*arguments, environment=self.environment)

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement in its database, committed; return the rows."""
        connection = psycopg2.connect(database_url(self.database))
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(query, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def session_of(self, username: str) -> str:
        """A session of this officer, as signing in would make it; its key is the cookie's value."""
        from portal.accounts.models import User  # Django may not be set up when this module is imported

        ((pk, password),) = self.sql("SELECT id, password FROM accounts_user WHERE username = %s", username)
        signed_in = {
            SESSION_KEY: str(pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: User(password=password).get_session_auth_hash(),
        }
        key = get_random_string(32)
        self.sql(
            "INSERT INTO django_session (session_key, session_data, expire_date)"
            " VALUES (%s, %s, now() + interval '1 day')",
            key,
            SessionStore().encode(signed_in),
        )
        return key

    def get(self, path: str) -> tuple[int, str]:
        """Ask a page as nobody; return status and body."""
        try:
            with urllib.request.urlopen(self.base_url + path, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def healthy(self) -> bool:
        return self.get("/healthz")[0] == 200

    def wait_until(self, true: Callable[[], Any], *, seconds: float = 20.0, what: str = "it happens") -> Any:
        """Ask again until the answer is true, and return it; fail with the logs after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.start_what_ended()
            answer = true()
            if answer:
                return answer
            time.sleep(0.1)
        raise AssertionError(f"Waited {seconds:.0f} s until {what}.\n{self.log_tails()}")

    def log_tails(self) -> str:
        tails = [
            f"--- {path.name}\n{path.read_text('utf-8', 'replace')[-2000:]}"
            for path in sorted(self.logs.glob("*.log"))
        ]
        return "\n".join([f"/healthz: {self.get('/healthz')}", *tails])

    def _make_database(self) -> None:
        """Copy a database that holds the demo; the first stack of a run makes it for all."""
        with maintenance() as cursor:
            for name in database_names(cursor, DATABASE_PREFIX):  # of runs that were killed
                pid = name.removeprefix(DATABASE_PREFIX)
                if pid.isdigit() and not is_alive(int(pid)):
                    drop(cursor, name)
            copy(cursor, self._source(), self.database)

    def _source(self) -> str:
        schema = migrated_template()
        if not self.families:
            return schema

        def load(name: str) -> None:
            environment = self.environment | {"DATABASE_URL": database_url(name)}
            run_manage("demo", "--families", str(self.families), "--into", name, environment=environment)

        # The demo's days and hours count from now: it serves the stacks of one run and no other.
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
        return template(f"{DEMO_PREFIX}{self.families}_{run}", load, replaces=DEMO_PREFIX, copy_of=schema)
