"""`bin/bench pages`: what officers open all day, with 2,000 people in the province and with 200,000.

For each page two checks: `<page>_growth`, the slow end (p95) of the large province over that of the small
one, and `<page>_queries`, at most 15 and the same at both sizes. Requests go through the whole stack of the
portal in one process, on a database of its own that is filled by COPY.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from portal.embedded.homes import ROOT
from tests.bench import Report

SMALL, LARGE = 2_000, 200_000
GROWTH, QUERIES = 2.0, 15
ROUNDS = 3


def run(arguments: list[str]) -> Report:
    parser = ArgumentParser(prog="bin/bench pages")
    parser.add_argument("--size", type=int, default=LARGE, help="people in the large province")
    size = parser.parse_args(arguments).size
    workers = {people: _Worker(people) for people in (SMALL, size)}
    try:
        rounds: dict[int, list[dict[str, dict[str, float]]]] = {people: [] for people in workers}
        for _round in range(ROUNDS):  # in turns, so that a slow moment of the machine meets both
            for people, worker in workers.items():
                rounds[people].append(worker.measure())
    finally:
        for worker in workers.values():
            worker.close()
    report = Report("pages")
    for page in rounds[SMALL][0]:
        # The best of the rounds is what the page costs when nothing else disturbs it.
        small = min(found[page]["p95"] for found in rounds[SMALL])
        large = min(found[page]["p95"] for found in rounds[size])
        queries = {people: int(found[0][page]["queries"]) for people, found in rounds.items()}
        report.check(f"{page}_growth", large / small, GROWTH)
        same = queries[SMALL] == queries[size]
        report.check(f"{page}_queries", queries[size] if same else float("inf"), QUERIES)
        report.figures[f"{page}_small_ms"] = round(small * 1000, 1)
        report.figures[f"{page}_large_ms"] = round(large * 1000, 1)
        print(
            f"{page:<18} {small * 1000:7.1f} ms → {large * 1000:7.1f} ms, {queries[size]} queries", flush=True
        )
    report.figures["people"] = size
    return report


class _Worker:
    """A process with the portal on a database of one size; it measures when asked."""

    def __init__(self, people: int) -> None:
        self.name = f"bench_pages_{people}"
        parts = urlsplit(os.environ["DATABASE_URL"])
        self.server = urlunsplit(parts._replace(path="/postgres"))
        self._maintain("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._maintain("CREATE DATABASE {} TEMPLATE template0")
        environment = os.environ | {
            "DATABASE_URL": urlunsplit(parts._replace(path=f"/{self.name}")),
            "PORTAL_DEMO": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench._pages_worker", str(people)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        print(f"{people:,} people: {self._answer()}", flush=True)

    def measure(self) -> dict[str, dict[str, float]]:
        assert self.process.stdin is not None
        self.process.stdin.write("measure\n")
        self.process.stdin.flush()
        found: dict[str, dict[str, float]] = json.loads(self._answer())
        return found

    def _answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker of {self.name} ended: status {self.process.wait()}")
        return line.strip()

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)
        self._maintain("DROP DATABASE IF EXISTS {} WITH (FORCE)")

    def _maintain(self, statement: str) -> None:
        connection = psycopg2.connect(self.server)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(statement).format(sql.Identifier(self.name)))
        finally:
            connection.close()
