"""What the scheduler does for people's records."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.utils import timezone

from citizens.models import OneTimeCode


@shared_task
def clear_old_codes() -> int:
    """Delete codes that neither open anything nor count for a limit any more."""
    deleted, _rows = OneTimeCode.objects.filter(created_at__lt=timezone.now() - dt.timedelta(days=1)).delete()
    return deleted
