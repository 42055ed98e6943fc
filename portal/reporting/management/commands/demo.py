"""The command that loads a lively demo of the home province: `manage.py demo`. Safe to run twice."""

from __future__ import annotations

import random
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.module_loading import autodiscover_modules

from portal.accounts.demo import demo_sign_ins
from portal.demo import Stage, demo_steps
from portal.places.home import home_province


def require_named_database(named: str | None) -> None:
    """Refuse to fill somebody's own database with invented people and open accounts, unless it was named."""
    name = connection.settings_dict["NAME"]
    if named == name or (named is None and settings.PORTAL_EMBEDDED):
        return
    host = connection.settings_dict["HOST"] or "this machine"
    said = f"You named {named}." if named else "It is not the embedded server's."
    raise CommandError(
        f"The demo would put invented families and open accounts into the database {name} on {host}. {said} "
        f"If you mean it, say so: demo --into {name} (bin/run --demo-into {name})."
    )


class Command(BaseCommand):
    help = "Loads the places and a demo of the province: families at every stage, one user for each role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--families", type=int, default=2_000)
        parser.add_argument("--seed", type=int, default=2021)
        parser.add_argument(
            "--into",
            metavar="DATABASE",
            help="the name of the database, where it is not the embedded server's",
        )
        parser.add_argument("--sign-ins", action="store_true", help="only list the demo's sign-ins")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["sign_ins"]:
            require_named_database(options["into"])
            self._load(options["families"], options["seed"])
        for row in demo_sign_ins():
            self.stdout.write(f"  {row['username']:<10} {row['password']}  {row['role']} · {row['place']}")

    def _load(self, families: int, seed: int) -> None:
        started = time.monotonic()
        call_command("load_places", sites=True, stdout=self.stdout)
        autodiscover_modules("demo")
        with transaction.atomic():
            stage = Stage(
                families=families, rng=random.Random(seed), home=home_province(), say=self.stdout.write
            )
            for step in demo_steps():
                step(stage)
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            # Without statistics the server plans lists as if the new rows were not there. The tables by name: a bare
            # ANALYZE also locks the catalogs that all databases of the server share, until the transaction ends.
            cursor.execute("ANALYZE {}".format(", ".join(map(quote, connection.introspection.table_names()))))
        self.stdout.write(f"demo ready in {time.monotonic() - started:.1f} s")
