"""`bin/run`: the whole portal on this machine, until Ctrl-C.

Web server, worker and scheduler are children in process groups of their own. One that dies is started
again. Linux ends them when this process dies, however it dies; the embedded servers see the lock that it
held become free, and stop.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from types import FrameType

from portal.embedded.environment import prepare_environment
from portal.embedded.homes import ROOT, var_folder
from portal.embedded.processes import LOCALHOST, Lock, ServersUnavailable, die_with_parent, kill_group, stop
from portal.embedded.servers import release_servers, restore_servers, running_database_url, servers_lost

FIRST_PORT = 8000
LAST_PORT = 65_535
LOOK_SECONDS = 0.2
FIRST_PAGE_SECONDS = 90.0
STEADY_SECONDS = 30.0  # a child that lived so long starts again at once
LONGEST_PAUSE_SECONDS = 15.0
LARGEST_LOG_BYTES = 10_000_000


@dataclass
class Child:
    """One of the portal's processes, with its log and its way to end."""

    name: str
    command: list[str]
    log: Path
    end_seconds: float
    sockets: tuple[int, ...] = ()
    environment: dict[str, str] | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    next_start: float = field(default=0.0)

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        # Of its owner alone: the worker's log of a demo holds codes and links.
        descriptor = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.sockets,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        self.started = time.monotonic()

    def died(self) -> int | None:
        """Return the status of a child that has just ended by itself, once."""
        if self.process is None or self.process.poll() is None:
            return None
        status = self.process.returncode
        kill_group(self.process)  # what it left behind
        self.process = None
        self.failures = 0 if time.monotonic() - self.started > STEADY_SECONDS else self.failures + 1
        pause = min(0.2 * 2**self.failures, LONGEST_PAUSE_SECONDS) if self.failures else 0.0
        self.next_start = time.monotonic() + pause
        return status

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self) -> None:
        """Wait for the end, then make sure that nothing of its group is left."""
        if self.process is None:
            return
        stop(self.process, signal.SIGTERM, timeout=self.end_seconds)
        kill_group(self.process)
        self.process = None


def children_for(
    listener: socket.socket, logs: Path, environment: dict[str, str] | None = None
) -> list[Child]:
    """Return web server, worker and scheduler as they would run in production."""
    processes = str(min(4, max(2, os.cpu_count() or 2)))
    celery = [sys.executable, "-m", "celery", "-A", "portal.celery"]
    web = [
        sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"fd://{listener.fileno()}",
        "--preload", "--workers", processes, "--threads", "4", "--timeout", "60", "--graceful-timeout", "8",
        "--keep-alive", "5", "--max-requests", "20000", "--max-requests-jitter", "2000",
        "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip
    worker = [*celery, "worker", "--loglevel", "WARNING", "--concurrency", processes, "-O", "fair"]
    beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]
    return [
        Child("web", web, logs / "web.log", 12, (listener.fileno(),), environment),
        Child("worker", worker, logs / "worker.log", 20, (), environment),
        Child("scheduler", beat, logs / "scheduler.log", 8, (), environment),
    ]


def running_environment() -> dict[str, str]:
    """Return the environment of the children: their role of the database does not own it."""
    return os.environ | {"DATABASE_URL": running_database_url()}


class Supervisor:
    """Starts the children, watches them, and ends them in order."""

    def __init__(self, children: list[Child]) -> None:
        self.children = children
        self.ending = False

    def run(self, address: str, greeting: str) -> int:
        web, *others = self.children
        web.start()
        status = self._first_answer(address)  # the page first, and the processors for nothing else
        for child in others:
            if not self.ending:
                child.start()
        if status:
            print(greeting, flush=True)
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                print(
                    f"The first page fails ({status}); the reason is in {self.children[0].log}.",
                    file=sys.stderr,
                )
        elif not self.ending:
            print(f"The first page does not come; the reason is in {self.children[0].log}.", file=sys.stderr)
            return 1
        looks = 0
        while not self.ending:
            time.sleep(LOOK_SECONDS)
            self._restart_dead(self.children)
            looks += 1
            if looks % 5 == 0:
                self._restore_servers()
        return 0

    def _first_answer(self, address: str) -> int:
        """Wait for the first page; return its status, or 0 when none comes."""
        deadline = time.monotonic() + FIRST_PAGE_SECONDS
        while not self.ending and time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own address
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                error.close()
                return error.code
            except OSError:
                time.sleep(0.1)
            self._restart_dead(self.children[:1])
        return 0

    def _restart_dead(self, children: list[Child]) -> None:
        for child in children:
            status = child.died()
            if status is not None:
                print(
                    f"The {child.name} ended (status {status}), is started again; see {child.log}.",
                    flush=True,
                )
            if child.process is None and not self.ending and time.monotonic() >= child.next_start:
                child.start()

    def _restore_servers(self) -> None:
        """A keeper that was killed is replaced; should its server have moved, the children must know."""
        if not servers_lost():
            return
        try:
            addresses = restore_servers()
        except ServersUnavailable as error:
            print(error, file=sys.stderr)
            return
        if any(os.environ[name] != address for name, address in addresses.items()):
            os.environ.update(addresses)
            for child in self.children:
                child.environment = running_environment()
                child.ask_to_end()

    def end(self) -> None:
        """First no more requests and no more due work, then what is under way is finished."""
        self.ending = True
        web, worker, scheduler = self.children
        scheduler.ask_to_end()
        web.end()
        scheduler.end()
        worker.end()


def open_listener(wanted: int) -> socket.socket:
    """Listen on the wanted port of this machine, or on the next one that is free."""
    for port in range(wanted, LAST_PORT + 1):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOCALHOST, port))
        except OSError:
            listener.close()
            continue
        listener.listen(1024)
        return listener
    raise ServersUnavailable(f"No port from {wanted} to {LAST_PORT} is free.")


def prepare_portal(demo_into: str | None = None) -> str:
    """Migrate, collect static files, load the demo; return the sign-ins to print."""
    answer = subprocess.run(
        [sys.executable, "-m", "portal.embedded.prepare", *filter(None, [demo_into])],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise ServersUnavailable("The portal could not be prepared; see the lines above.")
    return answer.stdout.strip("\n")


def where_messages_are(address: str, logs: Path) -> str:
    if os.environ["PORTAL_DEMO"] == "1":
        return (
            f"Messages go to nobody's phone: they appear at {address}/hop-thu/. "
            f"What the worker does stands in {logs / 'worker.log'}"
        )
    if os.environ.get("PORTAL_CHANNEL", "console") == "console":
        return (
            "No channel of messages is set up (PORTAL_CHANNEL): codes and invitations wait and reach nobody."
        )
    return ""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="bin/run", description="Runs the whole portal on this machine until Ctrl-C."
    )
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or FIRST_PORT))
    parser.add_argument(
        "--demo-into",
        metavar="DATABASE",
        help="load the demo into the database of DATABASE_URL; its name, to be sure that you mean it",
    )
    given = parser.parse_args(arguments)
    wanted = given.port
    # A database of one's own gets no demo unless its name was given.
    own_database = bool(os.environ.get("DATABASE_URL"))
    os.environ.setdefault("PORTAL_DEMO", "0" if own_database and not given.demo_into else "1")
    var = var_folder()
    alone = Lock(var / "run.lock")
    address_note = var / "address"
    if not alone.take():
        address = (
            address_note.read_text("utf-8").strip()
            if address_note.exists()
            else "an address that it will print"
        )
        print(f"The portal of this checkout is already running at {address}", file=sys.stderr)
        return 1
    address_note.unlink(missing_ok=True)
    supervisor: Supervisor | None = None

    def interrupt(signum: int, frame: FrameType | None) -> None:
        if supervisor is None:
            raise KeyboardInterrupt
        supervisor.ending = True

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, interrupt)
    status = 1
    try:
        prepare_environment()
        listener = open_listener(wanted)
        port = listener.getsockname()[1]
        address = f"http://{LOCALHOST}:{port}"
        os.environ.setdefault("PORTAL_BASE_URL", address)
        sign_ins = prepare_portal(given.demo_into)
        logs = var / "log"
        logs.mkdir(exist_ok=True)
        address_note.write_text(f"{address}\n", "utf-8")
        busy = f"\n(port {wanted} is busy, so it is {port})" if port != wanted else ""
        paragraphs = [
            f"The portal is at {address}{busy}",
            sign_ins,
            where_messages_are(address, logs),
            "Ctrl-C stops it.",
        ]
        greeting = "\n" + "\n\n".join(filter(None, paragraphs))
        supervisor = Supervisor(children_for(listener, logs, running_environment()))
        status = supervisor.run(address, greeting)
    except ServersUnavailable as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        status = 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print(f"No space left on the disk of {var}.", file=sys.stderr)
    finally:
        if supervisor is not None:
            print("Stopping …", flush=True)
            supervisor.end()
        with contextlib.suppress(OSError):
            address_note.unlink(missing_ok=True)
        release_servers()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
