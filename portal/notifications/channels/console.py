"""The channel of a portal without credentials: it writes the message to the worker's log."""

from __future__ import annotations

import sys

from django.conf import settings

from portal.notifications.models import Message


class ConsoleChannel:
    name = "console"
    confirms_at_once = True

    @property
    def keeps_secrets(self) -> bool:
        return bool(settings.PORTAL_DEMO)

    def send(self, message: Message, text: str) -> str:
        shown = text if settings.PORTAL_DEMO else message.render({})
        sys.stdout.write(f"[message {message.pk}] {message.phone or message.email}: {shown}\n")
        sys.stdout.flush()
        return f"console {message.pk}"
