"""Load the country's places; with `--sites` the demo's checkpoints, pick-up points and offices too."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.places.loading import load_country, load_sites


class Command(BaseCommand):
    help = "Loads provinces, communes and old communes from the data files. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sites", action="store_true", help="load the demo's sites as well")

    def handle(self, *args: Any, sites: bool = False, **options: Any) -> None:
        counts = load_country()
        if sites:
            counts |= load_sites()
        self.stdout.write(", ".join(f"{count:,} {name}" for name, count in counts.items()))
