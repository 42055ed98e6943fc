"""Scores, their reasons and the sentence that people read."""

from __future__ import annotations

import json
import re

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from repatriation.models import RuleSet
from repatriation.models.registration import Reason
from repatriation.queue.predicates import (
    PREDICATES,
    Facts,
    PersonFacts,
    RuleError,
    Words,
    check_rules,
    score,
    sentence,
)
from repatriation.queue.rule_sets import DATA, load_rule_sets

RULES = json.loads(DATA.read_text(encoding="utf-8"))[0]["rules"]

people = st.builds(
    PersonFacts,
    age_months=st.integers(0, 110 * 12),
    is_pregnant=st.booleans(),
    has_chronic_illness=st.booleans(),
    has_disability=st.booleans(),
)
families = st.builds(
    Facts,
    people=st.lists(people, min_size=1, max_size=12).map(tuple),
    reasons=st.frozensets(st.sampled_from(Reason.values)),
)


def adult(years: int = 30, **facts: bool) -> PersonFacts:
    return PersonFacts(age_months=years * 12, **facts)


def names(facts: Facts) -> list[str]:
    return [reason["predicate"] for reason in score(facts, RULES).reasons]


def test_the_sentence_names_each_reason_with_its_points() -> None:
    family = Facts((adult(), PersonFacts(age_months=18)), frozenset({"lost_work"}))
    found = score(family, RULES)
    assert found.points == 50
    with translation.override("vi"):
        assert sentence(found.reasons) == "có con 18 tháng tuổi (+40), mất việc làm (+10)"


def test_a_family_without_a_reason_is_told_so() -> None:
    with translation.override("vi"):
        assert sentence(score(Facts((adult(),)), RULES).reasons).startswith("không thuộc diện ưu tiên")


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        (Facts((adult(is_pregnant=True),)), ["pregnant"]),
        (Facts((adult(), PersonFacts(age_months=35))), ["child_under_months"]),
        (Facts((adult(), PersonFacts(age_months=36))), []),
        (Facts((adult(59),)), []),
        (Facts((adult(60),)), ["over_years"]),
        (Facts((adult(17), adult(12))), ["lone_minor"]),
        (Facts((adult(18), adult(12))), []),
        (
            Facts((adult(has_disability=True), adult(has_chronic_illness=True))),
            ["disability", "chronic_illness"],
        ),
        (Facts((adult(),), frozenset({"family_need"})), []),
    ],
)
def test_predicates_hold_at_their_edges(family: Facts, expected: list[str]) -> None:
    assert names(family) == expected


@given(families)
def test_points_are_the_sum_of_the_reasons_and_every_reason_can_be_said(family: Facts) -> None:
    found = score(family, RULES)
    assert found.points == sum(reason["points"] for reason in found.reasons)
    stored = json.loads(json.dumps(found.reasons))
    assert stored == found.reasons
    for language in ("vi", "en"):
        with translation.override(language):
            said = sentence(stored)
            assert said
            assert "%(" not in said


@given(families, people)
def test_order_of_people_does_not_matter_and_nobody_lowers_an_adult_family(
    family: Facts, one: PersonFacts
) -> None:
    turned = Facts(tuple(reversed(family.people)), family.reasons)
    assert score(turned, RULES).points == score(family, RULES).points
    if max(person.age for person in family.people) >= 18:
        larger = Facts((*family.people, one), family.reasons)
        assert score(larger, RULES).points >= score(family, RULES).points


@given(families)
def test_a_rule_counts_once_a_family(family: Facts) -> None:
    doubled = Facts(family.people * 2, family.reasons)
    assert score(doubled, RULES).points == score(family, RULES).points


@pytest.mark.parametrize(
    "rules",
    [
        "no list",
        [{"predicate": "rich", "params": {}, "points": 1}],
        [{"predicate": "pregnant", "params": {"months": 3}, "points": 1}],
        [{"predicate": "pregnant", "params": {}, "points": "many"}],
        [{"predicate": "pregnant", "points": 1}],
        [{"predicate": "over_years", "params": {}, "points": 1}],
        [{"predicate": "over_years", "params": {"years": "60"}, "points": 1}],
        [{"predicate": "reason", "params": {"reason": "homesick"}, "points": 1}],
        [{"predicate": "days_waiting", "params": {"days": -1}, "points": 1}],
        [{"predicate": "days_waiting", "params": {"days": 0}, "points": 1}],
        [{"predicate": "over_years", "params": {"years": 1_201}, "points": 1}],
        [{"predicate": "over_years", "params": {"years": True}, "points": 1}],
        [{"predicate": "reason", "params": {"reason": ["student"]}, "points": 1}],
        [{"predicate": "vulnerable_area", "params": {"places": []}, "points": 1}],
        [{"predicate": "vulnerable_area", "params": {"places": "79"}, "points": 1}],
    ],
)
def test_rules_that_could_not_be_applied_are_refused(rules: object) -> None:
    with pytest.raises(RuleError):
        check_rules(rules)


@pytest.mark.parametrize("name", PREDICATES)
def test_each_row_takes_the_parameters_that_its_condition_and_its_words_name(name: str) -> None:
    predicate = PREDICATES[name]
    assert set(re.findall(r"{(\w+)}", predicate.sql)) == set(predicate.params)
    every = [predicate.words] if isinstance(predicate.words, Words) else predicate.words.values()
    for words in every:
        for language in ("vi", "en"):
            with translation.override(language):
                assert words.label
                values = {**dict.fromkeys(predicate.params, 7), **dict.fromkeys(predicate.detail, 7)}
                assert "%(" not in str(words.reason % values)
                assert "%(" not in str((words.rule or words.label) % {"number": 7, "places": "79"})


def test_every_reason_that_a_family_can_give_has_a_phrase() -> None:
    for value in Reason.values:
        rules = [{"predicate": "reason", "params": {"reason": value}, "points": 1}]
        check_rules(rules)
        assert sentence(score(Facts((adult(),), frozenset({value})), rules).reasons)
    assert set(PREDICATES) >= {rule["predicate"] for rule in RULES}


@pytest.mark.django_db
def test_loading_the_rule_sets_twice_changes_nothing() -> None:
    assert load_rule_sets() >= 1
    before = list(RuleSet.objects.values())
    assert load_rule_sets() == 0
    assert list(RuleSet.objects.values()) == before
