from typing import Any

from django.core.management.base import BaseCommand

from repatriation.queue.rule_sets import load_rule_sets


class Command(BaseCommand):
    help = "Loads the priority rule sets that come with the portal. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_rule_sets()} rule sets made")
