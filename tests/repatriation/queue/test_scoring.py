"""The database scores as the page of one family does, and only what the new rules change is written."""

from __future__ import annotations

import datetime as dt
import random
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.records.models import Event
from repatriation import tasks
from repatriation.models import Campaign, Registration, RuleSet
from repatriation.models.registration import Reason, Status
from repatriation.queue import rescoring
from repatriation.queue.predicates import PREDICATES, Facts, PersonFacts, Scored, check_rules, score
from repatriation.queue.preview import preview
from repatriation.queue.scoring import scoring_sql
from repatriation.registration.drafts import PersonEntry
from tests.repatriation.world.families import position, waiting
from tests.repatriation.world.road import family, people_of

EVERY_RULE: list[dict[str, Any]] = [
    {"predicate": "child_under_months", "params": {"months": 36}, "points": 40},
    {"predicate": "child_under_months", "params": {"months": 12}, "points": 15},
    {"predicate": "pregnant", "params": {}, "points": 50},
    {"predicate": "over_years", "params": {"years": 60}, "points": 35},
    {"predicate": "chronic_illness", "params": {}, "points": 25},
    {"predicate": "disability", "params": {}, "points": 30},
    {"predicate": "lone_minor", "params": {}, "points": 40},
    *({"predicate": "reason", "params": {"reason": value}, "points": 7} for value in Reason.values),
    {"predicate": "days_waiting", "params": {"days": 3}, "points": 5},
    {"predicate": "days_waiting", "params": {"days": 9}, "points": 5},
    {"predicate": "vulnerable_area", "params": {"places": ["79", "xx"]}, "points": 12},
]
DAYS = {"predicate": "days_waiting", "params": {"days": 3}, "points": 5}
PREGNANT = {"predicate": "pregnant", "params": {}, "points": 50}


def in_force(campaign: Campaign, *rules: dict[str, Any]) -> None:
    """These rules, with nobody scored by them yet."""
    check_rules(list(rules))
    version = RuleSet.objects.create(
        name=f"Thử {RuleSet.objects.count()}",
        version=1,
        rules=list(rules),
        status=RuleSet.Status.PUBLISHED,
        published_at=timezone.now(),
    )
    campaign.rule_set, campaign.rescoring_since = version, timezone.now()
    campaign.save()


def by_hand(row: Registration, rules: list[dict[str, Any]]) -> Scored:
    """The score by `predicates.score`, from the same rows."""
    day = timezone.localdate(row.registered_at)
    people = []
    for member in row.members.select_related("person"):
        born = member.person.birth_date
        text = f"{born:%d/%m/%Y}" if born else str(member.person.birth_year)
        months = PersonEntry(key="", full_name="", birth=text, sex="").age_in_months(day)
        people.append(
            PersonFacts(max(months, 0), member.is_pregnant, member.has_chronic_illness, member.has_disability)
        )
    facts = Facts(
        tuple(people),
        frozenset(row.reasons),
        frozenset(row.origin.path.strip("/").split("/")) if row.origin else frozenset(),
        (timezone.localdate() - day).days,
    )
    return score(facts, rules)


def many(road: SimpleNamespace, count: int, seed: int = 1) -> list[Registration]:
    """Invented families of every kind, born on every sort of day."""
    rng = random.Random(seed)
    rows = []
    for _number in range(count):
        origin = rng.choice([road.places.city_commune, road.places.far, None])
        row = family(road.campaign, road.places, rng.randint(1, 4), ago=rng.randint(0, 20_000), origin=origin)
        row.reasons = rng.sample(Reason.values, rng.randint(0, 3))
        row.save(update_fields=["reasons"])
        for person in people_of(row):
            age = rng.choice([rng.randint(0, 1300), rng.randint(4_000, 7_500), rng.randint(0, 30_000)])
            born = timezone.localdate() - dt.timedelta(days=age)
            person.birth_date, person.birth_year = (born if rng.random() < 0.8 else None), born.year
            person.save()
        for member in row.members.all():
            member.is_pregnant, member.has_chronic_illness, member.has_disability = (
                rng.random() < 0.2 for _flag in range(3)
            )
            member.save()
        rows.append(row)
    return rows


def test_every_predicate_is_known_to_the_database() -> None:
    assert set(PREDICATES) == {rule["predicate"] for rule in EVERY_RULE}
    sql = scoring_sql(EVERY_RULE, timezone.localdate()).ctes
    for number, rule in enumerate(sorted(EVERY_RULE, key=lambda rule: -rule["points"])):
        params = {name: f"%(r{number}_{name})s" for name in rule["params"]}
        assert f"WHEN {PREDICATES[rule['predicate']].sql.format(**params)} THEN" in sql


def test_the_database_scores_as_the_page_does(road: SimpleNamespace) -> None:
    rows = many(road, 60)
    in_force(road.campaign, *EVERY_RULE)
    assert rescoring.rescore(road.campaign, step=7)
    held: set[str] = set()
    for row in rows:
        row.refresh_from_db()
        wanted = by_hand(row, EVERY_RULE)
        assert (row.score, row.score_reasons) == (wanted.points, wanted.reasons)
        assert row.rule_set_id == road.campaign.rule_set_id
        held |= {reason["predicate"] for reason in row.score_reasons}
    assert held == set(PREDICATES), "some rule never held, so the comparison says nothing about it"


def test_scoring_again_by_the_same_rules_moves_nobody_who_registered_on_the_pages(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    row = waiting(campaign, places)
    assert row.score
    before = (row.score, row.score_reasons)
    events = Event.objects.count()
    with time_machine.travel(timezone.now() + dt.timedelta(days=900)):
        assert rescoring.rescore(campaign)
    row.refresh_from_db()
    assert (row.score, row.score_reasons) == before, "the child grew, the place stays"
    assert Event.objects.count() == events


def test_a_changed_score_is_told_by_the_log_and_an_equal_one_is_not(road: SimpleNamespace) -> None:
    mother, other = (family(road.campaign, road.places, names=[name]) for name in ("Lan", "Mai"))
    mother.members.filter(is_head=True).update(is_pregnant=True)
    old = str(road.campaign.rule_set)
    in_force(road.campaign, PREGNANT)
    assert rescoring.rescore(road.campaign)
    (event,) = Event.objects.filter(verb="rescore")
    assert event.subject_id == mother.pk
    assert event.place_id == mother.home_commune_id
    assert event.data == {
        "score_before": 0,
        "score": 50,
        "rules_before": old,
        "rules": str(road.campaign.rule_set),
        "reasons_before": [],
    }
    other.refresh_from_db()
    assert other.rule_set_id == road.campaign.rule_set_id


def test_who_is_done_keeps_the_old_score_and_who_may_wait_again_does_not(road: SimpleNamespace) -> None:
    old = road.campaign.rule_set
    rows = {
        status: family(road.campaign, road.places, status=status)
        for status in Status.values
        if status != "draft"
    }
    in_force(road.campaign, PREGNANT)
    assert rescoring.rescore(road.campaign)
    kept = {
        status for status, row in rows.items() if Registration.objects.get(pk=row.pk).rule_set_id == old.pk
    }
    assert kept == {"arrived", "closed", "withdrawn", "duplicate"}


def test_a_killed_run_goes_on_and_writes_nothing_twice(
    road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = many(road, 6)
    in_force(road.campaign, *EVERY_RULE)
    real, steps = rescoring._rescore, []

    def dies(*args: Any) -> int:
        if len(steps) == 2:
            raise KeyboardInterrupt
        steps.append(real(*args))
        return steps[-1]

    monkeypatch.setattr(rescoring, "_rescore", dies)
    with pytest.raises(KeyboardInterrupt):
        rescoring.rescore(road.campaign, step=2)
    assert rescoring.progress(road.campaign) == rescoring.Progress(4, 6)
    monkeypatch.setattr(rescoring, "_rescore", real)
    assert tasks.rescore() == 1
    assert rescoring.progress(road.campaign) == rescoring.Progress(6, 6)
    changed = [row.pk for row in rows if Registration.objects.get(pk=row.pk).score]
    told = Event.objects.filter(verb="rescore").values_list("subject_id", flat=True)
    assert sorted(told) == sorted(changed)
    assert tasks.rescore() == 0


def test_waiting_days_count_anew_each_day_and_only_where_the_rules_count_them(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places)
    assert rescoring.due() == []
    in_force(road.campaign, DAYS)
    assert tasks.rescore() == 1
    assert tasks.rescore() == 0, "once a day"
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        assert tasks.rescore() == 1
        row.refresh_from_db()
        assert row.score == 0
    with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
        assert tasks.rescore() == 1
        row.refresh_from_db()
        assert row.score == 5
        assert not Campaign.objects.get().rescoring_since


def test_the_preview_foretells_what_publishing_does_and_changes_nothing(road: SimpleNamespace) -> None:
    rows = many(road, 40, seed=3)
    before = {row.pk: position(row)[0] for row in rows}
    version = RuleSet(rules=EVERY_RULE)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        seen = preview(version, road.campaign)
    assert len(queries) == 1
    assert {row.pk: position(row)[0] for row in rows} == before
    in_force(road.campaign, *EVERY_RULE)
    assert rescoring.rescore(road.campaign)
    after = {row.pk: position(Registration.objects.get(pk=row.pk))[0] for row in rows}
    assert seen.rise == sum(after[pk] < before[pk] for pk in before) > 0
    assert seen.fall == sum(after[pk] > before[pk] for pk in before) > 0
    assert seen.total == 40
    for move in [*seen.risers, *seen.fallers]:
        assert (move.old_place, move.new_place) == (before[move.registration_id], after[move.registration_id])
        row = Registration.objects.get(pk=move.registration_id)
        assert (move.new_score, move.reasons) == (row.score, row.score_reasons)
    far = [move.old_place - move.new_place for move in seen.risers]
    assert far == sorted(far, reverse=True)
    assert len(far) <= 20
