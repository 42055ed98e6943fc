"""`manage.py work_on_import NUMBER`: the next step of one list of registrations. The worker runs it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from repatriation.importing import actions as importing


class Command(BaseCommand):
    help = "Checks or commits one list of registrations."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", type=int)

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        importing.work_on(batch)
