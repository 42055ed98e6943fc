"""Who needs the servers calls `ensure_servers()`; on the terminal, `python -m portal.embedded.servers
[COMMAND …]`.

With a command it runs it with the servers' addresses in its environment; without, it keeps the servers
until Ctrl-C.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from portal.embedded.homes import ROOT, server_home
from portal.embedded.processes import Lock, ServersUnavailable, answers

KEEPER_SECONDS = 120.0
VARIABLES = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
RUNNING = "RUNNING_DATABASE_URL"  # the same database for web, worker and scheduler, which do not own it


@dataclass
class Held:
    """Our share of one embedded server."""

    kind: str
    home: Path
    users: Lock
    keeper: int = 0  # the keeper's process, if we are its parent


_held: dict[str, Held] = {}


def ensure_servers() -> tuple[str, str]:
    """Return the addresses of database and broker, starting the embedded servers where the environment
    names none.

    The embedded ones run at least until this process ends. Raises `ServersUnavailable` with a sentence
    to show.
    """
    return _address("postgres"), _address("valkey")


def running_database_url() -> str:
    """Return the address of the database for the role that runs; on a server of one's own, `DATABASE_URL`'s.

    Call it after `ensure_servers`.
    """
    given = os.environ.get(RUNNING)
    if given:
        return given
    held = _held.get("postgres")
    if held is None:
        return os.environ["DATABASE_URL"]
    state = json.loads((held.home / "state.json").read_text("utf-8"))
    return str(state.get("running_url") or state["url"])  # a keeper of an older version knows one role


def _address(kind: str) -> str:
    own = os.environ.get(VARIABLES[kind])
    if own:
        return own
    try:
        return _embedded(kind)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ServersUnavailable(
                "No space left on the disk: the portal's servers cannot start."
            ) from error
        raise


def _embedded(kind: str) -> str:
    held = _held.get(kind)
    if held is None:
        home = server_home(kind)
        held = Held(kind, home, Lock(home / "users.lock"))
        if not held.users.take(shared=True, timeout=KEEPER_SECONDS):
            raise ServersUnavailable(f"The {kind} server in {home} is being stopped and does not end.")
        _held[kind] = held
    starter = Lock(held.home / "starter.lock")
    if not starter.take(timeout=KEEPER_SECONDS):
        raise ServersUnavailable(f"The {kind} server in {held.home} is being started and does not answer.")
    try:
        return _running(held) or _start_keeper(held)
    finally:
        starter.release()


def _running(held: Held) -> str | None:
    """Return the address of the server that runs already; wait for one that its keeper is restarting."""
    deadline = time.monotonic() + KEEPER_SECONDS
    while not Lock(held.home / "keeper.lock").is_free():
        with contextlib.suppress(FileNotFoundError, ValueError):
            state = json.loads((held.home / "state.json").read_text("utf-8"))
            if answers(state["port"]):
                return str(state["url"])
        if time.monotonic() > deadline:
            raise ServersUnavailable(f"The {held.kind} server in {held.home} does not answer.")
        time.sleep(0.1)
    return None


def _start_keeper(held: Held) -> str:
    log = held.home / "keeper.log"
    with log.open("wb") as errors:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "portal.embedded.keeper", held.kind],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,  # Ctrl-C at the terminal is not for the servers
        )
    assert keeper.stdout is not None
    line = keeper.stdout.readline()
    keeper.stdout.close()
    held.keeper = keeper.pid
    keeper.returncode = 0  # it outlives us on purpose: no warning about a child that still runs
    try:
        answer = json.loads(line)
    except ValueError:
        raise ServersUnavailable(f"The keeper of the {held.kind} server failed; see {log}.") from None
    if "error" in answer:
        raise ServersUnavailable(answer["error"])
    return str(answer["url"])


def servers_lost() -> bool:
    """Say whether a keeper of a server that we hold has died (it starts its server again by itself)."""
    return any(Lock(held.home / "keeper.lock").is_free() for held in _held.values())


def restore_servers() -> dict[str, str]:
    """Replace keepers that died; return the addresses by the name of their variable."""
    return {VARIABLES[kind]: _embedded(kind) for kind in _held}


def release_servers(*, timeout: float = 60.0) -> None:
    """Let go of the embedded servers and, if we were their last user, wait until they have stopped."""
    deadline = time.monotonic() + timeout
    for held in _held.values():
        held.users.release()
    for held in _held.values():
        busy = 0
        while busy < 3 and time.monotonic() < deadline and not Lock(held.home / "keeper.lock").is_free():
            in_use = (held.home / "state.json").exists() and not held.users.is_free()
            busy = busy + 1 if in_use else 0
            time.sleep(0.1)
        if held.keeper and Lock(held.home / "keeper.lock").is_free():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(held.keeper, 0)
    _held.clear()


def main(command: list[str]) -> int:
    try:
        database_url, redis_url = ensure_servers()
    except ServersUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    addresses = {"DATABASE_URL": database_url, RUNNING: running_database_url(), "REDIS_URL": redis_url}
    environment = os.environ | addresses | ({"PORTAL_EMBEDDED": "1"} if "postgres" in _held else {})
    try:
        if command:
            return _run(command, environment)
        lines = [f"{name}={address}" for name, address in addresses.items()]
        print("\n".join([*lines, "Ctrl-C stops them."]), flush=True)
        _wait()
        return 0
    finally:
        release_servers()


def _run(command: list[str], environment: dict[str, str]) -> int:
    child = subprocess.Popen(command, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while True:
        try:
            status = child.wait()
        except KeyboardInterrupt:  # the child was told by the terminal as well: wait for its answer
            continue
        return status if status >= 0 else 128 - status


def _wait() -> None:
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(1)
            if servers_lost():
                restore_servers()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
