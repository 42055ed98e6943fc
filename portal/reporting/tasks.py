"""The worker's tasks of export jobs, which it finds in the database."""

from __future__ import annotations

from celery import shared_task

from portal.reporting import actions


@shared_task
def make_exports() -> int:
    return actions.work()


@shared_task
def clear_old_exports() -> int:
    return actions.clear_old()
