"""A family's phone: what the worker has delivered to it."""

from __future__ import annotations

import html
import random
import re
from dataclasses import dataclass
from typing import Any

from tests.live import LiveStack

DELIVERY_SECONDS = 30


@dataclass(frozen=True)
class Received:
    """A message as the database keeps it. `attempts` counts the tries that were written down."""

    id: int
    kind: str
    status: str
    context: dict[str, Any]
    secrets: dict[str, str]
    attempts: int

    @property
    def link(self) -> str:
        return self.secrets.get("link") or self.context["link"]


class Phone:
    """A number that nobody else in this portal has."""

    def __init__(self, stack: LiveStack, number: str = "") -> None:
        self.stack = stack
        self.number = number or f"0903{random.randrange(10**6):06d}"
        self._seen: dict[str, int] = {}

    @property
    def international(self) -> str:
        return "+84" + self.number[1:]

    def messages(self, kind: str = "") -> list[Received]:
        """Everything for this number, the oldest first, delivered or not."""
        rows = self.stack.sql(
            """SELECT id, kind, status, context, secrets,
                      (SELECT count(*) FROM notifications_attempt WHERE message_id = notifications_message.id)
               FROM notifications_message WHERE phone = %s ORDER BY id""",
            self.international,
        )
        received = [Received(*row) for row in rows]
        return [message for message in received if kind in ("", message.kind)]

    def wait_for(self, kind: str) -> Received:
        """The next message of this kind that was not read yet, as soon as a worker has delivered it."""

        def delivered() -> Received | None:
            news = (one for one in self.messages(kind) if one.id > self._seen.get(kind, 0))
            return next((one for one in news if one.status == "delivered"), None)

        message: Received = self.stack.wait_until(
            delivered, seconds=DELIVERY_SECONDS, what=f"“{kind}” is delivered to {self.number}"
        )
        self._seen[kind] = message.id
        return message

    def code(self) -> str:
        """The next one-time code."""
        return self.wait_for("one_time_code").secrets["code"]

    def shown(self) -> str:
        """The texts as the phone shows them: the demo's inbox page, filtered by this number."""
        status, page = self.stack.get(f"/hop-thu/?q={self.number}")
        assert status == 200
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
