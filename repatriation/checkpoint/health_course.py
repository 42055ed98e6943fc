"""What a positive test, a fever or a red symptom at the checkpoint sets going, in the arrival's transaction.

The test becomes a result of the person like any other, an alert goes to the officers who act, somebody who does not go
home gets a bed or the province is asked for one, and whoever came along is listed as a contact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.places.models import Place
from portal.records.actors import Actor
from portal.records.refusals import Refused
from quarantine.alerts.actions import move_alerts, raise_alert, settle_alert
from quarantine.alerts.contacts import add_contacts
from quarantine.facilities.stays import NewStay, cancel_stay, end_stays, move_stays, open_stays
from quarantine.models import Alert, AlertNotice, Contact, Facility, Stay, TestResult
from quarantine.models.alert import positive_sign
from quarantine.models.check import red_signs_of
from quarantine.results.actions import enter_results, void_result
from repatriation.models import Arrival, Boarding, Registration

if TYPE_CHECKING:
    from repatriation.checkpoint.actions import ArrivalFacts

ONE_NIGHT = dt.timedelta(hours=12)  # how far apart people of one plate may pass a checkpoint
LOOK_BACK = dt.timedelta(days=14)  # for whom somebody travelled with, when a later test is positive


def danger_signs(row: ArrivalFacts | Arrival) -> list[str]:
    """Return the signs that raise an alert: a positive test first, a fever of 38.5 °C and above, red symptoms."""
    temperature = None if row.temperature is None else Decimal(row.temperature)  # as text before it was saved
    signs = red_signs_of(temperature, None, list(row.symptoms))
    if row.rapid_test == Arrival.RapidTest.POSITIVE:
        return [positive_sign(TestResult.Kind.RAPID), *signs]
    return signs


def not_straight_home(facts: Sequence[ArrivalFacts]) -> list[ArrivalFacts]:
    """Send everybody with a danger sign who was to go home to a facility instead; the province names it."""
    home, facility = Arrival.Decision.HOME, Arrival.Decision.FACILITY
    return [
        replace(one, decision=facility) if one.decision == home and danger_signs(one) else one
        for one in facts
    ]


def enter_tests(facts: Sequence[ArrivalFacts], checkpoint: Place, *, by: User) -> dict[int, TestResult]:
    """Write the tests that were done here as results of these people, by person (id).

    Nobody gets a message: the test was done before their eyes.
    """
    results = [
        TestResult(
            person=one.person,
            kind=TestResult.Kind.RAPID,
            outcome=one.rapid_test,
            taken_on=timezone.localdate(),
            place=checkpoint,
        )
        for one in facts
        if one.rapid_test != Arrival.RapidTest.NONE
    ]
    if results:
        enter_results(results, by=by)
    return {result.person_id: result for result in results}


def follow(
    arrivals: Sequence[Arrival], registration: Registration | None, *, came_before: Collection[int], by: User
) -> list[AlertNotice]:
    """Give beds, raise alerts and list contacts after these people were entered; return who was told.

    `came_before`: those of them (ids) who passed a checkpoint before. A stay of theirs ends when they go home now.
    """
    home = [arrival.person_id for arrival in arrivals if arrival.decision == Arrival.Decision.HOME]
    if came_before:
        end_stays(set(home) & set(came_before), by=by)
    _open_stays(arrivals, registration, by=by)
    told: list[AlertNotice] = []
    for arrival in arrivals:
        if signs := danger_signs(arrival):
            alert = raise_alert(
                arrival.person, signs=signs, by=by, place=arrival.destination, result=arrival.test_result
            )
            told += alert.told  # type: ignore[attr-defined]
    _join_earlier_alerts(arrivals)
    return told


def _open_stays(arrivals: Sequence[Arrival], registration: Registration | None, *, by: User) -> None:
    away = [arrival for arrival in arrivals if arrival.decision != Arrival.Decision.HOME]
    if not away:
        return
    named = Facility.objects.filter(place__in={arrival.facility_id for arrival in away} - {None})
    by_place: dict[int | None, Facility] = {
        facility.place_id: facility for facility in named.select_related("place")
    }
    for arrival in away:
        if arrival.facility is not None and arrival.facility_id not in by_place:
            raise Refused(
                _("%(name)s chưa ghi số giường. Vui lòng chọn nơi khác, hoặc để tỉnh chỉ định.")
                % {"name": arrival.facility.name}
            )
    open_stays(
        [
            NewStay(
                person=arrival.person,
                place=arrival.destination,
                wanted=arrival.decision,
                facility=by_place.get(arrival.facility_id or 0),
                is_positive=arrival.rapid_test == Arrival.RapidTest.POSITIVE,
                needs=arrival.needs,
                family_phone=registration.phone if registration is not None else "",
            )
            for arrival in away
        ],
        by=by,
    )


def same_vehicle(arrival: Arrival) -> Q | None:
    """The condition that somebody else passed a checkpoint in the vehicle of this arrival, as far as it is known."""
    condition = Q()
    if arrival.trip_id is not None:
        condition |= Q(trip=arrival.trip_id)
    if arrival.vehicle_plate:
        night = (arrival.at - ONE_NIGHT, arrival.at + ONE_NIGHT)
        condition |= Q(vehicle_plate=arrival.vehicle_plate, at__range=night)
    return condition or None


def _join_earlier_alerts(arrivals: Sequence[Arrival]) -> None:
    """List these people as contacts of those of their vehicle who were entered before and raised an alert."""
    condition = same_vehicle(arrivals[0])
    if condition is None:
        return
    people = {arrival.person_id for arrival in arrivals}
    others = Arrival.objects.standing().filter(condition).exclude(client_key=arrivals[0].client_key)
    alerts = Alert.objects.filter(
        person__in=others.values("person"), raised_at__gte=arrivals[0].at - LOOK_BACK
    )
    add_contacts(
        (alert, person, Contact.Why.VEHICLE)
        for alert in alerts
        for person in people
        if person != alert.person_id
    )


def companions(person: int) -> dict[int, str]:
    """Return who came with a person (id) lately, and how: the same form, the same vehicle."""
    found: dict[int, str] = {}
    since = timezone.now() - LOOK_BACK
    arrival = Arrival.objects.standing().filter(person=person, at__gte=since).order_by("-at", "-pk").first()
    trip = arrival.trip_id if arrival is not None else None
    if arrival is None:
        boarded = Boarding.objects.standing().filter(person=person, at__gte=since).order_by("-at", "-pk")
        trip = boarded.values_list("trip", flat=True).first()
    if trip is not None:
        on_board = Boarding.objects.standing().filter(trip=trip)
        found |= dict.fromkeys(on_board.values_list("person", flat=True), Contact.Why.VEHICLE)
    if arrival is None:
        return found
    if (condition := same_vehicle(arrival)) is not None:
        others = Arrival.objects.standing().filter(condition)
        found |= dict.fromkeys(others.values_list("person", flat=True), Contact.Why.VEHICLE)
    together = Arrival.objects.standing().filter(client_key=arrival.client_key)
    return found | dict.fromkeys(together.values_list("person", flat=True), Contact.Why.FAMILY)


def follow_correction(
    arrival: Arrival, signs_before: Sequence[str], changed: Collection[str], *, by: User
) -> list[AlertNotice]:
    """Bring bed and alert in line with an arrival that was corrected; return who was told of new signs.

    An alert that stands stays until somebody settles it, also when the sign was a slip of the hand. The caller has
    locked the person.
    """
    person = arrival.person_id
    if {"decision", "facility"} & set(changed):
        waiting = Stay.objects.filter(person=person, status__in=["asked", "expected"])
        for stay in waiting.filter(created_at__gte=arrival.at):
            cancel_stay(stay, by=by, reason=_("Lượt đến đã được sửa."))
        _open_stays([arrival], arrival.registration, by=by)
    elif "destination" in changed:
        move_stays([person], to=arrival.destination)
    if "destination" in changed:
        move_alerts([person], to=arrival.destination, by=by)
    signs = danger_signs(arrival)
    if not set(signs) - set(signs_before):
        return []
    alert = raise_alert(
        arrival.person, signs=signs, by=by, place=arrival.destination, result=arrival.test_result
    )
    return list(alert.told)  # type: ignore[attr-defined]


def take_back_course(arrivals: Iterable[Arrival], *, by: User | Actor, reason: str) -> None:
    """Undo what arrivals that were taken back had set going: beds, tests and alerts, in the order of locks.

    The log keeps all of it. Somebody who is inside a facility by now stays there. The caller has locked the people.
    """
    rows = list(arrivals)
    waiting = Stay.objects.filter(
        person__in=[row.person_id for row in rows], status__in=["asked", "expected"]
    )
    waiting = waiting.filter(created_at__gte=min(row.at for row in rows))
    stays = list(waiting.select_for_update(of=("self",)).order_by("pk"))  # before their alerts: record 19
    for arrival in rows:
        result = arrival.test_result
        if result is not None:
            void_result(result, by=by, reason=reason)
        if not danger_signs(arrival) and arrival.decision == Arrival.Decision.HOME:
            continue
        alert = Alert.objects.unsettled().filter(person=arrival.person_id, raised_at__gte=arrival.at).first()
        if alert is not None and isinstance(by, User):
            settle_alert(alert, by=by, note=reason or _("Lượt đến này được ghi nhầm, đã bỏ."))
    for stay in stays:
        cancel_stay(stay, by=by, reason=reason)
