"""`bin/bench registrations_import`: a list of 20,000 people into a province of 200,000.

* `import_vs_default`: rows a second of the whole import (the file read, every row checked and matched, and the
  families with their people, scores, log, links and messages committed), over those of django-import-export's
  defaults, row by row, on the same models: plain resources of persons, registrations and members. The defaults
  get a fifth of the rows, for their cost of a row does not change with the number of rows; they check nothing,
  log nothing and tell nobody.

Figures: `rows_per_second`, its parts, and `peak_memory_mb` of a worker process that did nothing else.
"""

from __future__ import annotations

from argparse import ArgumentParser

from tests.bench import Report
from tests.bench._worker import Worker

PEOPLE, ROWS, FRACTION = 200_000, 20_000, 5
TIMES_FASTER = 5


def run(arguments: list[str]) -> Report:
    parser = ArgumentParser(prog="bin/bench registrations_import")
    parser.add_argument("--size", type=int, default=PEOPLE, help="people in the province")
    parser.add_argument("--rows", type=int, default=ROWS, help="people in the list")
    given = parser.parse_args(arguments)
    worker = Worker("registrations_import", given.size)
    try:
        # The defaults first and again after: the machine's slow moments meet both.
        part = given.rows // FRACTION
        before = worker.ask(f"default {part} 1")
        ours = worker.ask(f"import {given.rows} 2")
        after = worker.ask(f"default {part} 3")
    finally:
        worker.close()
    default = max(part / before["seconds"], part / after["seconds"])
    speed = ours["rows"] / (ours["check"] + ours["commit"])
    report = Report("registrations_import")
    report.check("import_vs_default", speed / default, TIMES_FASTER, at_least=True)
    report.figures |= {
        "people": given.size,
        "rows": ours["rows"],
        "families": ours["families"],
        "rows_per_second": round(speed),
        "rows_per_second_default": round(default),
        "check_seconds": round(ours["check"], 1),
        "commit_seconds": round(ours["commit"], 1),
        "peak_memory_mb": ours["memory"],
    }
    for check in report.checks:
        print(check, flush=True)
    return report
