"""Addresses of the people's pages."""

from __future__ import annotations

from citizens.models import Person

LIST = "/officer/people/"


def page_of(person: Person, part: str = "") -> str:
    return f"{LIST}{person.pk}/{part}"
