"""The demo's health records: doses, orders with their checks and tests, certificates."""

from __future__ import annotations

import base64
import datetime as dt
from decimal import Decimal
from functools import cache

from django.core.management import call_command
from django.utils import timezone

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.demo import Stage, demo_step
from portal.places.models import Place
from portal.records.actors import SYSTEM
from portal.records.log import event_for
from portal.records.models import Event
from portal.ui.bilingual import bilingual
from quarantine.certificates.actions import BYTES
from quarantine.models import (
    Certificate,
    DailyCheck,
    Numbering,
    Order,
    Protocol,
    ScheduledTest,
    TestResult,
    VaccinationDose,
)
from quarantine.models.check import Symptom, red_signs_of
from quarantine.numbers import SIGNS
from quarantine.orders.actions import explanation
from quarantine.protocols.choosing import choose_protocol

VACCINES = ["AstraZeneca", "Pfizer", "Vero Cell", "Moderna"]


@demo_step(30)
def load_rules(stage: Stage) -> None:
    call_command("load_protocols", verbosity=0)


@demo_step(50)
def load_orders(stage: Stage) -> None:
    """Make an order for everybody whom a commune accepted, with tests and checks up to today."""
    accepted: list[tuple[Person, Place, str, dt.date]] = stage.shared.get("accepted", [])
    if not accepted:
        return
    _protocol.cache_clear()
    today = timezone.localdate(stage.now)
    given = [_doses(stage, person, day) for person, _place, _address, day in accepted]
    VaccinationDose.objects.bulk_create([dose for doses in given for dose in doses])
    numbers: dict[int, int] = {}
    facilities = list(Place.objects.under(stage.home).filter(kind=Place.Kind.FACILITY))
    orders = [
        _order(stage, numbers, facilities, person, place, address, day, len(doses))
        for (person, place, address, day), doses in zip(accepted, given, strict=True)
    ]
    Order.objects.bulk_create(orders)
    Event.objects.bulk_create(_events(order) for order in orders)
    _tests(stage, orders, today)
    _checks(stage, orders, today)
    certificates = _certificates(stage, orders)
    Numbering.objects.bulk_create(
        Numbering(kind=kind, place_id=place_id, year=today.year, last=last)
        for kind, last_numbers in (("order", numbers), ("cert", certificates))
        for place_id, last in last_numbers.items()
    )


def _doses(stage: Stage, person: Person, day: dt.date) -> list[VaccinationDose]:
    """Make two doses, one or none; children under 12 have none."""
    if person.age() < 12:
        return []
    count = stage.rng.choices([0, 1, 2], [12, 28, 60])[0]
    vaccine = stage.rng.choice(VACCINES)
    last = day - dt.timedelta(days=stage.rng.randint(16, 80))
    return [
        VaccinationDose(
            person=person,
            number=number,
            vaccine=vaccine,
            given_on=last - dt.timedelta(days=28 * (count - number)),
            source=VaccinationDose.Source.OFFICER,
        )
        for number in range(1, count + 1)
    ]


def _order(
    stage: Stage,
    numbers: dict[int, int],
    facilities: list[Place],
    person: Person,
    place: Place,
    address: str,
    day: dt.date,
    doses: int,
) -> Order:
    protection = ["none", "partial", "full"][doses]
    protocol = _protocol(protection, day)
    beds = [facility for facility in facilities if facility.path.startswith(place.path)]
    to_facility = bool(beds) and stage.rng.random() < 0.12
    number = numbers[place.pk] = numbers.get(place.pk, 0) + 1
    ends_on = day + dt.timedelta(days=protocol.days)
    finished = ends_on < timezone.localdate(stage.now) and stage.rng.random() < 0.93
    why = explanation(bilingual(lambda: f"{protocol.get_protection_display()}."), protocol, None)
    return Order(
        person=person,
        protocol=protocol,
        chosen_because=why.vi,
        chosen_because_en=why.en,
        number=f"{number}/{SIGNS[Numbering.Kind.ORDER]}-{place.code}-{timezone.localdate(stage.now).year}",
        mode="facility" if to_facility else protocol.mode,
        place=beds[0] if to_facility else place,
        address=beds[0].name if to_facility else address,
        starts_on=day,
        ends_on=ends_on,
        follow_up_until=ends_on + dt.timedelta(days=protocol.follow_up_days),
        status=Order.Status.COMPLETED if finished else Order.Status.ACTIVE,
        created_at=min(_at(day, 18), stage.now),
        completed_at=_at(ends_on, 8) if finished else None,
    )


@cache
def _protocol(protection: str, day: dt.date) -> Protocol:
    return choose_protocol("returnee", protection, day)


def _at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def _events(order: Order) -> Event:
    event = event_for(order, "start", by=SYSTEM, from_status="ordered", to_status="active")
    event.at = min(order.created_at, timezone.now())
    return event


def _tests(stage: Stage, orders: list[Order], today: dt.date) -> None:
    """Make the scheduled tests. Almost all of the past ones have a result; the health officer has seen
    the positive results of earlier days."""
    health = User.objects.filter(assignments__role=Role.HEALTH).order_by("pk").first()
    results: list[TestResult] = []
    scheduled: list[ScheduledTest] = []
    for order in orders:
        for day in order.protocol.test_days:
            due = order.starts_on + dt.timedelta(days=day)
            result = None
            if order.status == Order.Status.COMPLETED or (due < today and stage.rng.random() < 0.94):
                outcome = (
                    "positive" if order.status == "active" and stage.rng.random() < 0.008 else "negative"
                )
                result = TestResult(
                    person=order.person,
                    kind="rapid",
                    outcome=outcome,
                    taken_on=due,
                    place=order.place,
                    created_at=min(_at(due, 15), stage.now),
                )
                if outcome == "positive" and health is not None and due < today - dt.timedelta(days=1):
                    result.seen_at, result.seen_by = _at(due, 16), health
                results.append(result)
            scheduled.append(ScheduledTest(order=order, day=day, due_on=due, result=result))
    TestResult.objects.bulk_create(results)
    ScheduledTest.objects.bulk_create(scheduled)


def _checks(stage: Stage, orders: list[Order], today: dt.date) -> None:
    """Make the checks of the last five days; one person in a hundred is ill today."""
    rng = stage.rng
    checks = []
    for order in orders:
        if order.status != Order.Status.ACTIVE:
            continue
        for ago in range(5):
            day = today - dt.timedelta(days=ago)
            if day < order.starts_on or rng.random() < (0.35 if ago == 0 else 0.08):
                continue
            ill = ago == 0 and rng.random() < 0.01
            checks.append(
                DailyCheck(
                    order=order,
                    on_date=day,
                    temperature=38.9 if ill else round(rng.uniform(36.1, 37.2), 1),
                    spo2=92 if ill else rng.randint(96, 99),
                    symptoms=[Symptom.FEVER, Symptom.BREATHLESS]
                    if ill
                    else ([Symptom.COUGH] if rng.random() < 0.04 else []),
                    is_red=ill,
                    red_signs=red_signs_of(Decimal("38.9"), 92, [Symptom.BREATHLESS]) if ill else [],
                    created_at=min(_at(day, rng.randint(6, 9), rng.randint(0, 59)), stage.now),
                )
            )
    DailyCheck.objects.bulk_create(checks)


def _certificates(stage: Stage, orders: list[Order]) -> dict[int, int]:
    """Make one for each completed order; return the last number of each commune."""
    last: dict[int, int] = {}
    rows = []
    for order in orders:
        if order.status != Order.Status.COMPLETED or order.completed_at is None:
            continue
        commune = order.place.commune or order.place
        number = last[commune.pk] = last.get(commune.pk, 0) + 1
        rows.append(
            Certificate(
                order=order,
                number=f"{number}/{SIGNS[Numbering.Kind.CERTIFICATE]}-{commune.code}-{order.completed_at.year}",
                public_code=base64.b32encode(stage.rng.randbytes(BYTES)).decode(),
                issued_at=order.completed_at,
            )
        )
    Certificate.objects.bulk_create(rows)
    return last
