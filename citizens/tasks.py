"""What the scheduler does for people's records."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.utils import timezone

from citizens.models import OneTimeCode, ProofTries


@shared_task
def clear_old_codes() -> int:
    """Delete codes and tries that neither open anything nor count for a limit any more."""
    ProofTries.objects.filter(on_date__lt=timezone.localdate()).delete()
    deleted, _rows = OneTimeCode.objects.filter(created_at__lt=timezone.now() - dt.timedelta(days=1)).delete()
    return deleted
