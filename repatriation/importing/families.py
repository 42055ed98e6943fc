"""The rows of a list, joined to families. Only places are looked up in the database.

Rows with one family number are a family. A row without one is of the only family with a number that has its phone;
else rows with the same phone and the same address are a family. The answers of the whole family (home, origin, phone,
reasons, days) may stand in any of its rows; the first row that has one counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.places.gazetteer import Gazetteer, Resolved
from portal.places.home import home_path
from portal.places.models import Place
from portal.places.text import fold
from repatriation.importing.parsing import Fault
from repatriation.registration.drafts import MAX_PEOPLE, PersonEntry

_DECLARED = ("doses", "last_dose", "test_kind", "tested", "test_outcome", "recovered")


@dataclass
class ListLine:
    """One row of the list on its way: its values, errors and remarks."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    family: int = 0
    errors: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)

    @property
    def entry(self) -> PersonEntry:
        values = self.values
        return PersonEntry(
            key=str(self.number),
            full_name=values["full_name"],
            birth=values["birth"],
            sex=values.get("sex", ""),
            identity=values.get("identity", ""),
            is_pregnant=values.get("pregnant", False),
            has_chronic_illness=values.get("chronic", False),
            has_disability=values.get("disability", False),
            **{name: values[name] for name in _DECLARED if name in values},
        )

    def wrong(self, column: str, code: str, /, **params: Any) -> None:
        self.errors.append(Fault(column, code, params))

    def odd(self, column: str, code: str, /, **params: Any) -> None:
        self.remarks.append(Fault(column, code, params))


def join(lines: list[ListLine], gazetteer: Gazetteer, origins: Sequence[Place]) -> dict[int, list[ListLine]]:
    """Return the families, numbered from 1 in the order of the list.

    A fault of a family goes to the row that it is in.
    """
    keys: dict[str, int] = {}
    families: dict[int, list[ListLine]] = {}
    numbered: dict[str, set[str]] = defaultdict(set)  # keys of families with a number, by their phones
    for line in lines:
        if line.values.get("family") and (phone := line.values.get("phone")):
            numbered[phone].add(_key(line))
    for line in lines:
        key = _key(line)
        if (
            not line.values.get("family")
            and len(same := numbered.get(line.values.get("phone", ""), set())) == 1
        ):
            key = next(iter(same))
        if not key:
            line.wrong("family", "family_missing")
            key = f"!{line.number}"
        line.family = keys.setdefault(key, len(keys) + 1)
        families.setdefault(line.family, []).append(line)
    for family in families.values():
        _settle_family(family, gazetteer, origins)
    return families


def _key(line: ListLine) -> str:
    if number := fold(line.values.get("family", "")):
        return f"#{number}"
    phone = line.values.get("phone", "")
    address = " ".join(line.values.get(key, "") for key in ("origin", "origin_province", "origin_address"))
    return f"{phone}|{fold(address)}" if phone else ""


def _settle_family(family: list[ListLine], gazetteer: Gazetteer, origins: Sequence[Place]) -> None:
    head = family[0]
    if len(family) > MAX_PEOPLE:
        head.wrong("family", "family_large", limit=MAX_PEOPLE)
    _phone(family)
    settle_home(family, gazetteer)
    _origin(family, gazetteer, origins)
    for key in ("home_address", "origin_address", "travel_from", "travel_until"):
        head.values[f"family_{key}"] = next((line.values[key] for line in family if line.values.get(key)), "")
    reasons = {reason for line in family for reason in line.values.get("reasons", ())}
    head.values["family_reasons"] = sorted(reasons)


def _phone(family: list[ListLine]) -> None:
    head = family[0]
    if any(fault.column == "phone" for line in family for fault in line.errors):
        return
    with_phone = [line for line in family if line.values.get("phone")]
    if not with_phone:
        head.wrong("phone", "phone_missing")
        return
    head.values["family_phone"] = phone = with_phone[0].values["phone"]
    for line in with_phone[1:]:
        if line.values["phone"] != phone:
            line.odd("phone", "phone_differs")


def settle_home(family: list[ListLine], gazetteer: Gazetteer, *, default: int | None = None) -> None:
    """Find the commune to which the family goes, for its head; `default` where no row names one."""
    head, chosen = family[0], None
    for line in family:
        text = line.values.get("home", "")
        if not text:
            continue
        resolved = gazetteer.find(text, under=home_path())
        if resolved.why == "also_old":
            line.odd("home", "home_also_old", value=text[:60], names=resolved.short_names)
        if resolved.place is None:
            _home_wrong(line, text, resolved)
        elif chosen is None:
            chosen = line
            head.values["family_home"] = resolved.place.pk
        elif resolved.place.pk != head.values["family_home"]:
            line.wrong("home", "family_two_homes", row=chosen.number)
    if chosen is None and not any(fault.column == "home" for line in family for fault in line.errors):
        if default is None:
            head.wrong("home", "missing")
        else:
            head.values["family_home"] = default


def _home_wrong(line: ListLine, text: str, resolved: Resolved) -> None:
    value = text[:60]
    match resolved.why:
        case "split":
            line.wrong("home", "home_split", old=resolved.old_name, names=resolved.short_names)
        case "several":
            line.wrong("home", "home_several", value=value, names=resolved.short_names)
        case _ if resolved.choices:
            line.wrong("home", "home_near", value=value, names=resolved.short_names)
        case _:
            line.wrong("home", "home_none", value=value)


def _origin(family: list[ListLine], gazetteer: Gazetteer, origins: Sequence[Place]) -> None:
    head = family[0]
    with_origin = [line for line in family if line.values.get("origin") or line.values.get("origin_province")]
    if not with_origin:
        head.wrong("origin_province", "origin_missing")
        return
    place = _origin_of(with_origin[0], gazetteer)
    if place is None:
        return
    head.values["family_origin"] = place.pk
    if origins and not any(origin.contains(place) for origin in origins):
        with_origin[0].wrong("origin_province", "origin_outside", value=place.full_name)
    for line in with_origin[1:]:
        texts = {
            key: (line.values.get(key, ""), with_origin[0].values.get(key, ""))
            for key in ("origin", "origin_province")
        }
        if any(fold(own) != fold(first) for own, first in texts.values() if own and first):
            line.odd("origin", "origin_differs")


def _origin_of(line: ListLine, gazetteer: Gazetteer) -> Place | None:
    """Return the commune where it is known, else the province.

    Not all wards that other provinces had before the mergers are known, and the province is enough.
    """
    commune, province = line.values.get("origin", ""), line.values.get("origin_province", "")
    larger = gazetteer.province(province or commune.rpartition(",")[2]) if province or commune else None
    resolved = gazetteer.find(", ".join(filter(None, [commune, province])), provinces=True)
    if commune and resolved.place is not None and (larger is None or larger.contains(resolved.place)):
        return resolved.place
    if larger is not None:
        if commune and gazetteer.province(commune) != larger:
            line.odd("origin", "origin_only_province", value=commune[:60], name=larger.full_name)
        return larger
    if not commune and resolved.place is not None:
        return resolved.place
    code = "origin_several" if resolved.why == "several" else "origin_none"
    line.wrong("origin" if commune else "origin_province", code, value=(commune or province)[:60])
    return None
