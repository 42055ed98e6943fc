"""Sessions that have ended are deleted, with what people typed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.accounts.tasks import clear_old_sessions

pytestmark = pytest.mark.django_db


def test_an_ended_session_is_deleted_and_a_live_one_stays() -> None:
    for name in ("ended", "live"):
        store = SessionStore()
        store["name"] = name
        store.save()
    ended = next(row for row in Session.objects.all() if row.get_decoded()["name"] == "ended")
    Session.objects.filter(pk=ended.pk).update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    clear_old_sessions()
    assert [row.get_decoded()["name"] for row in Session.objects.all()] == ["live"]


def test_the_scheduler_clears_sessions_every_day() -> None:
    (entry,) = [
        one for one in settings.CELERY_BEAT_SCHEDULE.values() if one["task"].endswith("clear_old_sessions")
    ]
    assert entry["task"] == clear_old_sessions.name
    assert entry["schedule"] <= dt.timedelta(days=1).total_seconds()
