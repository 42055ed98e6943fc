"""The predicates of the rules, and the scoring of one family. Pure functions; no model, no query.

A rule is `{"predicate": name, "params": {…}, "points": n}`. It counts once a family, however many of its
members it holds for. A score comes with its reasons; `sentence` puts them into the words that both the
family and the officer read.

`PREDICATES` has one row a predicate: its parameters, its condition for one family, the same condition in SQL
for a whole queue (joined in `scoring.py`), and its words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from repatriation.queue.params import Number, OneOf, Param, PlaceCodes

AGE_OF_MAJORITY = 18  # years; an adult may travel alone and speak for a family

Params = Mapping[str, Any]
Detail = dict[str, int]


class RuleError(ValueError):
    """A rule names an unknown predicate or has wrong parameters. Administrators read it, in English."""


@dataclass(frozen=True)
class PersonFacts:
    """The facts of one person that count, on the day of registering."""

    age_months: int
    is_pregnant: bool = False
    has_chronic_illness: bool = False
    has_disability: bool = False

    @property
    def age(self) -> int:
        return self.age_months // 12


@dataclass(frozen=True)
class Facts:
    """The facts of one family that count, on the day of scoring.

    `reasons` are values of `repatriation.models.registration.Reason`.
    """

    people: tuple[PersonFacts, ...]
    reasons: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()  # codes of the family's place now and of the places above it
    days_waiting: int = 0

    @property
    def are_minors_alone(self) -> bool:
        """Return whether nobody of them is an adult, so that the vehicle needs an escort."""
        return bool(self.people) and all(person.age < AGE_OF_MAJORITY for person in self.people)


@dataclass(frozen=True)
class Scored:
    """The score of a family: its points, and for each rule that holds `{"predicate", "params", "points", "detail"}`."""

    points: int
    reasons: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Words:
    """A predicate, or one value of its parameter, in words.

    `label` is the choice in a form. `rule` describes a rule in a list; it defaults to the label. `reason` says
    why a family has points, as the family reads it. `rule` and `reason` may have placeholders for parameters
    and details.
    """

    label: Promise
    reason: Promise
    rule: Promise | None = None


@dataclass(frozen=True)
class Predicate:
    """A condition that holds for a family or not.

    `holds(facts, params)` returns the details for the sentence, or None where the condition does not hold.
    `sql` is the same condition over the columns of `scoring.FACTS`, with `{name}` for a parameter; `detail`
    names the column of each detail. A predicate with the parameter `reason` has `words` for each of its
    values. `admits`: the condition can also decide who may apply, since it is known on the day of registering.
    """

    holds: Callable[[Facts, Params], Detail | None]
    sql: str
    words: Words | Mapping[str, Words]
    params: Mapping[str, Param] = field(default_factory=dict)
    detail: Mapping[str, str] = field(default_factory=dict)
    admits: bool = True

    def words_of(self, params: Params) -> Words:
        return self.words if isinstance(self.words, Words) else self.words[params["reason"]]


def _child_under_months(facts: Facts, params: Params) -> Detail | None:
    youngest = min((person.age_months for person in facts.people), default=None)
    return {"months": youngest} if youngest is not None and youngest < params["months"] else None


def _over_years(facts: Facts, params: Params) -> Detail | None:
    oldest = max((person.age for person in facts.people), default=-1)
    return {"years": oldest} if oldest >= params["years"] else None


def _anybody(attribute: str) -> Callable[[Facts, Params], Detail | None]:
    def holds(facts: Facts, params: Params) -> Detail | None:
        people = sum(bool(getattr(person, attribute)) for person in facts.people)
        return {"people": people} if people else None

    return holds


def _lone_minor(facts: Facts, params: Params) -> Detail | None:
    return {"people": len(facts.people)} if facts.are_minors_alone else None


def _reason(facts: Facts, params: Params) -> Detail | None:
    return {} if params["reason"] in facts.reasons else None


def _days_waiting(facts: Facts, params: Params) -> Detail | None:
    return {} if facts.days_waiting >= params["days"] else None


def _vulnerable_area(facts: Facts, params: Params) -> Detail | None:
    return {} if facts.around & set(params["places"]) else None


_REASONS = {
    "treatment_ended": Words(gettext_lazy("Vừa điều trị xong"), gettext_lazy("vừa điều trị xong")),
    "no_housing": Words(gettext_lazy("Không còn chỗ ở"), gettext_lazy("không còn chỗ ở")),
    "lost_work": Words(gettext_lazy("Mất việc làm"), gettext_lazy("mất việc làm")),
    "student": Words(gettext_lazy("Là học sinh, sinh viên"), gettext_lazy("là học sinh, sinh viên")),
    "family_need": Words(
        gettext_lazy("Gia đình ở quê cần người chăm sóc"), gettext_lazy("gia đình ở quê cần người chăm sóc")
    ),
}

# In the order in which the form offers them.
PREDICATES: dict[str, Predicate] = {
    "pregnant": Predicate(
        _anybody("is_pregnant"),
        sql="pregnant > 0",
        detail={"people": "pregnant"},
        words=Words(gettext_lazy("Có người mang thai"), gettext_lazy("có người mang thai")),
    ),
    "child_under_months": Predicate(
        _child_under_months,
        sql="youngest < {months}",
        detail={"months": "youngest"},
        params={"months": Number()},
        words=Words(
            label=gettext_lazy("Có con dưới N tháng tuổi"),
            rule=gettext_lazy("Có con dưới %(number)d tháng tuổi"),
            reason=ngettext_lazy("có con %(months)d tháng tuổi", "có con %(months)d tháng tuổi", "months"),
        ),
    ),
    "lone_minor": Predicate(
        _lone_minor,
        sql=f"oldest < {AGE_OF_MAJORITY}",
        detail={"people": "people"},
        words=Words(
            gettext_lazy("Trẻ em không có người lớn đi cùng"),
            gettext_lazy("trẻ em không có người lớn đi cùng"),
        ),
    ),
    "over_years": Predicate(
        _over_years,
        sql="oldest >= {years}",
        detail={"years": "oldest"},
        params={"years": Number()},
        words=Words(
            label=gettext_lazy("Có người từ N tuổi trở lên"),
            rule=gettext_lazy("Có người từ %(number)d tuổi trở lên"),
            reason=gettext_lazy("có người %(years)d tuổi"),
        ),
    ),
    "disability": Predicate(
        _anybody("has_disability"),
        sql="disabled > 0",
        detail={"people": "disabled"},
        words=Words(gettext_lazy("Có người khuyết tật"), gettext_lazy("có người khuyết tật")),
    ),
    "chronic_illness": Predicate(
        _anybody("has_chronic_illness"),
        sql="ill > 0",
        detail={"people": "ill"},
        words=Words(gettext_lazy("Có người mắc bệnh nền"), gettext_lazy("có người mắc bệnh nền")),
    ),
    "reason": Predicate(
        _reason,
        sql="{reason} = ANY (reasons)",
        params={"reason": OneOf(frozenset(_REASONS))},
        words=_REASONS,
    ),
    "days_waiting": Predicate(
        _days_waiting,
        sql="waited >= {days}",
        params={"days": Number()},
        words=Words(
            label=gettext_lazy("Đã chờ từ N ngày"),
            rule=gettext_lazy("Đã chờ từ %(number)d ngày trở lên"),
            reason=ngettext_lazy(
                "đã chờ từ %(days)d ngày trở lên", "đã chờ từ %(days)d ngày trở lên", "days"
            ),
        ),
        admits=False,
    ),
    "vulnerable_area": Predicate(
        _vulnerable_area,
        sql="around && {places}::text[]",
        params={"places": PlaceCodes()},
        words=Words(
            label=gettext_lazy("Đang ở vùng có nguy cơ cao"),
            rule=gettext_lazy("Đang ở vùng có nguy cơ cao (mã nơi: %(places)s)"),
            reason=gettext_lazy("đang ở vùng có nguy cơ cao"),
        ),
        admits=False,
    ),
}


def check_rules(rules: Any) -> None:
    """Check a rule set before it is stored. Raises `RuleError` where it could not be applied."""
    if not isinstance(rules, list):
        raise RuleError("rules must be a list")
    for number, rule in enumerate(rules, start=1):
        if not isinstance(rule, dict) or set(rule) != {"predicate", "params", "points"}:
            raise RuleError(f"rule {number}: needs predicate, params and points, and nothing else")
        predicate, params, points = PREDICATES.get(rule["predicate"]), rule["params"], rule["points"]
        if predicate is None:
            raise RuleError(f"rule {number}: unknown predicate {rule['predicate']!r}")
        if not isinstance(params, dict) or set(params) != set(predicate.params):
            raise RuleError(
                f"rule {number}: {rule['predicate']} needs the parameters {sorted(predicate.params)}"
            )
        if type(points) is not int:
            raise RuleError(f"rule {number}: points must be a whole number")
        for name, value in params.items():
            if fault := predicate.params[name].fault(value):
                raise RuleError(f"rule {number}: {name} {fault}")


def score(facts: Facts, rules: Iterable[Mapping[str, Any]]) -> Scored:
    """Apply every rule to a family. Reasons are sorted by points, the most first; equal ones as in the rule set."""
    reasons = []
    for rule in rules:
        detail = PREDICATES[rule["predicate"]].holds(facts, rule["params"])
        if detail is not None:
            reasons.append({**rule, "detail": detail})
    reasons.sort(key=lambda reason: -reason["points"])
    return Scored(sum(reason["points"] for reason in reasons), reasons)


def phrases(reasons: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Return each reason in words with its points, in the active language."""
    return [(_phrase(reason), reason["points"]) for reason in reasons]


def _phrase(reason: Mapping[str, Any]) -> str:
    words = PREDICATES[reason["predicate"]].words_of(reason["params"])
    return str(words.reason % {**reason["params"], **reason["detail"]})


def sentence(reasons: Sequence[Mapping[str, Any]]) -> str:
    """Return all reasons in one sentence, as in `có con 18 tháng tuổi (+40), mất việc làm (+10)`.

    Where there are none, the sentence says so.
    """
    texts = [
        _("%(reason)s (%(points)+d)") % {"reason": words, "points": points}
        for words, points in phrases(reasons)
    ]
    return ", ".join(texts) or _("không thuộc diện ưu tiên, xếp theo giờ đăng ký")
