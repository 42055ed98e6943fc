"""`bin/bench pages`: what officers open all day, with 2,000 people in the province and with 200,000.

For each page two checks: `<page>_growth`, the slow end (p95) of the large province over that of the small
one, and `<page>_queries`, at most 15 and the same at both sizes. Requests go through the whole stack of the
portal in one process, on a database of its own that is filled by COPY.
"""

from __future__ import annotations

from argparse import ArgumentParser

from tests.bench import Report
from tests.bench._worker import Worker

SMALL, LARGE = 2_000, 200_000
GROWTH, QUERIES = 2.0, 15
ROUNDS = 3


def run(arguments: list[str]) -> Report:
    parser = ArgumentParser(prog="bin/bench pages")
    parser.add_argument("--size", type=int, default=LARGE, help="people in the large province")
    size = parser.parse_args(arguments).size
    workers = {people: Worker("pages", people) for people in (SMALL, size)}
    try:
        rounds: dict[int, list[dict[str, dict[str, float]]]] = {people: [] for people in workers}
        for _round in range(ROUNDS):  # in turns, so that a slow moment of the machine meets both
            for people, worker in workers.items():
                rounds[people].append(worker.ask("measure"))
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
