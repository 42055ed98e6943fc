"""The Celery application: workers send messages, the scheduler finds what is due.

Nothing is scheduled with a broker ETA; what is due is found by scanning the database, so a lost
broker loses no work.
"""

import os

from celery import Celery

import portal.heartbeat  # noqa: F401 - hears of the worker's heartbeats

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
