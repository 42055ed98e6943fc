"""Close the accounts of the demo: `manage.py close_demo_accounts`. Their names stay in the logs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal.accounts.actions import close_demo_accounts
from portal.accounts.models import Assignment
from portal.accounts.roles import Role


class Command(BaseCommand):
    help = "Closes every account of the demo, so that the portal may start without PORTAL_DEMO."

    def handle(self, *args: Any, **options: Any) -> None:
        names = close_demo_accounts()
        self.stdout.write(
            f"Closed: {', '.join(names)}." if names else "There is no open account of the demo."
        )
        admins = Assignment.objects.in_force().filter(role=Role.ADMIN, user__is_active=True)
        if not admins.exists():
            self.stdout.write('No administrator is left: make one with add_admin NAME "Full name".')
