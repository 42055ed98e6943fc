"""The portal of one size for `bin/bench arrivals`: fills its database, then measures what each line asks for."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import time
from contextlib import redirect_stdout

import django


def main(people: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.bench._arrivals import Road
    from tests.bench._people import load_people

    started = time.monotonic()
    logging.disable(logging.WARNING)
    with redirect_stdout(io.StringIO()):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("demo", families=0)
    rows = load_people(people)
    road = Road()
    road.fill_the_day()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"{sum(rows.values()):,} rows in {time.monotonic() - started:.0f} s", flush=True)
    for line in sys.stdin:
        name, *numbers = line.split()
        print(json.dumps(getattr(road, name)(*map(int, numbers))), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
