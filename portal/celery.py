"""The Celery application: workers send messages, the scheduler finds what is due.

Nothing is scheduled with a broker ETA; what is due is found by scanning the database, so a lost
broker loses no work.
"""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

import portal.heartbeat  # noqa: F401 - hears of the worker's heartbeats
from portal.logs import use_in_celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_a_wrong_start(**kwargs: Any) -> None:
    """End worker or scheduler before it works, where something must be put right first."""
    from django.core.exceptions import ImproperlyConfigured

    from portal.startup import check_start

    try:
        check_start()
    except ImproperlyConfigured as error:
        sys.exit(str(error))  # Celery goes on after any other error of a signal


setup_logging.connect(use_in_celery)
