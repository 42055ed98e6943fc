"""What the servers and the supervisor need of the operating system: locks, ports, signals."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
LOCALHOST = "127.0.0.1"


class ServersUnavailable(RuntimeError):
    """A server cannot be started; the text is one sentence for the person at the terminal."""


def die_with_parent(signum: int) -> Callable[[], None] | None:
    """Return a `preexec_fn` that has Linux send `signum` to the child when its parent dies, however it
    dies.

    Elsewhere there is no such call, and None is returned: the lock that keepers watch does the same, later.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def set_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return set_signal


def unprivileged() -> pwd.struct_passwd | None:
    """Return the user under whom servers run when we are root (PostgreSQL refuses root), else None."""
    if os.geteuid() != 0:
        return None
    for name in ("nobody", "daemon", "_unknown"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        if user.pw_uid != 0:
            return user
    raise ServersUnavailable(
        "There is no unprivileged user (such as nobody) under whom PostgreSQL could run."
    )


def drop_arguments() -> dict[str, object]:
    """Return the arguments of `subprocess` that give up root, or none when we are not root."""
    user = unprivileged()
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class Lock:
    """A lock on a file, which the kernel drops with the process that holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    @property
    def held(self) -> bool:
        return self._file is not None

    def take(self, *, shared: bool = False, timeout: float = 0.0) -> bool:
        """Take the lock, waiting up to `timeout` seconds; say whether we have it."""
        descriptor = (
            self._file if self._file is not None else os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        )
        mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
        deadline = time.monotonic() + timeout
        while True:
            try:
                fcntl.flock(descriptor, mode)
            except OSError as error:
                if error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
                    os.close(descriptor)
                    raise
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    self._file = None
                    return False
                time.sleep(0.05)
            else:
                self._file = descriptor
                return True

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def is_free(self) -> bool:
        """Say whether nobody holds the lock at this moment."""
        probe = Lock(self.path)
        if probe.take():
            probe.release()
            return True
        return False


def port_is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOCALHOST, 0))
        return int(probe.getsockname()[1])


def answers(port: int, *, timeout: float = 1.0) -> bool:
    """Say whether something accepts a connection at the port of this machine."""
    try:
        socket.create_connection((LOCALHOST, port), timeout=timeout).close()
    except OSError:
        return False
    return True


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command_of(pid: int) -> str:
    """Return the command line of a process, or nothing when it cannot be seen."""
    answer = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
    )
    return answer.stdout.strip()


def stop(child: subprocess.Popen[bytes], signum: int, *, timeout: float) -> None:
    """Ask the child to end by `signum`; after `timeout` seconds kill its whole process group."""
    if child.poll() is not None:
        return
    child.send_signal(signum)
    try:
        child.wait(timeout)
    except subprocess.TimeoutExpired:
        kill_group(child)
        child.wait(10)


def kill_group(child: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        child.kill()
