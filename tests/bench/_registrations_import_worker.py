"""The province of `bin/bench registrations_import`: fills its database, then has each import run in a process
of its own, so that its memory is its own too."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import time
from contextlib import redirect_stdout

import django


def main(people: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    django.setup()
    from django.core.management import call_command

    from tests.bench._people import load_people

    started = time.monotonic()
    logging.disable(logging.WARNING)
    with redirect_stdout(io.StringIO()):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("demo", families=0)
    rows = load_people(people)
    print(f"{sum(rows.values()):,} rows in {time.monotonic() - started:.0f} s", flush=True)
    for line in sys.stdin:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench._registrations_import_run", *line.split()],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.stderr.write(done.stderr)
            sys.exit(1)
        print(json.dumps(json.loads(done.stdout.splitlines()[-1])), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
