"""The command that loads the protocols from `quarantine/data/protocols.csv`."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from quarantine.models import Protocol

FILE = Path(__file__).resolve().parents[2] / "data" / "protocols.csv"


class Command(BaseCommand):
    help = "Loads the dated rules of quarantine. Safe to repeat; rows keep their identity."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        with FILE.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        for row in rows:
            Protocol.objects.update_or_create(
                document=row.pop("document"),
                person_class=row.pop("person_class"),
                protection=row.pop("protection"),
                defaults=values(row),
            )
        self.stdout.write(f"{len(rows)} protocol rows")


def values(row: dict[str, str]) -> dict[str, Any]:
    return {
        **row,
        "effective_to": row["effective_to"] or None,
        "days": int(row["days"]),
        "follow_up_days": int(row["follow_up_days"]),
        "test_days": [int(day) for day in row["test_days"].split()],
        "is_confirmed": row["is_confirmed"] == "1",
    }
