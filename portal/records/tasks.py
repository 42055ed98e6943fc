"""The worker's tasks of the logs."""

from __future__ import annotations

from celery import shared_task

from portal.records import sealing


@shared_task
def seal_logs() -> int:
    return sealing.seal_logs()
