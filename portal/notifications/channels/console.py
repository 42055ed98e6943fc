"""The channel of a demo: it writes the message to the worker's log, and the inbox shows it."""

from __future__ import annotations

import sys

from portal.notifications.models import Message


class ConsoleChannel:
    name = "console"
    confirms_at_once = True
    keeps_secrets = True  # the inbox shows codes and links

    def send(self, message: Message, text: str) -> str:
        sys.stdout.write(f"[message {message.pk}] {message.kind}\n")
        sys.stdout.flush()
        return f"console {message.pk}"
