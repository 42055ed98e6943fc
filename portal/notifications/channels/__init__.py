"""The channels by which messages leave the portal. Each is a module; nothing else imports its client."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from portal.notifications.models import Message


class ChannelRefused(Exception):
    """The channel did not take the message. `final` means that a retry would not help."""

    def __init__(self, detail: str, *, final: bool = False) -> None:
        super().__init__(detail)
        self.final = final


class MessageChannel(Protocol):
    name: str
    confirms_at_once: bool  # no receipt will follow: accepted means delivered
    keeps_secrets: bool  # secrets stay after sending: the demo's inbox must show codes and links

    def send(self, message: Message, text: str) -> str:
        """Hand the text over and return the provider's answer. Raises `ChannelRefused`."""
        ...


CHANNELS = {"console": "portal.notifications.channels.console.ConsoleChannel"}


def channel() -> MessageChannel | None:
    """Return the channel that `PORTAL_CHANNEL` names; None when messages would reach nobody.

    The console reaches nobody: it is a channel in a demo only. Outside one, messages wait until there is a channel.
    """
    if settings.PORTAL_CHANNEL == "console" and not settings.PORTAL_DEMO:
        return None
    sender: MessageChannel = import_string(CHANNELS[settings.PORTAL_CHANNEL])()
    return sender
