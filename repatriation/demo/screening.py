"""The screenings of the demo's families, in every status, most of them where the demo's officers work."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from portal.accounts.models import User
from portal.demo import Stage
from portal.places.models import Place
from portal.records.actors import SYSTEM, Actor, citizen_actor
from portal.records.log import event_for
from portal.records.models import Event
from portal.ui.formats import mask_phone
from repatriation.demo.families import KNOWN_PHONES, DemoFamily
from repatriation.demo.journeys import commune_officers
from repatriation.models import Registration, Screening
from repatriation.models.screening import DECIDABLE
from repatriation.screening.actions import begin_screening_many

QUESTION = "Gia đình là con cháu nhà ai, ở tổ mấy?"
ANSWER = "Nhà ở tổ 3, là con của ông Tám bán tạp hóa đầu ấp."
REASON = "Trưởng ấp cho biết không có hộ này."
# The outcomes for the waiting families of a commune, one after the other.
WAITING = ["pending", "answered", "confirmed", "asked", "overdue", "confirmed", "sent_on", "disputed"]
EVENT = {
    "confirmed": "confirm",
    "overdue": "lapse",
    "disputed": "dispute",
    "asked": "ask",
    "not_ours": "reject",
}


def make_screenings(stage: Stage, families: list[DemoFamily]) -> None:
    """Make the screenings: families that have travelled were confirmed; those that wait show every
    outcome."""
    officers = commune_officers(stage)
    seen: dict[int, int] = {}
    rows: list[Screening] = []
    for family in families:
        state = family.registration.status
        if state == "withdrawn":
            continue
        outcome = "confirmed"
        if state == "waiting":
            number = seen[family.home.pk] = seen.get(family.home.pk, -1) + 1
            outcome = WAITING[number % len(WAITING)]
            if family.registration.phone == KNOWN_PHONES["waiting"]:
                outcome = "asked"  # so that the family's page can be tried with a question
        rows += _rows(stage, family, outcome, officers)
    Screening.objects.bulk_create(rows)
    Event.objects.bulk_create(event for row in rows for event in _events(row, officers[row.commune_id]))
    registrations = [family.registration for family in families]
    Registration.objects.bulk_update(registrations, ["screened_at", "screening_overdue"], batch_size=2_000)
    begin_screening_many(row.pk for row in registrations if row.status in DECIDABLE)


def _rows(stage: Stage, family: DemoFamily, outcome: str, officers: dict[int, User]) -> list[Screening]:
    registration, home = family.registration, family.home
    registered = registration.registered_at or stage.now
    hours = dt.timedelta(hours=registration.campaign.screening_hours)
    fresh = outcome in {"pending", "answered", "asked", "sent_on", "disputed"}
    begun = stage.now - dt.timedelta(hours=stage.rng.uniform(2, 44)) if fresh else registered
    status = "pending" if outcome in {"answered", "sent_on"} else outcome
    row = Screening(
        registration=registration, commune=home, status=status, created_at=begun, due_at=begun + hours
    )
    decided = min(begun + dt.timedelta(hours=stage.rng.uniform(1, 30)), stage.now)
    if outcome in {"asked", "answered"}:
        row.question, row.asked_at = QUESTION, begun + dt.timedelta(minutes=40)
        if outcome == "answered":
            row.answer, row.answered_at = ANSWER, begun + dt.timedelta(minutes=95)
    if outcome == "overdue":
        row.decided_at = min(row.due_at, stage.now)
        registration.screened_at, registration.screening_overdue = row.decided_at, True
    if outcome in {"confirmed", "disputed"}:
        row.decided_at, row.decided_by = decided, officers[home.pk]
        row.reason = REASON if outcome == "disputed" else ""
        registration.screened_at = decided if outcome == "confirmed" else None
    if outcome != "sent_on":
        return [row]
    before = _another(stage, home)
    first = Screening(
        registration=registration,
        commune=before,
        status="not_ours",
        created_at=registered,
        due_at=registered + hours,
        decided_at=begun,
        decided_by=officers[before.pk],
        reason=REASON,
        suggested=home,
    )
    return [first, row]


def _another(stage: Stage, home: Place) -> Place:
    communes = Place.objects.under(stage.home).filter(kind=Place.Kind.COMMUNE).exclude(pk=home.pk)
    place = communes.order_by("code").first()
    assert place is not None
    return place


def _events(row: Screening, officer: User) -> list[Event]:
    """Build the log's events of a screening."""
    family = citizen_actor(mask_phone(row.registration.phone))
    decider = SYSTEM if row.status == "overdue" else officer
    steps: list[tuple[str, User | Actor, str, str, str, dt.datetime]] = []
    if row.asked_at:
        steps.append(("ask", officer, "pending", "asked", row.question, row.asked_at))
    if row.answered_at:
        steps.append(("answer", family, "asked", "pending", row.answer, row.answered_at))
    if row.decided_at:
        steps.append((EVENT[row.status], decider, "pending", row.status, row.reason, row.decided_at))
    events = []
    for verb, by, before, after, reason, at in steps:
        event = event_for(row, verb, by=by, reason=reason, from_status=before, to_status=after)
        event.at = at or timezone.now()
        events.append(event)
    return events
