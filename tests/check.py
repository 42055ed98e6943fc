"""`bin/test`: lint, format, types and tests; the status says whether all passed.

Without arguments everything runs; `--quick` leaves out what needs a browser or starts servers of its own. With
any other arguments pytest alone runs, with these: bin/test tests/citizens -k phone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from tests.browser import find_chromium

PACKAGES = ["portal", "citizens", "repatriation", "quarantine", "appointments"]
CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "formatting": ["tests.formatting", "--check"],
    "mypy": ["mypy", *PACKAGES],
}
# The journeys come after the rest: they watch a running portal, which is slow beside busy neighbours.
QUICK = "not journey and not servers"
SLOW = "journey or servers"
SLOWEST_SHOWN = 10


def workers() -> int:
    """How many tests run side by side: one more than there are cores, as each waits now and then."""
    return min((os.cpu_count() or 1) + 1, 8)


def side_by_side(marks: str, *arguments: str) -> list[str]:
    return [
        "pytest",
        *("-m", marks, "-n", str(workers()), "--dist", "worksteal", f"--durations={SLOWEST_SHOWN}"),
        *arguments,
    ]


def steps(arguments: list[str]) -> dict[str, list[str]]:
    """The commands to run, each a Python module with its arguments, by name."""
    if arguments and arguments[0] != "--quick":
        return {"pytest": ["pytest", *arguments]}
    found = {**CHECKS, "tests": side_by_side(QUICK, *arguments[1:])}
    return found if arguments else {**found, "journeys and servers": side_by_side(SLOW)}


def main(arguments: list[str]) -> int:
    failed = []
    begun = time.monotonic()
    for name, command in steps(arguments).items():
        started = time.monotonic()
        print(f"== {name}", flush=True)
        status = subprocess.run([sys.executable, "-m", *command], check=False).returncode
        print(
            f"== {name}: {'passed' if status == 0 else 'FAILED'}, {time.monotonic() - started:.0f} s",
            flush=True,
        )
        if status:
            failed.append(name)
    if not arguments and find_chromium() is None:
        print(
            "No Chromium was found (CHROMIUM, /usr/bin/chromium, Playwright's): the journeys were left out."
        )
    print(f"All in {time.monotonic() - begun:.0f} s.", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
