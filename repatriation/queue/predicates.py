"""Who comes home first: named predicates with parameters, scored by a rule set that is data.

A rule is `{"predicate": name, "params": {…}, "points": n}`. It counts once a family, however many of
its members it holds for. The score keeps its reasons, and `sentence` says them in the words that both
the citizen and the officer read. Pure functions; no model, no query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

ADULT = 18  # years

Detail = dict[str, int]


class RuleError(ValueError):
    """A rule set names an unknown predicate, or gives it wrong parameters. Said to administrators."""


@dataclass(frozen=True)
class PersonFacts:
    """What counts of one person, on the day of registering."""

    age_months: int
    is_pregnant: bool = False
    has_chronic_illness: bool = False
    has_disability: bool = False

    @property
    def age(self) -> int:
        return self.age_months // 12


@dataclass(frozen=True)
class Facts:
    """What counts of one family, on the day of scoring. `reasons` are values of `repatriation.models.registration.Reason`."""

    people: tuple[PersonFacts, ...]
    reasons: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()  # codes of the places in which the family is now
    days_waiting: int = 0

    @property
    def are_minors_alone(self) -> bool:
        """Nobody of them is of age: they travel with somebody who looks after them."""
        return bool(self.people) and all(person.age < ADULT for person in self.people)


@dataclass(frozen=True)
class Scored:
    """The points, and for each rule that held `{"predicate", "params", "points", "detail"}`."""

    points: int
    reasons: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Predicate:
    """`holds(facts, params)` gives what the sentence needs to know, or None where it does not hold."""

    holds: Callable[[Facts, Mapping[str, Any]], Detail | None]
    phrase: Callable[[Mapping[str, Any], Mapping[str, Any]], str]
    params: frozenset[str] = frozenset()


def _child_under_months(facts: Facts, params: Mapping[str, Any]) -> Detail | None:
    youngest = min((person.age_months for person in facts.people), default=None)
    return {"months": youngest} if youngest is not None and youngest < params["months"] else None


def _over_years(facts: Facts, params: Mapping[str, Any]) -> Detail | None:
    oldest = max((person.age for person in facts.people), default=-1)
    return {"years": oldest} if oldest >= params["years"] else None


def _anybody(attribute: str) -> Callable[[Facts, Mapping[str, Any]], Detail | None]:
    def holds(facts: Facts, params: Mapping[str, Any]) -> Detail | None:
        found = sum(bool(getattr(person, attribute)) for person in facts.people)
        return {"people": found} if found else None

    return holds


def _lone_minor(facts: Facts, params: Mapping[str, Any]) -> Detail | None:
    return {"people": len(facts.people)} if facts.are_minors_alone else None


def _reason(facts: Facts, params: Mapping[str, Any]) -> Detail | None:
    return {} if params["reason"] in facts.reasons else None


def _days_waiting(facts: Facts, params: Mapping[str, Any]) -> Detail | None:
    return {} if facts.days_waiting >= params["days"] else None


def _vulnerable_area(facts: Facts, params: Mapping[str, Any]) -> Detail | None:
    return {} if facts.around & set(params["places"]) else None


def _say_child(params: Mapping[str, Any], detail: Mapping[str, Any]) -> str:
    months = detail["months"]
    return ngettext("có con %(months)d tháng tuổi", "có con %(months)d tháng tuổi", months) % {
        "months": months
    }


def _say_over(params: Mapping[str, Any], detail: Mapping[str, Any]) -> str:
    return _("có người %(years)d tuổi") % {"years": detail["years"]}


def _say_days(params: Mapping[str, Any], detail: Mapping[str, Any]) -> str:
    days = params["days"]
    return ngettext("đã chờ từ %(days)d ngày trở lên", "đã chờ từ %(days)d ngày trở lên", days) % {
        "days": days
    }


def _say(text: Promise) -> Callable[[Mapping[str, Any], Mapping[str, Any]], str]:
    return lambda params, detail: str(text)


_REASONS = {
    "lost_work": gettext_lazy("mất việc làm"),
    "no_housing": gettext_lazy("không còn chỗ ở"),
    "student": gettext_lazy("là học sinh, sinh viên"),
    "treatment_ended": gettext_lazy("vừa điều trị xong"),
    "family_need": gettext_lazy("gia đình ở quê cần người chăm sóc"),
}

PREDICATES: dict[str, Predicate] = {
    "child_under_months": Predicate(_child_under_months, _say_child, frozenset({"months"})),
    "pregnant": Predicate(_anybody("is_pregnant"), _say(gettext_lazy("có người mang thai"))),
    "over_years": Predicate(_over_years, _say_over, frozenset({"years"})),
    "chronic_illness": Predicate(
        _anybody("has_chronic_illness"), _say(gettext_lazy("có người mắc bệnh nền"))
    ),
    "disability": Predicate(_anybody("has_disability"), _say(gettext_lazy("có người khuyết tật"))),
    "lone_minor": Predicate(_lone_minor, _say(gettext_lazy("trẻ em không có người lớn đi cùng"))),
    "reason": Predicate(
        _reason, lambda params, detail: str(_REASONS[params["reason"]]), frozenset({"reason"})
    ),
    "days_waiting": Predicate(_days_waiting, _say_days, frozenset({"days"})),
    "vulnerable_area": Predicate(
        _vulnerable_area, _say(gettext_lazy("đang ở vùng có nguy cơ cao")), frozenset({"places"})
    ),
}


def check_rules(rules: Any) -> None:
    """Raises `RuleError` where a rule set could not be applied. Call it before a rule set is stored."""
    if not isinstance(rules, list):
        raise RuleError("rules must be a list")
    for number, rule in enumerate(rules, start=1):
        if not isinstance(rule, dict) or set(rule) != {"predicate", "params", "points"}:
            raise RuleError(f"rule {number}: needs predicate, params and points, and nothing else")
        predicate, params, points = PREDICATES.get(rule["predicate"]), rule["params"], rule["points"]
        if predicate is None:
            raise RuleError(f"rule {number}: unknown predicate {rule['predicate']!r}")
        if not isinstance(params, dict) or set(params) != predicate.params:
            raise RuleError(
                f"rule {number}: {rule['predicate']} needs the parameters {sorted(predicate.params)}"
            )
        if type(points) is not int:
            raise RuleError(f"rule {number}: points must be a whole number")
        for name, value in params.items():
            _check_param(number, name, value)


def _check_param(number: int, name: str, value: Any) -> None:
    if name == "reason":
        if value not in _REASONS:
            raise RuleError(f"rule {number}: unknown reason {value!r}")
    elif name == "places":
        if not (isinstance(value, list) and value and all(type(code) is str and code for code in value)):
            raise RuleError(f"rule {number}: places must be a list of codes")
    elif type(value) is not int or value < 0:
        raise RuleError(f"rule {number}: {name} must be a whole number")


def score(facts: Facts, rules: Iterable[Mapping[str, Any]]) -> Scored:
    """Apply every rule to a family. The heaviest reason comes first; equal ones as in the rule set."""
    reasons = []
    for rule in rules:
        detail = PREDICATES[rule["predicate"]].holds(facts, rule["params"])
        if detail is not None:
            reasons.append({**rule, "detail": detail})
    reasons.sort(key=lambda reason: -reason["points"])
    return Scored(sum(reason["points"] for reason in reasons), reasons)


def phrases(reasons: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Each reason in words with its points, in the language now active."""
    return [
        (PREDICATES[reason["predicate"]].phrase(reason["params"], reason["detail"]), reason["points"])
        for reason in reasons
    ]


def sentence(reasons: Sequence[Mapping[str, Any]]) -> str:
    """`có con 18 tháng tuổi (+40), mất việc làm (+10)`; says so where nothing counts."""
    said = [
        _("%(reason)s (%(points)+d)") % {"reason": words, "points": points}
        for words, points in phrases(reasons)
    ]
    return ", ".join(said) or _("không thuộc diện ưu tiên, xếp theo giờ đăng ký")
