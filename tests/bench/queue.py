"""`bin/bench queue`: the queue, the trips and the form with 20,000 families that wait and with 200,000.

* `fill_ratio`: filling a trip of 45 seats, over the barest SQL that picks, locks and writes the same rows.
* `fill_growth`: the same filling in the large queue, over the small one.
* `rescore_ratio`: publishing a version of the rules and scoring everybody by it, over one plain UPDATE of
  every family's score.
* `register_ratio`: last steps of the form a second over HTTP, over a bare view that inserts the same rows.
* `duplicate_growth`: the slow end (p95) of looking whether a family is known, in the large queue over the
  small one.

Everything of one check is measured in turns in the same run, on databases that were filled by COPY.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from statistics import median
from typing import Any

from tests.bench import Report
from tests.bench._worker import Worker

LARGE, TIMES = 200_000, 10
ROUNDS, FILLS = 4, 10  # fillings of each kind: their product
LOOKS = 50  # thirds of families whose people are looked for, in each round
FORMS, FORM_ROUNDS = 200, 3
RESCORINGS = 2


def run(arguments: list[str]) -> Report:
    parser = ArgumentParser(prog="bin/bench queue")
    parser.add_argument("--size", type=int, default=LARGE, help="families in the large queue")
    parser.add_argument(
        "--only", choices=["fill", "known", "register", "rescore"], help="one part, for trying"
    )
    given = parser.parse_args(arguments)
    size, only = given.size, given.only
    report = Report("queue", figures={"families": size, "families_small": size // TIMES})
    parts = {"fill": _fill, "known": _known, "register": _register, "rescore": _rescore}
    workers: list[Worker] = []
    try:
        for families in (size // TIMES, size):
            workers.append(Worker("queue", families, "families"))
        for name, part in parts.items():
            if only in {None, name}:
                known = len(report.checks)
                part(report, *workers)
                for check in report.checks[known:]:
                    print(check, flush=True)
    finally:
        for worker in workers:
            worker.close()
    return report


def _fill(report: Report, small: Worker, large: Worker) -> None:
    found: dict[Worker, dict[str, list[float]]] = {
        worker: {"portal": [], "bare": []} for worker in (small, large)
    }
    # A queue made small to try the benchmark would have nobody left after so many trips.
    fills = max(2, min(FILLS, FILLS * report.figures["families"] // LARGE))
    for _round in range(ROUNDS):  # in turns, so that a slow moment of the machine meets all
        for worker, times in found.items():
            for way, more in worker.ask(f"fill {fills}").items():
                times[way] += more
    portal, bare = median(found[large]["portal"]), median(found[large]["bare"])
    before = median(found[small]["portal"])
    report.check("fill_ratio", portal / bare, 4)
    report.check("fill_growth", portal / before, 1.5)
    _note(report, fill_ms=portal, fill_bare_ms=bare, fill_small_ms=before)


def _known(report: Report, small: Worker, large: Worker) -> None:
    slow: dict[Worker, list[float]] = {small: [], large: []}
    for _round in range(ROUNDS):
        for worker, ends in slow.items():
            ends.append(_p95(worker.ask(f"known {LOOKS}")))
    # The best of the rounds is what it costs when nothing else disturbs it.
    before, after = min(slow[small]), min(slow[large])
    report.check("duplicate_growth", after / before, 1.5)
    _note(report, duplicate_small_ms=before, duplicate_ms=after)


def _register(report: Report, _small: Worker, large: Worker) -> None:
    found = large.ask(f"register {FORMS} {FORM_ROUNDS}")
    portal, bare = median(found["portal"]), median(found["bare"])
    report.check("register_ratio", portal / bare, 0.3, at_least=True)
    report.figures |= {"register_a_second": round(portal, 1), "register_bare_a_second": round(bare, 1)}


def _rescore(report: Report, _small: Worker, large: Worker) -> None:
    found: list[dict[str, Any]] = [large.ask("rescore") for _time in range(RESCORINGS)]
    portal, plain = (min(one[way] for one in found) for way in ("portal", "plain"))
    report.check("rescore_ratio", portal / plain, 5)
    report.figures |= {"rescore_s": round(portal, 2), "rescore_plain_s": round(plain, 2)}
    report.figures |= {"rescored": found[-1]["families"], "rescored_moved": found[-1]["moved"]}


def _p95(times: Iterable[float]) -> float:
    ordered = sorted(times)
    return ordered[int(len(ordered) * 0.95) - 1]


def _note(report: Report, **seconds: float) -> None:
    report.figures |= {name: round(value * 1000, 2) for name, value in seconds.items()}
