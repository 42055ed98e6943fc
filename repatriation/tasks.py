"""Periodic tasks of the way home; each looks in the database for what is due."""

from __future__ import annotations

import logging

from celery import shared_task

from repatriation.handover import escalating
from repatriation.importing import actions as importing
from repatriation.queue import rescoring
from repatriation.registration import saving
from repatriation.screening import actions as screening
from repatriation.seats import answering
from repatriation.seats import filling as seating
from repatriation.trips import waves

logger = logging.getLogger(__name__)


@shared_task
def lapse_offers() -> int:
    """End the offers past their deadline, trip by trip; a trip that fails does not stop the others."""
    lapsed = 0
    for trip in seating.trips_with_lapsed_offers():
        try:
            lapsed += len(seating.lapse_due(trip))
        except Exception:
            logger.exception("offers of trip %s could not be ended", trip.code)
    return lapsed


@shared_task
def escalate_overdue() -> int:
    """Tell the places above of handovers past their deadline."""
    return escalating.escalate_overdue()


@shared_task
def lapse_screenings() -> int:
    """Let families whose commune did not say in time go on, with a mark."""
    return screening.lapse_overdue()


@shared_task
def rescore() -> int:
    """Score each queue again that is due; return how many were finished."""
    finished = 0
    for campaign in rescoring.due():
        since = rescoring.rescore(campaign)
        if since is not None:
            answering.fill_freed(campaign, since=since)
            finished += 1
    return finished


@shared_task
def work_on_imports() -> int:
    """Check or commit the lists that wait for it, each in a process of its own; return how many steps were done."""
    return importing.work_apart()


@shared_task
def clear_old_imports() -> int:
    """Remove the files of lists whose time is over."""
    return importing.clear_old()


@shared_task
def take_asked_steps() -> int:
    """Fill or close the trips for which that was asked; return how many."""
    return waves.take_asked_steps()


@shared_task
def clear_forgotten() -> int:
    """Wipe drafts that nobody came back to."""
    return saving.clear_forgotten()
