"""The Celery application: workers send messages, the scheduler finds what is due.

Nothing is scheduled with a broker ETA; what is due is found by scanning the database, so a lost
broker loses no work.
"""

import os

from celery import Celery
from celery.signals import setup_logging

import portal.heartbeat  # noqa: F401 - hears of the worker's heartbeats
from portal.logs import use_in_celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
setup_logging.connect(use_in_celery)
