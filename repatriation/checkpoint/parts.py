"""The checkpoint tells alerts who came along with whom."""

from __future__ import annotations

from quarantine.alerts.contacts import register_finder
from repatriation.checkpoint.health_course import companions

register_finder(companions)
