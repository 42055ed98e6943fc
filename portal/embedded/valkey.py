"""The embedded Valkey: Celery's broker and the place of heartbeats. What waits in it survives a restart."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import time
from pathlib import Path

import redis

from portal.embedded.homes import give_away, private_folder, server_home, valkey_binary
from portal.embedded.processes import LOCALHOST

START_SECONDS = 30.0


class Valkey:
    """One server with its append-only file in `home/data`."""

    kind = "valkey"
    stop_signal = signal.SIGTERM
    stop_seconds = 15.0

    def __init__(self, home: Path | None = None) -> None:
        self.home = home or server_home(self.kind)
        self.data = self.home / "data"
        self.binary = valkey_binary()

    @property
    def password(self) -> str:
        return (self.home / "password").read_text("utf-8").strip()

    def prepare(self) -> None:
        if not self.data.is_dir():
            private_folder(self.data)
        if not (self.home / "password").exists():
            self._write("password", secrets.token_urlsafe(24) + "\n")

    def _write(self, name: str, text: str) -> None:
        """Write a file of the server's, which nobody else may read, in one step."""
        half = self.home / f"{name}.new"
        half.unlink(missing_ok=True)
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        give_away(half)
        half.rename(self.home / name)

    def command(self, port: int, *, fast: bool) -> list[str]:
        # In a file: the arguments of a process can be read by everybody on the machine.
        lines = [
            f"bind {LOCALHOST}",
            f"port {port}",
            f"requirepass {self.password}",
            "daemonize no",
            "set-proc-title no",
            f'dir "{self.data}"',
            'save ""',
            f"appendonly {'no' if fast else 'yes'}",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
            "tcp-keepalive 60",
        ]
        self._write("valkey.conf", "\n".join(lines) + "\n")
        return [str(self.binary), str(self.home / "valkey.conf")]

    def url(self, port: int) -> str:
        return f"redis://:{self.password}@{LOCALHOST}:{port}/0"

    def wait_until_ready(self, port: int, child: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while child.poll() is None and time.monotonic() < deadline:
            client = redis.Redis.from_url(self.url(port), socket_connect_timeout=1, socket_timeout=1)
            try:
                client.ping()
            except redis.RedisError:
                time.sleep(0.05)
            else:
                return True
            finally:
                client.close()
        return False
