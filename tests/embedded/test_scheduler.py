"""The scheduler when the clock jumps: no job waits for a time that has been already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from portal.celery import app
from portal.heartbeat import LAST_RUNS_KEY, Scheduler, broker_client

NOW = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)
JOBS = {
    "often": {"task": "portal.notifications.tasks.sweep", "schedule": 10.0},
    "hourly": {"task": "citizens.tasks.clear_old_codes", "schedule": 3600.0},
}


class Noting(Scheduler):
    """The portal's scheduler; what it would send is noted."""

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        self.sent.append(entry.name)

    def run(self) -> list[str]:
        """Tick until nothing is due any more; return what was sent."""
        self.sent: list[str] = []
        while self.tick() == 0:
            pass
        return sorted(self.sent)


@pytest.fixture
def broker(settings: Any) -> Iterator[Any]:
    client = broker_client()
    client.delete(LAST_RUNS_KEY)
    before = app.conf.beat_schedule
    app.conf.beat_schedule = JOBS
    yield client
    app.conf.beat_schedule = before
    client.delete(LAST_RUNS_KEY)


def test_a_job_that_never_ran_is_due_at_once_and_then_after_its_period(broker: Any) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        scheduler = Noting(app=app)
        assert scheduler.run() == ["hourly", "often"]
        assert scheduler.run() == []
        clock.shift(11)
        assert scheduler.run() == ["often"]
        clock.shift(3600)
        assert scheduler.run() == ["hourly", "often"]


def test_last_runs_are_kept_over_a_restart(broker: Any) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        Noting(app=app).run()
        clock.shift(11)
        assert Noting(app=app).run() == ["often"]


@pytest.mark.parametrize("noted", [(NOW + dt.timedelta(days=400)).isoformat(), "2027-05-01T00:00:00", "rác"])
def test_last_runs_noted_in_the_future_hold_up_nothing(noted: str, broker: Any) -> None:
    broker.hset(LAST_RUNS_KEY, mapping=dict.fromkeys(JOBS, noted))
    with time_machine.travel(NOW, tick=False) as clock:
        assert Noting(app=app).run() == ["hourly", "often"]
        clock.shift(11)
        assert Noting(app=app).run() == ["often"], "and the notes are right again"


@pytest.mark.parametrize("back", [dt.timedelta(minutes=5), dt.timedelta(days=30)])
def test_a_clock_put_back_while_it_runs_holds_up_nothing(back: dt.timedelta, broker: Any) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        scheduler = Noting(app=app)
        scheduler.run()
        clock.move_to(NOW - back)
        assert scheduler.run() == ["hourly", "often"]
        assert scheduler.run() == []
        clock.shift(11)
        assert scheduler.run() == ["often"]


def test_without_the_guard_a_clock_put_back_stops_every_job(
    broker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    with time_machine.travel(NOW, tick=False) as clock:
        scheduler = Noting(app=app)
        scheduler.run()
        monkeypatch.setattr(Scheduler, "_run_what_lies_in_the_future", lambda self: False)
        clock.move_to(NOW - dt.timedelta(days=1))
        clock.shift(3600)
        assert scheduler.run() == []
