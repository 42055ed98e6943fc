"""What the scheduler does for accounts."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from portal.accounts.models import SignInCount
from portal.accounts.signing_in import WINDOW


@shared_task
def clear_old_sign_in_counts() -> int:
    """Delete counts of wrong passwords that limit nobody any more."""
    deleted, _rows = SignInCount.objects.filter(began_at__lt=timezone.now() - WINDOW).delete()
    return deleted
