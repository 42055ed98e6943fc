"""Many rows at once: what the driver writes is what `bulk_create` would have written."""

from __future__ import annotations

import gc
from types import SimpleNamespace

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal import bulk
from portal.work import without_collector
from repatriation.models import Campaign, Registration

pytestmark = pytest.mark.django_db


def families(campaign: Campaign, places: SimpleNamespace, first: int, many: int) -> list[Registration]:
    return [
        Registration(
            campaign=campaign,
            code=f"BULK-{number}",
            status=Registration.Status.WAITING,
            phone="+84901234567",
            home_commune=places.commune,
            home_address="100% 'ấp' \\ %s",
            reasons=["lost_work", "no_housing"] if number % 2 else [],
            score_reasons=[{"points": 5, "text": "O'Hara %s"}],
            people=1,
            registered_at=timezone.now(),
            rule_set_id=campaign.rule_set_id,
        )
        for number in range(first, first + many)
    ]


@time_machine.travel("2026-11-23 12:00+07:00", tick=False)
def test_rows_are_written_as_bulk_create_writes_them(campaign: Campaign, places: SimpleNamespace) -> None:
    ours, theirs = families(campaign, places, 0, 3), families(campaign, places, 3, 3)
    for one, other in zip(ours, theirs, strict=True):
        other.reasons = one.reasons
    bulk.insert(ours)
    Registration.objects.bulk_create(theirs)
    own = {"id", "code"}
    stored = list(Registration.objects.order_by("pk").values())
    assert [row["code"] for row in stored] == [row.code for row in [*ours, *theirs]]
    for row, other in zip(stored[:3], stored[3:], strict=True):
        assert {key: row[key] for key in row.keys() - own} == {key: other[key] for key in other.keys() - own}


def test_ids_are_set_over_several_statements(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "STEP", 2)
    rows = families(campaign, places, 0, 5)
    with CaptureQueriesContext(connection) as captured:
        bulk.insert(rows)
    assert len(captured) == 3
    assert {row.pk: row.code for row in rows} == dict(Registration.objects.values_list("pk", "code"))
    assert not any(row._state.adding for row in rows)


def test_nothing_is_asked_for_no_row() -> None:
    with CaptureQueriesContext(connection) as captured:
        bulk.insert([])
    assert not captured


def test_a_broken_constraint_is_djangos_error(campaign: Campaign, places: SimpleNamespace) -> None:
    twice = families(campaign, places, 0, 1) + families(campaign, places, 0, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(twice)


def test_the_collector_runs_again_after_large_work() -> None:
    def fall() -> None:
        with without_collector():
            assert not gc.isenabled()
            raise ValueError("the work falls")

    with pytest.raises(ValueError, match="falls"):
        fall()
    assert gc.isenabled()
