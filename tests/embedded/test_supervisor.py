"""`bin/run` as a person meets it: it starts, heals, refuses to start twice, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.embedded.homes import ROOT
from portal.embedded.processes import LOCALHOST, unprivileged

pytestmark = [
    pytest.mark.servers,
    pytest.mark.timeout(180),
]
START_SECONDS = 90


def wait_until(true: Callable[[], object], *, seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.1)
    return False


class Run:
    """One `bin/run` with files of its own, on a machine where its first port is taken."""

    def __init__(self, folder: Path) -> None:
        self.var = folder / "var"
        self.output = folder / "output.txt"
        self.busy = socket.socket()
        self.busy.bind((LOCALHOST, 0))
        self.busy.listen()
        self.busy_port = self.busy.getsockname()[1]
        self.process = self.start(self.output)

    def start(self, output: Path) -> subprocess.Popen[bytes]:
        with output.open("wb") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "portal.embedded.supervisor", "--port", str(self.busy_port)],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "PORTAL_VAR": str(self.var), "PORTAL_DEMO": "0"},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.output.read_text("utf-8")

    @property
    def address(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+", self.said)
        return found[0] if found else ""

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(self.address + "/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, ValueError):
            return False

    def processes(self) -> dict[int, str]:
        """Every process that knows of this run's files, by its environment or its arguments."""
        home = str(self.home("postgres").parent)
        seen = subprocess.run(
            ["ps", "axeww", "-o", "pid=,command="], capture_output=True, text=True, check=True
        )
        lines = (line.strip().partition(" ") for line in seen.stdout.splitlines())
        return {
            int(pid): command
            for pid, _, command in lines
            if (str(self.var) in command or home in command)
            and int(pid) != os.getpid()
            and "ps axeww" not in command
        }

    def home(self, kind: str) -> Path:
        note = self.var / "identity"
        if unprivileged() is None or not note.exists():
            return self.var / kind
        return Path("/var/lib/cong-tay-ninh") / note.read_text("utf-8").split()[0] / kind

    def pid_of(self, part: str) -> int:
        """The oldest process whose command has this text: the master, where there are several. 0: none."""
        return min((pid for pid, command in self.processes().items() if part in command), default=0)

    def kill(self, part: str) -> int:
        pid = self.pid_of(part)
        assert pid > 0, f"{part} is not running: {self.processes()}"
        os.kill(pid, signal.SIGKILL)
        return pid

    def clean(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        wait_until(lambda: not self.processes(), seconds=20)
        self.busy.close()
        if unprivileged() is not None:
            shutil.rmtree(self.home("postgres").parent, ignore_errors=True)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    started = Run(tmp_path_factory.mktemp("run"))
    try:
        assert wait_until(
            lambda: started.address or started.process.poll() is not None, seconds=START_SECONDS
        )
        assert wait_until(started.healthy), started.said
        yield started
    finally:
        started.clean()


def test_busy_port_takes_the_next_free_one_and_says_so(run: Run) -> None:
    assert run.address != f"http://127.0.0.1:{run.busy_port}"
    assert f"port {run.busy_port} is busy" in run.said


def test_second_run_of_the_same_checkout_says_where_the_first_is(run: Run, tmp_path: Path) -> None:
    second = run.start(tmp_path / "second.txt")
    assert second.wait(20) == 1
    assert (tmp_path / "second.txt").read_text("utf-8").strip() == (
        f"The portal of this checkout is already running at {run.address}"
    )


@pytest.mark.parametrize(
    "part", ["gunicorn", "celery -A portal.celery worker", "celery -A portal.celery beat"]
)
def test_killed_child_is_started_again(run: Run, part: str) -> None:
    before = run.kill(part)
    assert wait_until(lambda: run.pid_of(part) not in {0, before}), run.said
    assert wait_until(run.healthy, seconds=40), run.said


@pytest.mark.parametrize("part", ["bin/postgres -D", "valkey-server"])
def test_killed_server_is_started_again_by_its_keeper(run: Run, part: str) -> None:
    before = run.kill(part)
    assert wait_until(lambda: run.pid_of(part) not in {0, before}), run.said
    assert wait_until(run.healthy, seconds=60), run.said


def test_killed_keeper_is_replaced(run: Run) -> None:
    before = run.kill("portal.embedded.keeper postgres")
    assert wait_until(lambda: run.pid_of("portal.embedded.keeper postgres") not in {0, before}), run.said
    assert wait_until(run.healthy, seconds=40), run.said


def test_ctrl_c_leaves_no_process_and_the_next_start_keeps_the_data(run: Run) -> None:
    assert len(run.processes()) > 6
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(40) == 0
    assert run.processes() == {}
    started = time.monotonic()
    run.process = run.start(run.output)
    assert wait_until(lambda: bool(run.address)), run.said
    assert time.monotonic() - started < 30, "a second start takes seconds, even on a busy machine"
    assert "Preparing" not in run.said


def test_killed_supervisor_leaves_no_process(run: Run) -> None:
    assert wait_until(run.healthy, seconds=40), run.said
    run.process.kill()
    run.process.wait()
    assert wait_until(lambda: not run.processes(), seconds=30), run.processes()
