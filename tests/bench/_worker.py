"""A process with the portal on a database of one size. It fills it, and answers each line with a line of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from portal.embedded.homes import ROOT


class Worker:
    """Runs `tests.bench._NAME_worker SIZE` on a database of its own."""

    def __init__(self, name: str, size: int, unit: str = "people") -> None:
        self.name = f"bench_{name}_{size}"
        parts = urlsplit(os.environ["DATABASE_URL"])
        self.server = urlunsplit(parts._replace(path="/postgres"))
        self._maintain("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._maintain("CREATE DATABASE {} TEMPLATE template0")
        environment = os.environ | {
            "DATABASE_URL": urlunsplit(parts._replace(path=f"/{self.name}")),
            "PORTAL_DEMO": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"tests.bench._{name}_worker", str(size)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        print(f"{size:,} {unit}: {self._answer()}", flush=True)

    def ask(self, question: str) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{question}\n")
        self.process.stdin.flush()
        return json.loads(self._answer())

    def _answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker of {self.name} ended: status {self.process.wait()}")
        return line.strip()

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)
        self._maintain("DROP DATABASE IF EXISTS {} WITH (FORCE)")

    def _maintain(self, statement: str) -> None:
        connection = psycopg2.connect(self.server)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(statement).format(sql.Identifier(self.name)))
        finally:
            connection.close()
