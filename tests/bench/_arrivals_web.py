"""Settings and addresses of the portal under measurement: its own, and beside them one bare view."""

from __future__ import annotations

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench._arrivals_urls"
