"""The embedded PostgreSQL: made once, started, asked whether it answers, stopped."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg2
from psycopg2 import sql

from portal.embedded.homes import give_away, postgres_binaries, private_folder, server_home
from portal.embedded.processes import LOCALHOST, ServersUnavailable, command_of, drop_arguments, is_alive

USER = DATABASE = "portal"  # owns the database and migrates it
RUNNING_USER = "portal_running"  # the role of web, worker and scheduler: portal/records/rights.py
START_SECONDS = 60.0
SETTINGS = {
    "listen_addresses": LOCALHOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",  # an error names the statement and the row with its values; the portal logs it
    "max_wal_size": "2GB",
}
FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # A test that is rolled back leaves empty ends of tables. To cut one off, autovacuum waits five seconds for a table
    # that the next test uses, and keeps everybody's ANALYZE waiting.
    "vacuum_truncate": "off",
}
CLEAN_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


class Postgres:
    """One cluster in `home/data`, run by the user of the process or, for root, by an unprivileged one."""

    kind = "postgres"
    stop_signal = signal.SIGINT  # fast shutdown: sessions are ended, data is written
    stop_seconds = 30.0

    def __init__(self) -> None:
        self.home = server_home(self.kind)
        self.data = self.home / "data"
        self.binaries = postgres_binaries()

    @property
    def password(self) -> str:
        return (self.home / "password").read_text("utf-8").strip()

    @property
    def running_password(self) -> str:
        return (self.home / "running_password").read_text("utf-8").strip()

    def prepare(self) -> None:
        """Make the cluster if there is none, and clear what a killed server left."""
        if not self.data.is_dir():
            self._initialise()
        if not (self.home / "running_password").exists():
            self._write_password("running_password")
        self._clear_stale_lock()

    def _initialise(self) -> None:
        password = self._write_password("password")
        half = private_folder(self.home / "data.new")
        answer = subprocess.run(
            [
                str(self.binaries / "bin" / "initdb"), "--pgdata", str(half), "--username", USER,
                "--pwfile", str(password), "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C",
                "--no-sync", "--no-instructions",
            ],
            capture_output=True, text=True, check=False, cwd=self.home, env=CLEAN_ENVIRONMENT,
            **drop_arguments(),
        )  # type: ignore[call-overload]  # fmt: skip
        if answer.returncode:
            shutil.rmtree(half, ignore_errors=True)
            if "No space left" in answer.stderr:
                raise ServersUnavailable(
                    f"No space left on the disk of {self.home}: PostgreSQL needs about 100 MB."
                )
            raise ServersUnavailable(
                f"PostgreSQL could not make its files in {self.home}: {last_line(answer.stderr)}"
            )
        half.rename(self.data)

    def _write_password(self, name: str) -> Path:
        """Write a fresh password into a file that only the user of the server reads."""
        path = self.home / name
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24) + "\n")
        give_away(path)
        return path

    def _clear_stale_lock(self) -> None:
        """End a server that outlived its keeper, and drop the lock file that a killed one left."""
        lock = self.data / "postmaster.pid"
        try:
            pid = int(lock.read_text("utf-8").split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        if is_alive(pid) and str(self.data) in command_of(pid):
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + self.stop_seconds
            while is_alive(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
        lock.unlink(missing_ok=True)

    def command(self, port: int, *, fast: bool) -> list[str]:
        settings = SETTINGS | {"port": str(port)} | (FAST_SETTINGS if fast else {})
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "bin" / "postgres"), "-D", str(self.data), *options]

    def url(self, port: int) -> str:
        return f"postgresql://{USER}:{self.password}@{LOCALHOST}:{port}/{DATABASE}"

    def running_url(self, port: int) -> str:
        return f"postgresql://{RUNNING_USER}:{self.running_password}@{LOCALHOST}:{port}/{DATABASE}"

    def wait_until_ready(self, port: int, child: subprocess.Popen[bytes]) -> bool:
        """Wait until the server answers and the portal's database exists; False when it ended before."""
        deadline = time.monotonic() + START_SECONDS
        while child.poll() is None and time.monotonic() < deadline:
            try:
                connection = psycopg2.connect(
                    host=LOCALHOST,
                    port=port,
                    user=USER,
                    password=self.password,
                    dbname="postgres",
                    connect_timeout=2,
                )
            except psycopg2.OperationalError:
                time.sleep(0.05)
                continue
            make_database(connection, self.running_password)
            return True
        return False


def make_database(connection: psycopg2.extensions.connection, running_password: str) -> None:
    """Make the portal's database and the role that runs it, where they are missing."""
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [RUNNING_USER])
            statement = (
                "CREATE ROLE {} LOGIN PASSWORD %s"
                if cursor.fetchone() is None
                else "ALTER ROLE {} PASSWORD %s"
            )
            cursor.execute(sql.SQL(statement).format(sql.Identifier(RUNNING_USER)), [running_password])
    finally:
        connection.close()


def last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def tail(path: Path, characters: int = 4000) -> str:
    """Return the end of a log file, or nothing when there is none."""
    try:
        return path.read_text("utf-8", "replace")[-characters:]
    except OSError:
        return ""
