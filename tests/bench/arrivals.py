"""`bin/bench arrivals`: the checkpoint and its board, with 2,000 people in the province and with 200,000.

* `lookup_<kind>_growth`: the slow end (p95) of looking somebody up by code, card, number, phone or name, in the
  large province over the small one; `lookup_growth` is the largest of them.
* `arrival_queries`: statements that record a family of four, from the first lock to the commit; those of the whole
  request, with the sign-in and the look-up of the card, are among the figures.
* `arrival_ratio`: such families a second over HTTP, over a bare view that writes the same rows.
* `board_growth`: the slow end of one answer of the board, in the large province over the small one.

Everything of one check is measured in turns in the same run, on databases that were filled by COPY. On the day
of the measurement the roads are as busy in the small province as in the large one.
"""

from __future__ import annotations

from argparse import ArgumentParser
from statistics import median

from tests.bench import Report
from tests.bench._worker import Worker

SMALL, LARGE = 2_000, 200_000
ROUNDS, LOOKS, BOARDS = 5, 40, 60
FORMS, FORM_ROUNDS = 200, 3


def run(arguments: list[str]) -> Report:
    parser = ArgumentParser(prog="bin/bench arrivals")
    parser.add_argument("--size", type=int, default=LARGE, help="people in the large province")
    parser.add_argument("--only", choices=["lookup", "board", "record"], help="one part, for trying")
    given = parser.parse_args(arguments)
    report = Report("arrivals", figures={"people": given.size, "people_small": SMALL})
    parts = {"lookup": _lookup, "board": _board, "record": _record}
    workers: list[Worker] = []
    try:
        for people in (SMALL, given.size):
            workers.append(Worker("arrivals", people))
        for name, part in parts.items():
            if given.only in {None, name}:
                known = len(report.checks)
                part(report, *workers)
                for check in report.checks[known:]:
                    print(check, flush=True)
    finally:
        for worker in workers:
            worker.close()
    return report


def _lookup(report: Report, small: Worker, large: Worker) -> None:
    found: dict[Worker, list[dict[str, list[float]]]] = {small: [], large: []}
    for _round in range(ROUNDS):  # in turns, so that a slow moment of the machine meets both
        for worker, rounds in found.items():
            rounds.append(worker.ask(f"lookup {LOOKS}"))
    growths = {}
    for kind in found[small][0]:
        # The best of the rounds is what it costs when nothing else disturbs it.
        before, after = (min(_p95(one[kind]) for one in found[worker]) for worker in (small, large))
        growths[kind] = after / before
        report.figures |= {f"lookup_{kind}_small_ms": _ms(before), f"lookup_{kind}_ms": _ms(after)}
        report.check(f"lookup_{kind}_growth", growths[kind], 1.5)
    report.check("lookup_growth", max(growths.values()), 1.5)


def _board(report: Report, small: Worker, large: Worker) -> None:
    slow: dict[Worker, list[float]] = {small: [], large: []}
    for _round in range(ROUNDS):
        for worker, ends in slow.items():
            ends.append(_p95(worker.ask(f"board {BOARDS}")))
    before, after = min(slow[small]), min(slow[large])
    report.check("board_growth", after / before, 1.3)
    report.figures |= {"board_small_ms": _ms(before), "board_ms": _ms(after)}


def _record(report: Report, _small: Worker, large: Worker) -> None:
    asked = large.ask("queries")
    report.check("arrival_queries", asked["queries"], 20)
    report.figures["arrival_request_queries"] = asked["request"]
    found = large.ask(f"record {FORMS} {FORM_ROUNDS}")
    portal, bare = median(found["portal"]), median(found["bare"])
    report.check("arrival_ratio", portal / bare, 0.3, at_least=True)
    report.figures |= {"arrivals_a_second": round(portal, 1), "arrivals_bare_a_second": round(bare, 1)}


def _p95(times: list[float]) -> float:
    ordered = sorted(times)
    return ordered[int(len(ordered) * 0.95) - 1]


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
