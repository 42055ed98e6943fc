"""Compare a form that was sent before with what it says now: the same key with other contents is shown, not swallowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.places.models import Place
from quarantine.models.check import Symptom
from repatriation.models import Arrival, ArrivalCorrection

if TYPE_CHECKING:
    from repatriation.checkpoint.actions import ArrivalFacts

# What is compared of one person, with its words; in the order in which it is shown.
FIELDS: dict[str, Any] = {
    "temperature": gettext_lazy("Nhiệt độ"),
    "has_symptoms": gettext_lazy("Có triệu chứng"),
    "symptoms": gettext_lazy("Triệu chứng"),
    "rapid_test": gettext_lazy("Xét nghiệm nhanh"),
    "needs": gettext_lazy("Cần giúp"),
    "papers": gettext_lazy("Giấy tờ đã xem"),
    "identity_checked": gettext_lazy("Đã đối chiếu giấy tờ"),
    "decision": gettext_lazy("Hướng xử lý"),
    "facility": gettext_lazy("Nơi cách ly, điều trị"),
    "destination": gettext_lazy("Về xã, phường"),
    "address": gettext_lazy("Số nhà, ấp, khu phố"),
}
_TENTH = Decimal("0.1")
HEALTH = frozenset({"temperature", "has_symptoms", "symptoms", "rapid_test", "needs"})


@dataclass(frozen=True)
class ContentDifference:
    """One value of one person that a form stored under its key, and the other value that the same key now brings.

    `field` is a name of `FIELDS`, or `person` for somebody who stands in one of the two contents alone.
    """

    name: str
    field: str
    stored: str
    sent: str

    @property
    def label(self) -> str:
        return str(FIELDS[self.field]) if self.field in FIELDS else _("Người")


def differences(
    stored: Sequence[Arrival],
    sent: Iterable[ArrivalFacts],
    destination: Place | None = None,
    address: str | None = None,
) -> list[ContentDifference]:
    """Return where the contents differ. Compared is what the form said first, before any correction."""
    rows = {row.person_id: row for row in stored}
    first = _as_first_entered(stored)
    found: list[ContentDifference] = []
    here: set[int] = set()
    for facts in sent:
        here.add(facts.person.pk)
        row = rows.get(facts.person.pk)
        if row is None:
            found.append(ContentDifference(facts.person.full_name, "person", _("không có"), _("có mặt")))
            continue
        now = values_of(facts)
        now["destination"] = destination.pk if destination is not None else row.destination_id
        now["address"] = row.address if address is None else address
        found += [
            ContentDifference(row.person.full_name, name, in_words(name, before), in_words(name, now[name]))
            for name, before in first[row.pk].items()
            if now[name] != before
        ]
    found += [
        ContentDifference(row.person.full_name, "person", _("có mặt"), _("không có"))
        for person_id, row in rows.items()
        if person_id not in here
    ]
    return found


def values_of(row: Arrival | ArrivalFacts) -> dict[str, Any]:
    """Return the compared values of an arrival, or of facts, as JSON can hold them."""
    facility = row.facility
    values: dict[str, Any] = {
        "temperature": str(row.temperature.quantize(_TENTH)) if row.temperature is not None else None,
        "has_symptoms": bool(row.has_symptoms or row.symptoms),
        "symptoms": sorted(str(one) for one in row.symptoms),
        "rapid_test": str(row.rapid_test),
        "needs": row.needs,
        "papers": sorted(str(one) for one in row.papers),
        "identity_checked": row.identity_checked,
        "decision": str(row.decision),
        "facility": facility.pk if facility is not None else None,
    }
    if isinstance(row, Arrival):
        values |= {"destination": row.destination_id, "address": row.address}
    return values


def _as_first_entered(rows: Sequence[Arrival]) -> dict[int, dict[str, Any]]:
    """Return the values of each arrival with its corrections undone."""
    values = {row.pk: values_of(row) for row in rows}
    corrections = ArrivalCorrection.objects.filter(arrival__in=values).order_by("-at", "-pk")
    for correction in corrections:
        for name, (before, _after) in correction.changes.items():
            values[correction.arrival_id][name] = before
    return values


def in_words(field: str, value: Any) -> str:
    """Return a value of `FIELDS` as people read it."""
    if value in (None, "", []):
        return "–"
    match field:
        case "temperature":
            return f"{value} °C".replace(".", ",")
        case "has_symptoms" | "identity_checked":
            return _("có") if value else _("không")
        case "symptoms":
            return ", ".join(str(Symptom(one).label) for one in value)
        case "papers":
            return ", ".join(str(Arrival.Paper(one).label) for one in value)
        case "rapid_test":
            return str(Arrival.RapidTest(value).label)
        case "decision":
            return str(Arrival.Decision(value).label)
        case "facility" | "destination":
            place = Place.objects.filter(pk=value).first()
            return place.name if place else "–"
    return str(value)
