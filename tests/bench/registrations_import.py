"""`bin/bench registrations_import`: a list of 20,000 people into a province of 200,000.

* `import_vs_default`: rows a second of the whole import (the file read, every row checked and matched, and the
  families with their people, scores, log, links and messages committed), over those of django-import-export's
  defaults, row by row, on the same models: plain resources of persons, registrations and members. The defaults
  get a fifth of the rows, for their cost of a row does not change with the number of rows; they check nothing,
  log nothing and tell nobody.
* `hostile_memory_mb`, `hostile_seconds`: the most that one of the files of `tests/sheets/hostile.py` takes to be
  checked, or to be given back with reasons, in a process that does nothing else. These are the two values that depend
  on the machine: the worker of a small machine has to bear them.

Figures: `rows_per_second`, its parts, and `peak_memory_mb` of a worker process that did nothing else.
"""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser
from typing import Any

from tests.bench import Report
from tests.bench._worker import Worker

PEOPLE, ROWS, FRACTION = 200_000, 20_000, 5
TIMES_FASTER = 5
HOSTILE_MEGABYTES, HOSTILE_SECONDS = 300, 10


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
        hostile = _hostile(worker)
    finally:
        worker.close()
    default = max(part / before["seconds"], part / after["seconds"])
    speed = ours["rows"] / (ours["check"] + ours["commit"])
    report = Report("registrations_import")
    report.check("import_vs_default", speed / default, TIMES_FASTER, at_least=True)
    for name, unit, limit in (("memory", "mb", HOSTILE_MEGABYTES), ("seconds", "", HOSTILE_SECONDS)):
        worst = max(hostile, key=lambda file: hostile[file][name])
        title = "_".join(filter(None, ["hostile", name, unit]))
        report.check(title, hostile[worst][name], limit)
        report.figures[f"{title}_of"] = worst
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


def _hostile(worker: Worker) -> dict[str, Any]:
    """Return what each of the hostile files took. One process makes it, and another reads it."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in worker.ask("names"):
            worker.ask(f"make {name} {folder}/file")
            found[name] = worker.ask(f"hostile {folder}/file")
            print(f"{name:<28} {found[name]}", flush=True)
    return found
