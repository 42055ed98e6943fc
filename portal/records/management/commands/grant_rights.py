"""Give the role that runs the portal its rights: `manage.py grant_rights`, as the owner. Safe to run twice."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.records.rights import grant_rights


class Command(BaseCommand):
    help = "Gives the database role that runs the portal its rights, and takes all others from it."

    def handle(self, *args: Any, **options: Any) -> None:
        role = settings.PORTAL_RUNNING_ROLE
        if not grant_rights():
            raise CommandError(
                f"There is no role {role}, or this is it: make it as deploy/README.md says, name it in "
                "PORTAL_RUNNING_ROLE, and run this command as the owner of the database."
            )
        self.stdout.write(f"{role} may read and write rows, and cannot change the logs.")
