"""The portal's settings in a live stack: production's, but what runs by itself runs every second or two."""

from portal.settings import *  # noqa: F403

SOON = 2.0  # seconds; a journey that waits for the scheduler waits for it, not for its period
for entry in CELERY_BEAT_SCHEDULE.values():  # noqa: F405
    if entry["schedule"] <= 60:
        entry["schedule"] = min(entry["schedule"], SOON)
