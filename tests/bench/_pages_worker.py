"""The portal of one size for `bin/bench pages`: fills its database, then measures at each line of its input."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import time
from contextlib import redirect_stdout
from urllib.parse import quote

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
    pages = _pages()
    for _line in sys.stdin:
        print(
            json.dumps({name: _measure(user, addresses) for name, (user, addresses) in pages.items()}),
            flush=True,
        )


def _pages() -> dict[str, tuple[str, list[str]]]:
    """Name → who opens it, and the addresses opened in turn."""
    from tests.bench._people import sample

    people = "/officer/people/"
    names = ["nguyen thi", "tran van", *sample("search_name", 38)]
    phones = sample("phone", 40)
    numbers = sample("identity_number", 40, "identity_number IS NOT NULL")
    return {
        "people": ("yte", [people] * 40),
        "people_name": ("yte", [f"{people}?q={quote(name)}" for name in names]),
        "people_phone": ("yte", [f"{people}?q={quote(phone)}" for phone in phones]),
        "people_identity": ("yte", [f"{people}?q={number}" for number in numbers]),
        "queue": ("dieuphoi", ["/officer/queue/"] * 40),
        "today": ("xa", ["/officer/today/"] * 40),
        "person": ("yte", [f"{people}{pk}/" for pk in sample("id", 40)]),
    }


def _measure(username: str, addresses: list[str]) -> dict[str, float]:
    """The slow end in seconds, and the most queries that one of the addresses needs."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from portal.accounts.models import User

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username=username))
    queries = 0
    for address in addresses[:8]:  # also warms caches up
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        queries = max(queries, len(captured))
    times = []
    for address in addresses:
        started = time.perf_counter()
        client.get(address)
        times.append(time.perf_counter() - started)
    times.sort()
    return {"p95": times[int(len(times) * 0.95) - 1], "queries": queries}


if __name__ == "__main__":
    main(int(sys.argv[1]))
