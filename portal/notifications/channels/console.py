"""The channel of a portal without credentials: it notes in the worker's log that a message is there.

Neither the recipient nor the text is written; in the demo both are on the page of sent messages.
"""

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
        sys.stdout.write(f"[message {message.pk}] {message.kind}\n")
        sys.stdout.flush()
        return f"console {message.pk}"
