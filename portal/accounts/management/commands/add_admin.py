"""Create the first administrators: `manage.py add_admin NAME "Full name"`.

A second administrator confirms what one asks for, so two are made here; a further one waits for one of them.
"""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts.models import Assignment, User
from portal.accounts.requesting import request_role
from portal.accounts.roles import Role
from portal.places.home import home_province
from portal.places.models import Place
from portal.records.actors import SYSTEM
from portal.records.log import record

ENOUGH = 2  # administrators who can confirm each other's requests


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
        record(user, "created", by=SYSTEM, place=home)
        administrators = Assignment.objects.in_force().filter(
            role=Role.ADMIN, place=home, user__is_active=True
        )
        if administrators.values("user").distinct().count() < ENOUGH:
            Assignment.objects.create(user=user, role=Role.ADMIN, place=home)
            record(
                user, "assigned", by=SYSTEM, data={"role": Role.ADMIN.value, "place": home.path}, place=home
            )
        else:
            request_role(user, role=Role.ADMIN, place=home, by=SYSTEM)
            self.stdout.write("An administrator must confirm the role: it waits in their list of the day.")
        self.stdout.write(f"{user.username}  {password}  (shown once; to be changed at the first sign-in)")
