"""What the scheduler does for accounts and sessions."""

from __future__ import annotations

from importlib import import_module

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from portal.accounts.models import SignInCount
from portal.accounts.signing_in import WINDOW


@shared_task
def clear_old_sign_in_counts() -> int:
    """Delete counts of wrong passwords that limit nobody any more."""
    deleted, _rows = SignInCount.objects.filter(began_at__lt=timezone.now() - WINDOW).delete()
    return deleted


@shared_task
def clear_old_sessions() -> None:
    """Delete the sessions that have ended: they hold names, phones and identity numbers of half-filled forms."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
