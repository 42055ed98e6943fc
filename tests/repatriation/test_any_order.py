"""Whatever people do, in whatever order: no family is lost, none counts twice, no seat beyond a vehicle's.

Random sequences of everything that coordinators, families, the barrier, the communes and the clock do.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from citizens.models import Person
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import transition_many
from repatriation.boarding import actions as boarding
from repatriation.boarding import walk_ons
from repatriation.handover import actions as handovers
from repatriation.handover import routing
from repatriation.intake import actions as intake
from repatriation.models import Boarding, Handover, Intake, Member, Offer, Registration, Screening, Trip
from repatriation.models.registration import LIVE
from repatriation.registration import submitting as registration
from repatriation.screening import actions as screening
from repatriation.seats import answering as offers
from repatriation.seats import by_hand
from repatriation.seats import filling as seating
from repatriation.seats.leaving import requeue_family, withdraw
from repatriation.seats.splitting import split_family
from repatriation.trips import actions as trips
from repatriation.trips import changes as trip_changes
from repatriation.trips.changes import TripChange
from tests.lock_order import around
from tests.repatriation.world.road import bus, enter, family, make_road, people_of

STEPS = settings(
    max_examples=20,
    stateful_step_count=40,
    phases=[Phase.generate],  # what fails is printed as it was: each shrunk step would ask the database anew
    report_multiple_bugs=False,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    database=None,
)
PICK = st.integers(0, 99)
REASON = "Thử ngẫu nhiên"


def soon() -> dt.datetime:
    """A departure that is far enough for an answer and near enough to be recorded."""
    return timezone.now() + dt.timedelta(hours=2, minutes=50)


class WayHome(RuleBasedStateMachine):
    """One province; each example begins with an empty queue and leaves nothing behind."""

    road: SimpleNamespace  # set by the test

    def __init__(self) -> None:
        super().__init__()
        self.work = around()
        self.work.__enter__()
        self.families: list[int] = []
        self.people: set[int] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.work.__exit__(None, None, None)

    # --- What happens

    @initialize(sizes=st.lists(st.integers(1, 6), min_size=2, max_size=6))
    def a_queue(self, sizes: list[int]) -> None:
        for size in sizes:
            self.registers(size, 0)
        bus(self.road, seats=7, departs_at=soon())

    @rule(size=st.integers(1, 6), score=st.sampled_from([0, 20, 60]))
    def registers(self, size: int, score: int) -> None:
        days = {"travel_until": timezone.localdate() + dt.timedelta(days=2)} if size % 2 else {}
        row = family(self.road.campaign, self.road.places, size, score=score, ago=len(self.families), **days)
        screening.begin_screening(row)
        self.families.append(row.pk)
        self.people |= {person.pk for person in people_of(row)}

    @rule(seats=st.integers(1, 12))
    def plans(self, seats: int) -> None:
        bus(self.road, seats=seats, departs_at=soon())

    @rule(n=PICK)
    def fills(self, n: int) -> None:
        self.attempt(self.a(Trip.objects.all(), n), lambda row: seating.fill_trip(row, by=self.coordinator))

    @rule(n=PICK)
    def confirms(self, n: int) -> None:
        self.attempt(self.a(Offer.objects.all(), n), lambda row: offers.confirm_offer(row, by=self.citizen))

    @rule(n=PICK, back=st.booleans())
    def declines(self, n: int, back: bool) -> None:
        self.attempt(
            self.a(Offer.objects.all(), n),
            lambda row: offers.decline_offer(row, by=self.citizen, back_to_queue=back),
        )

    @rule(n=PICK)
    def withdraws(self, n: int) -> None:
        self.attempt(self.a(self.rows, n), lambda row: withdraw(row, by=self.citizen))

    @rule(n=PICK, hours=st.sampled_from([1, 13]))
    def time_passes(self, n: int, hours: int) -> None:
        now = timezone.now() + dt.timedelta(hours=hours)
        self.attempt(self.a(Trip.objects.all(), n), lambda row: seating.lapse_due(row, now=now))

    @rule(n=PICK, verb=st.sampled_from(["close", "reopen", "depart", "arrive", "reconcile", "open"]))
    def trip_goes_on(self, n: int, verb: str) -> None:
        step: Callable[..., Any] = getattr(trips, f"{verb}_trip")
        self.attempt(self.a(Trip.objects.all(), n), lambda row: step(row, by=self.coordinator))

    @rule(n=PICK)
    def trip_is_cancelled(self, n: int) -> None:
        self.attempt(
            self.a(Trip.objects.all(), n),
            lambda row: trips.cancel_trip(row, by=self.coordinator, reason=REASON),
        )

    @rule(n=PICK, days=st.sampled_from([0, 1, -1]), seats=st.integers(1, 12))
    def trip_moves(self, n: int, days: int, seats: int) -> None:
        def move(row: Trip) -> None:
            change = TripChange(row.departs_at + dt.timedelta(days=days), row.pickup, seats)
            trip_changes.edit_trip(row, change, by=self.coordinator)

        self.attempt(self.a(Trip.objects.all(), n), move)

    @rule(n=PICK)
    def waits_again(self, n: int) -> None:
        self.attempt(self.a(self.rows, n), lambda row: requeue_family(row, by=self.coordinator))

    @rule(n=PICK, some=st.integers(1, 6))
    def passes_the_barrier(self, n: int, some: int) -> None:
        def come(row: Registration) -> None:
            key = uuid.uuid4()
            people = people_of(row)[:some]
            first = enter(self.road, row, people, key=key)
            again = enter(self.road, row, people, key=key)
            assert again.repeated
            assert [arrival.pk for arrival in again.arrivals] == [arrival.pk for arrival in first.arrivals]

        self.attempt(self.a(self.rows, n), come)

    @rule(n=PICK, verb=st.sampled_from(["accept", "refuse", "reroute"]))
    def commune_answers(self, n: int, verb: str) -> None:
        def answer(row: Handover) -> None:
            officer = self.road.outside if row.to_place == self.road.third else self.road.here
            if verb == "accept":
                handovers.accept([row], by=officer)
            elif verb == "refuse":
                handovers.refuse([row], by=officer, reason=REASON)
            else:
                routing.reroute([row], to_place=self.road.third, by=self.coordinator, reason=REASON)

        self.attempt(self.a(Handover.objects.all(), n), answer)

    @rule(n=PICK, held=st.booleans())
    def is_held(self, n: int, held: bool) -> None:
        def hold(row: Registration) -> None:
            if held:
                by_hand.hold_family(row, by=self.coordinator, reason=REASON)
            else:
                by_hand.release_family(row, by=self.coordinator)

        self.attempt(self.a(self.rows, n), hold)

    @rule(n=PICK, m=PICK)
    def is_seated_by_hand(self, n: int, m: int) -> None:
        trip = self.a(Trip.objects.all(), m)
        self.attempt(
            self.a(self.rows, n),
            lambda row: by_hand.seat_family(row, trip, by=self.coordinator, reason=REASON),
        )

    @rule(n=PICK, m=PICK)
    def is_moved(self, n: int, m: int) -> None:
        to = self.a(Trip.objects.all(), m)
        self.attempt(
            self.a(Offer.objects.all(), n),
            lambda row: by_hand.move_family(row, to, by=self.coordinator, reason=REASON),
        )

    @rule(n=PICK, some=st.integers(1, 5))
    def is_split(self, n: int, some: int) -> None:
        def split(row: Registration) -> None:
            leaving = list(row.members.values_list("pk", flat=True)[:some])
            self.families.append(split_family(row, leaving, by=self.coordinator, reason=REASON).pk)

        self.attempt(self.a(self.rows, n), split)

    @rule(n=PICK, limit=st.sampled_from([None, 3, 8]))
    def commune_sets_a_limit(self, n: int, limit: int | None) -> None:
        self.attempt(
            self.a(Trip.objects.all(), n),
            lambda row: intake.set_limits([self.road.commune], row.day, row.day, limit, by=self.coordinator),
        )

    @rule(n=PICK, m=PICK, some=st.integers(1, 6), walks_on=st.booleans())
    def gets_on(self, n: int, m: int, some: int, walks_on: bool) -> None:
        trip = self.a(Trip.objects.all(), m)

        def get_on(row: Registration) -> None:
            told: dict[str, Any] = {
                "by": self.coordinator,
                "client_key": uuid.uuid4(),
                "people": [person.pk for person in people_of(row)[:some]],
            }
            act = partial(walk_ons.board_walk_on, reason=REASON) if walks_on else boarding.board
            act(trip, row, **told)
            again = act(trip, row, **told)
            assert again.repeated or not again.boarded

        self.attempt(self.a(self.rows, n), get_on)

    @rule(n=PICK)
    def gets_off(self, n: int) -> None:
        self.attempt(
            self.a(Boarding.objects.all(), n),
            lambda row: boarding.undo_boarding(
                row.trip, row.person_id, by=self.coordinator, undo_key=uuid.uuid4()
            ),
        )

    @rule(n=PICK)
    def is_waited_for_in_vain(self, n: int) -> None:
        self.attempt(
            self.a(Offer.objects.all(), n),
            lambda row: boarding.mark_absent(row.trip, row.registration, by=self.coordinator),
        )

    @rule(n=PICK, verb=st.sampled_from(["confirm", "reject", "ask", "settle"]))
    def home_is_confirmed(self, n: int, verb: str) -> None:
        def answer(row: Screening) -> None:
            if verb == "confirm":
                screening.confirm(row, by=self.road.here)
            elif verb == "reject":
                screening.reject(row, by=self.road.here, reason=REASON, suggested=self.road.third)
            elif verb == "ask":
                screening.ask(row, by=self.road.here, question=REASON)
            else:
                screening.settle(row, by=self.coordinator, commune=self.road.commune)

        self.attempt(self.a(Screening.objects.all(), n), answer)

    @rule(hours=st.sampled_from([1, 60]))
    def communes_are_late(self, hours: int) -> None:
        screening.lapse_overdue(timezone.now() + dt.timedelta(hours=hours))

    # --- What always holds

    @invariant()
    def no_family_is_lost(self) -> None:
        assert set(Registration.objects.values_list("pk", flat=True)) == set(self.families)
        counted = Registration.objects.annotate(there=Count("members"))
        assert all(row.there == row.people for row in counted)
        heads = Q(members__is_head=True)
        assert not Registration.objects.annotate(heads=Count("members", filter=heads)).exclude(heads=1)
        assert set(Member.objects.values_list("person", flat=True)) == self.people

    @invariant()
    def nobody_stands_twice(self) -> None:
        live = Member.objects.filter(registration__status__in=LIVE)
        assert set(live.values_list("live", flat=True)) <= {True}
        twice = live.values("campaign", "person").annotate(times=Count("pk")).filter(times__gt=1)
        assert not twice.exists()

    @invariant()
    def seats_are_counted_and_enough(self) -> None:
        held = Sum("offers__people", filter=Q(offers__status__in=["offered", "confirmed", "travelled"]))
        for trip in Trip.objects.annotate(held=held):
            assert trip.seats_taken == (trip.held or 0)
            assert trip.seats_taken <= trip.seats

    @invariant()
    def no_commune_gets_more_than_it_takes(self) -> None:
        for row in Intake.objects.all():
            taken = intake.taken_on([row.commune_id], row.day, row.day)
            assert row.taken == sum(taken.values())
            assert row.taken <= row.people_limit

    @invariant()
    def nobody_is_on_two_vehicles(self) -> None:
        on = Boarding.objects.standing().filter(trip__status__in=["closed", "departed"])
        assert not on.values("person").annotate(times=Count("pk")).filter(times__gt=1).exists()

    @invariant()
    def one_commune_at_a_time_is_asked(self) -> None:
        asked = Screening.objects.open().values("registration").annotate(times=Count("pk"))
        assert not asked.filter(times__gt=1).exists()
        assert not self.rows.filter(held_at__isnull=False, status__in=["offered", "confirmed"]).exists()

    @invariant()
    def a_seat_and_its_family_agree(self) -> None:
        seats = Counter(Offer.objects.filter(status__in=Offer.LIVE).values_list("registration", flat=True))
        for row in Registration.objects.all():
            if row.status in {"offered", "confirmed"}:
                assert seats[row.pk] == 1, row.status
            elif row.status in {"waiting", "withdrawn", "declined", "no_show", "duplicate"}:
                assert not seats[row.pk], row.status
            else:
                assert seats[row.pk] <= 1
        for offer in Offer.objects.select_related("registration"):
            if offer.status in Offer.LIVE:
                assert offer.people == offer.registration.people
                assert offer.trip.status not in {"planned", "reconciled", "cancelled"}

    @invariant()
    def who_came_has_one_place(self) -> None:
        came = Person.objects.filter(arrivals__isnull=False).distinct()
        for person in came.annotate(
            open=Count("handovers", filter=Q(handovers__status="sent"), distinct=True)
        ):
            assert person.responsible_place_id is not None
            assert person.open <= 1
        assert (
            not Handover.objects.values("previous")
            .annotate(n=Count("pk"))
            .filter(n__gt=1, previous__isnull=False)
        )

    @invariant()
    def the_log_ends_where_the_row_stands(self) -> None:
        for model in (Registration, Offer, Trip, Handover, Screening):
            name = model._meta.label_lower
            last: dict[int, str] = {}
            events = Event.objects.filter(subject_type=name).exclude(to_status="").order_by("pk")
            for event in events:
                assert last.get(event.subject_id, event.from_status) == event.from_status
                last[event.subject_id] = event.to_status
            for row in model.objects.filter(pk__in=last):  # type: ignore[attr-defined]
                assert row.status == last[row.pk]

    # --- Helpers

    @property
    def rows(self) -> Any:
        return Registration.objects.all()

    @property
    def coordinator(self) -> Any:
        return self.road.coordinator

    @property
    def citizen(self) -> Any:
        return registration.family_actor("+84901234567")

    def a(self, rows: Any, n: int) -> Any:
        found: Sequence[Any] = list(rows.order_by("pk"))
        return found[n % len(found)] if found else None

    def attempt(self, row: Any, act: Callable[[Any], object]) -> None:
        """Do it; what is refused changes nothing."""
        if row is None:
            return
        before = self.standing()
        try:
            with transaction.atomic():
                act(row)
        except Refused:
            assert self.standing() == before

    def standing(self) -> list[list[tuple[Any, ...]]]:
        models = (Registration, Trip, Offer, Handover, Screening)
        return [
            [*model.objects.order_by("pk").values_list("pk", "status")]  # type: ignore[attr-defined]
            for model in models
        ]


@pytest.fixture
def way_home(db: None) -> type[WayHome]:
    return type("WayHome", (WayHome,), {"road": make_road()})


def test_nobody_is_lost_whatever_happens_in_whatever_order(way_home: type[WayHome]) -> None:
    run_state_machine_as_test(way_home, settings=STEPS)


def test_control_a_seat_given_back_without_its_family_is_noticed(
    way_home: type[WayHome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same steps see the fault when an ended offer forgets to let its family wait again."""

    def forgetful(_trip: Trip, ended: Sequence[Offer], verb: str, *, by: Any, **_rest: Any) -> None:
        transition_many(ended, verb, by=by, locked=True)

    monkeypatch.setattr(trips, "give_back", forgetful)
    monkeypatch.setattr(seating, "give_back", forgetful)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(way_home, settings=STEPS)
