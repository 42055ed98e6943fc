"""Rules in words, for those who write them: each kind with what it takes, and one rule as a line of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Rule = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """A predicate as it is chosen in a form; `number` and `places` name the parameter that it takes."""

    label: str | Promise
    predicate: str
    number: str = ""
    places: str = ""
    reason: str = ""


def _reason(reason: str, label: Promise) -> Kind:
    return Kind(label, "reason", reason=reason)


KINDS: dict[str, Kind] = {
    "pregnant": Kind(gettext_lazy("Có người mang thai"), "pregnant"),
    "child_under_months": Kind(gettext_lazy("Có con dưới N tháng tuổi"), "child_under_months", "months"),
    "lone_minor": Kind(gettext_lazy("Trẻ em không có người lớn đi cùng"), "lone_minor"),
    "over_years": Kind(gettext_lazy("Có người từ N tuổi trở lên"), "over_years", "years"),
    "disability": Kind(gettext_lazy("Có người khuyết tật"), "disability"),
    "chronic_illness": Kind(gettext_lazy("Có người mắc bệnh nền"), "chronic_illness"),
    "treatment_ended": _reason("treatment_ended", gettext_lazy("Vừa điều trị xong")),
    "no_housing": _reason("no_housing", gettext_lazy("Không còn chỗ ở")),
    "lost_work": _reason("lost_work", gettext_lazy("Mất việc làm")),
    "student": _reason("student", gettext_lazy("Là học sinh, sinh viên")),
    "family_need": _reason("family_need", gettext_lazy("Gia đình ở quê cần người chăm sóc")),
    "days_waiting": Kind(gettext_lazy("Đã chờ từ N ngày"), "days_waiting", "days"),
    "vulnerable_area": Kind(gettext_lazy("Đang ở vùng có nguy cơ cao"), "vulnerable_area", places="places"),
}


def kind_of(rule: Rule) -> str:
    """The key in `KINDS` of a stored rule."""
    return str(rule["params"].get("reason") or rule["predicate"])


def make_rule(kind: str, points: int, number: int | None, places: list[str]) -> dict[str, Any]:
    """A rule as it is stored."""
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
    """`Có con dưới 36 tháng tuổi`."""
    params = rule["params"]
    match rule["predicate"]:
        case "child_under_months":
            return _("Có con dưới %(number)d tháng tuổi") % {"number": params["months"]}
        case "over_years":
            return _("Có người từ %(number)d tuổi trở lên") % {"number": params["years"]}
        case "days_waiting":
            return _("Đã chờ từ %(number)d ngày trở lên") % {"number": params["days"]}
        case "vulnerable_area":
            return _("Đang ở vùng có nguy cơ cao (mã nơi: %(places)s)") % {
                "places": ", ".join(params["places"])
            }
    return str(KINDS[kind_of(rule)].label)


@dataclass(frozen=True)
class RuleLine:
    """One rule in two versions; None where a version does not have it."""

    words: str
    before: int | None
    after: int | None

    @property
    def changed(self) -> bool:
        return self.before != self.after


def compare(before: Iterable[Rule], after: Iterable[Rule]) -> list[RuleLine]:
    """The rules of two versions side by side: as the later has them, then those that it dropped."""
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
