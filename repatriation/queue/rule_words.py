"""Rules in words, for the officers who write them: the kinds of rules, and one rule as a line of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from repatriation.queue.params import Number, PlaceCodes
from repatriation.queue.predicates import PREDICATES, Words

Rule = Mapping[str, Any]


@dataclass(frozen=True)
class RuleKind:
    """A choice in the form of rules; `number` and `places` name the parameter that its predicate takes."""

    label: Promise
    predicate: str
    number: str = ""
    places: str = ""
    reason: str = ""


def _kinds() -> dict[str, RuleKind]:
    """Return one kind for each predicate; a predicate with reasons gives one kind for each reason."""
    kinds = {}
    for name, predicate in PREDICATES.items():
        if isinstance(predicate.words, Words):
            number = next((key for key, param in predicate.params.items() if isinstance(param, Number)), "")
            places = next(
                (key for key, param in predicate.params.items() if isinstance(param, PlaceCodes)), ""
            )
            kinds[name] = RuleKind(predicate.words.label, name, number, places)
        else:
            kinds |= {
                value: RuleKind(words.label, name, reason=value) for value, words in predicate.words.items()
            }
    return kinds


KINDS: dict[str, RuleKind] = _kinds()


def kind_of(rule: Rule) -> str:
    """Return the key in `KINDS` of a stored rule."""
    return str(rule["params"].get("reason") or rule["predicate"])


def make_rule(kind: str, points: int, number: int | None, places: list[str]) -> dict[str, Any]:
    """Return the rule as it is stored."""
    chosen = KINDS[kind]
    params: dict[str, Any] = {}
    if chosen.number:
        params[chosen.number] = number
    if chosen.places:
        params[chosen.places] = places
    if chosen.reason:
        params["reason"] = chosen.reason
    return {"predicate": chosen.predicate, "params": params, "points": points}


def describe(rule: Rule) -> str:
    """Return the rule in words, as in `Có con dưới 36 tháng tuổi`."""
    kind, params = KINDS[kind_of(rule)], rule["params"]
    words = PREDICATES[rule["predicate"]].words_of(params)
    values = {"number": params.get(kind.number), "places": ", ".join(params.get(kind.places, []))}
    return str((words.rule or words.label) % values)


@dataclass(frozen=True)
class RuleLine:
    """One rule with its points in two versions; None where a version does not have it."""

    words: str
    before: int | None
    after: int | None

    @property
    def changed(self) -> bool:
        return self.before != self.after


def compare(before: Iterable[Rule], after: Iterable[Rule]) -> list[RuleLine]:
    """Return the rules of two versions side by side: those of the later one, then those that it dropped."""
    old = {_key(rule): rule for rule in before}
    new = {_key(rule): rule for rule in after}
    return [
        RuleLine(
            describe(rule),
            old[key]["points"] if key in old else None,
            new[key]["points"] if key in new else None,
        )
        for key, rule in {**new, **{key: rule for key, rule in old.items() if key not in new}}.items()
    ]


def _key(rule: Rule) -> str:
    return f"{rule['predicate']} {sorted(rule['params'].items())}"
