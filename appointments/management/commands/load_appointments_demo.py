"""The command that loads the demo's office, procedures, slots and bookings after the places and sites."""

import random
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from appointments.demo import SEED, load


class Command(BaseCommand):
    help = "Loads the demo's office with three procedures, its times and some bookings. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=SEED)

    def handle(self, *args: Any, seed: int = SEED, **options: Any) -> None:
        counts = load(random.Random(seed))
        self.stdout.write(", ".join(f"{count:,} {name}" for name, count in counts.items()))
