"""Create the first administrator: `manage.py add_admin NAME "Full name"`. The others are added on the pages."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.places.home import home_province
from portal.places.models import Place
from portal.records.actors import SYSTEM
from portal.records.log import record


class Command(BaseCommand):
    help = (
        "Creates an administrator of the home province and prints a password to be changed at first sign-in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("full_name")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(username=options["username"]).exists():
            raise CommandError(f"There is a user {options['username']} already.")
        try:
            home = home_province()
        except Place.DoesNotExist as error:
            raise CommandError("No places yet: run load_places first.") from error
        password = secrets.token_urlsafe(9)
        user = User.objects.create_user(
            options["username"], password, full_name=options["full_name"], must_change_password=True
        )
        Assignment.objects.create(user=user, role=Role.ADMIN, place=home)
        record(user, "created", by=SYSTEM, place=home)
        self.stdout.write(f"{user.username}  {password}  (shown once; to be changed at the first sign-in)")
