"""The parent of one embedded server: `python -m portal.embedded.keeper postgres|valkey`.

Its first line of output is one JSON object for the process that started it: `{"url": …}` or `{"error": …}`.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from portal.embedded.postgres import CLEAN_ENVIRONMENT, Postgres, last_line, tail
from portal.embedded.processes import (
    Lock,
    ServersUnavailable,
    die_with_parent,
    drop_arguments,
    free_port,
    port_is_free,
    stop,
)
from portal.embedded.valkey import Valkey

LOOK_SECONDS = 0.2
PORTS_TO_TRY = 5
KINDS: dict[str, type[Postgres] | type[Valkey]] = {"postgres": Postgres, "valkey": Valkey}


class Keeper:
    """Starts a server, starts it again when it dies, stops it when nobody holds `users.lock`."""

    def __init__(self, kind: str, *, fast: bool) -> None:
        self.server = KINDS[kind]()
        self.fast = fast
        self.home = self.server.home
        self.child: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.ending = False
        self.users = Lock(self.home / "users.lock")

    @property
    def state_file(self) -> Path:
        return self.home / "state.json"

    def start(self) -> None:
        """Start the server on the port it had before, or on another when that one is taken."""
        self.server.prepare()
        log_path = self.home / "server.log"
        for attempt in range(PORTS_TO_TRY):
            self.port = self._choose_port(again=attempt > 0)
            with log_path.open("wb") as log:
                self.child = subprocess.Popen(
                    self.server.command(self.port, fast=self.fast), cwd=self.home, env=CLEAN_ENVIRONMENT,
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                    preexec_fn=die_with_parent(self.server.stop_signal), **drop_arguments(),
                )  # type: ignore[call-overload]  # fmt: skip
            if self.server.wait_until_ready(self.port, self.child):
                self._write_state()
                return
            if self.child.poll() is None:
                break
            time.sleep(0.2 * (attempt + 1))
        if self.child is not None:
            stop(self.child, self.server.stop_signal, timeout=5)
        said = tail(log_path)
        if "No space left" in said:
            raise ServersUnavailable(
                f"No space left on the disk of {self.home}: the {self.server.kind} server cannot start."
            )
        raise ServersUnavailable(
            f"The {self.server.kind} server does not start ({last_line(said)}); its log is {log_path}."
        )

    def _choose_port(self, *, again: bool) -> int:
        remembered = self.home / "port"
        try:
            port = int(remembered.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            port = 0
        if again or not port or not port_is_free(port):
            port = free_port()
            remembered.write_text(f"{port}\n", "utf-8")
        return port

    def _write_state(self) -> None:
        half = self.home / "state.json.new"
        half.unlink(missing_ok=True)
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        assert self.child is not None
        state = {
            "url": self.server.url(self.port),
            "port": self.port,
            "pid": self.child.pid,
            "keeper": os.getpid(),
        }
        if isinstance(self.server, Postgres):
            state["running_url"] = self.server.running_url(self.port)
        with os.fdopen(descriptor, "w") as file:
            json.dump(state, file)
        half.rename(self.state_file)

    def keep(self) -> None:
        """Watch until nobody uses the server or somebody ends us, then stop it."""
        failures = 0
        while not self.ending and not self.users.take():
            time.sleep(LOOK_SECONDS)
            if self.child is not None and self.child.poll() is not None:
                failures += 1
                time.sleep(min(0.1 * 2**failures, 5.0))
                try:
                    self.start()
                except ServersUnavailable as error:
                    print(error, file=sys.stderr, flush=True)
                else:
                    failures = 0
        self.state_file.unlink(missing_ok=True)
        if self.child is not None:
            stop(self.child, self.server.stop_signal, timeout=self.server.stop_seconds)

    def end(self, signum: int, frame: FrameType | None) -> None:
        self.ending = True


def say(**message: Any) -> None:
    """Tell the starter, then let go of its pipe so that it need not wait for our end."""
    print(json.dumps(message), flush=True)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def main(kind: str) -> int:
    keeper = Keeper(kind, fast=os.environ.get("PORTAL_EMBEDDED_FAST") == "1")
    alone = Lock(keeper.home / "keeper.lock")
    if not alone.take(timeout=10):
        say(error=f"Another keeper of {kind} is running and does not answer.")
        return 1
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, keeper.end)
    keeper.state_file.unlink(missing_ok=True)
    try:
        keeper.start()
    except ServersUnavailable as error:
        say(error=str(error))
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        say(error=f"No space left on the disk of {keeper.home}.")
        return 1
    say(url=keeper.server.url(keeper.port))
    keeper.keep()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
