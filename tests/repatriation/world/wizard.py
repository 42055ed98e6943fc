"""The registration form as a browser without JavaScript sends it."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

LAN = {"full_name": "Nguyễn Thị Lan", "birth": "12/03/1984", "sex": "female", "identity": "072184004821"}


def step(slug: str) -> str:
    return reverse("repatriation:register_step", args=[slug])


def add_person(client: Client, *, health: dict[str, str] | None = None, **fields: str) -> Any:
    page = client.get(reverse("repatriation:register_person_add"))
    key = str(page.context["form"]["client_key"].value())
    response = client.post(reverse("repatriation:register_person_add"), {**LAN, "client_key": key, **fields})
    if response.status_code == 302 and health is not None:
        response = client.post(response.url, health)
    return response
