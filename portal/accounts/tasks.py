"""What the scheduler does for sessions."""

from __future__ import annotations

from importlib import import_module

from celery import shared_task
from django.conf import settings


@shared_task
def clear_old_sessions() -> None:
    """Delete the sessions that have ended: they hold names, phones and identity numbers of half-filled forms."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
