"""The portal of one size for `bin/bench queue`: fills its database, then measures what each line asks for."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import django


def main(families: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from repatriation.models import Campaign
    from repatriation.queue.rescoring import rescore
    from tests.bench._people import load_queue

    started = time.monotonic()
    logging.disable(logging.WARNING)
    with redirect_stdout(io.StringIO()):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("demo", families=0)
    world, rows = load_queue(families)
    rescore(Campaign.objects.get(slug="dot-demo"))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(
        f"{rows['person']:,} people, {sum(rows.values()):,} rows in {time.monotonic() - started:.0f} s",
        flush=True,
    )
    answers = _answers(world)
    for line in sys.stdin:
        name, *numbers = line.split()
        print(json.dumps(answers[name](*map(int, numbers))), flush=True)


def _answers(world: Any) -> dict[str, Callable[..., Any]]:
    from tests.bench._queue_fill import Filling
    from tests.bench._queue_known import Known
    from tests.bench._queue_register import Registering
    from tests.bench._queue_rescore import Rescoring

    filling = Filling()
    filling.compare()
    known, registering, rescoring = Known(world), Registering(world), Rescoring()
    return {
        "fill": filling.measure,
        "known": known.measure,
        "register": registering.measure,
        "rescore": rescoring.measure,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
