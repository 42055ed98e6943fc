"""The demo's health records, and the facilities, stays and alerts of the people in it."""

from quarantine.demo import alerts, records

__all__ = ["alerts", "records"]
