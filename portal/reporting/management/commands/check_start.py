"""Say what web, worker and scheduler would say before they start: `manage.py check_start`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.startup import advice_before_start, faults_before_start


class Command(BaseCommand):
    help = "Says what keeps the portal from starting, and what should be put right. Run it as the role that runs."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = faults_before_start()
        for sentence in [] if faults else advice_before_start():
            self.stderr.write(sentence)
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write("The portal may start.")
