"""`bin/test`: lint, format, types and tests, one after the other; the status says whether all passed."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.browser import find_chromium

PACKAGES = ["portal", "citizens", "repatriation", "quarantine", "appointments"]
CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "formatting": ["tests.formatting", "--check"],
    "mypy": ["mypy", *PACKAGES],
}


def main(arguments: list[str]) -> int:
    failed = []
    for name, command in {**CHECKS, "pytest": ["pytest", *arguments]}.items():
        started = time.monotonic()
        print(f"== {name}", flush=True)
        status = subprocess.run([sys.executable, "-m", *command], check=False).returncode
        print(
            f"== {name}: {'passed' if status == 0 else 'FAILED'}, {time.monotonic() - started:.0f} s",
            flush=True,
        )
        if status:
            failed.append(name)
    if find_chromium() is None:
        print(
            "No Chromium was found (CHROMIUM, /usr/bin/chromium, Playwright's): the journeys were left out."
        )
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
