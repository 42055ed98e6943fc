"""Whatever happens at the checkpoints and in the communes, in whatever order: everybody who came has exactly one
responsible place, at most one open handover, and nobody positive is without somebody who acts.

Random sequences of what the barrier, a device that sends again, the communes, the province and the clock do.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from citizens.models import Person
from portal.places.home import home_province
from portal.records.models import Event
from portal.records.refusals import Refused
from quarantine.models import Alert
from repatriation.checkpoint.actions import ArrivalFacts
from repatriation.checkpoint.corrections import correct_arrival
from repatriation.checkpoint.undoing import take_back_arrival
from repatriation.handover import actions as handovers
from repatriation.handover import escalating, routing, undoing
from repatriation.models import Arrival, Handover, Registration
from tests.factories import PersonFactory
from tests.lock_order import around
from tests.repatriation.world.road import enter, family, on_the_road, people_of

STEPS = settings(
    max_examples=25,
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
Act = Callable[[SimpleNamespace, Handover], object]

# What a place may do with a handover. Another act is one more line.
ON_HANDOVERS: dict[str, Act] = {
    "accept": lambda road, row: handovers.accept([row], by=road.here),
    "refuse": lambda road, row: handovers.refuse([row], by=road.here, reason=REASON),
    "accept there": lambda road, row: handovers.accept([row], by=road.outside),
    "reroute": lambda road, row: routing.reroute([row], to_place=road.third, by=road.coordinator),
    "undo": lambda road, row: undoing.undo([row], by=road.here),
    "open again": lambda road, row: undoing.correct([row], by=road.coordinator, reason=REASON),
    "home": lambda road, row: handovers.confirm_home([row], by=road.here),
}
# What the checkpoint may do with an arrival that it entered. Another act is one more line.
ON_ARRIVALS: dict[str, Callable[[SimpleNamespace, Arrival], object]] = {
    "take back": lambda road, row: take_back_arrival(row.client_key, by=row.entered_by),
    "fever": lambda road, row: correct_arrival(
        row, by=row.entered_by, reason=REASON, changes={"temperature": Decimal("39.1")}
    ),
    "elsewhere": lambda road, row: correct_arrival(
        row, by=row.entered_by, reason=REASON, changes={"destination": road.third}
    ),
}


def somebody_acts_for(person: Person) -> bool:
    """Return whether somebody has to act on an alert of a person who is positive: nobody settles one here.

    The commune does that receives them, or has accepted them; after a refusal the province; a checkpoint never does.
    """
    alert = Alert.objects.unsettled().filter(person=person).select_related("place").first()
    last = Handover.objects.filter(person=person).order_by("pk").last()
    if alert is None or last is None:
        return False
    return alert.place == (home_province() if last.status == "refused" else last.to_place)


class AtTheBarrier(RuleBasedStateMachine):
    """Two checkpoints and three communes; each example begins with nobody on the road."""

    road: SimpleNamespace  # set by the test

    def __init__(self) -> None:
        super().__init__()
        self.work = around()
        self.work.__enter__()
        self.sent: list[dict[str, Any]] = []  # forms as the devices keep them

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.work.__exit__(None, None, None)

    # --- What happens

    @initialize(sizes=st.lists(st.integers(1, 4), min_size=1, max_size=4))
    def families_on_the_road(self, sizes: list[int]) -> None:
        rows = [family(self.road.campaign, self.road.places, size) for size in sizes]
        on_the_road(self.road, *rows[::2])
        PersonFactory(full_name="Lê Văn Sáu", home_commune=self.road.commune)  # on nobody's list

    @rule(n=PICK, some=st.integers(1, 4), there=st.booleans(), sick=st.booleans())
    def passes(self, n: int, some: int, there: bool, sick: bool) -> None:
        row = self.a(Registration.objects.all(), n)
        people = people_of(row)[:some] if row else []
        self.come(row, people, there=there, sick=sick)

    @rule(there=st.booleans(), sick=st.booleans())
    def walks_in(self, there: bool, sick: bool) -> None:
        self.come(None, list(Person.objects.filter(memberships=None)[:1]), there=there, sick=sick)

    @rule(n=PICK)
    def is_sent_again(self, n: int) -> None:
        """A device did not hear the answer."""
        if not self.sent:
            return
        form = self.sent[n % len(self.sent)]
        before = self.standing()
        result = enter(self.road, **form)
        assert result.repeated
        assert {row.client_key for row in result.arrivals} == {form["key"]}
        assert self.standing() == before

    @rule(n=PICK, verb=st.sampled_from(sorted(ON_HANDOVERS)))
    def place_answers(self, n: int, verb: str) -> None:
        self.attempt(self.a(Handover.objects.all(), n), lambda row: ON_HANDOVERS[verb](self.road, row))

    @rule(n=PICK, verb=st.integers(0, 99))
    def checkpoint_changes(self, n: int, verb: int) -> None:
        if acts := [act for _name, act in sorted(ON_ARRIVALS.items())]:
            act = acts[verb % len(acts)]
            self.attempt(self.a(Arrival.objects.all(), n), lambda row: act(self.road, row))

    @rule(hours=st.sampled_from([1, 5]))
    def time_passes(self, hours: int) -> None:
        late = Handover.objects.overdue(timezone.now() + dt.timedelta(hours=hours))
        new = late.filter(escalated_at=None).count()
        assert escalating.escalate_overdue(timezone.now() + dt.timedelta(hours=hours)) >= new

    # --- What always holds

    @invariant()
    def who_came_has_exactly_one_responsible_place(self) -> None:
        """It is the place that accepted them last; until somebody does, the checkpoint that they passed last."""
        rows = Arrival.objects.standing().order_by("at", "pk").select_related("person")
        last = {row.person_id: row for row in rows}
        links = Handover.objects.filter(arrival__in=last.values()).order_by("pk")
        ends = {row.person_id: row for row in links}
        for person, arrival in last.items():
            end = ends[person]
            answers = end.to_place_id if end.status == "accepted" else arrival.checkpoint_id
            assert arrival.person.responsible_place_id == answers, end.status
        nowhere = Person.objects.filter(arrivals__taken_back_at=None, arrivals__isnull=False)
        assert not nowhere.filter(responsible_place=None).exists()

    @invariant()
    def nobody_has_two_open_handovers(self) -> None:
        twice = Handover.objects.open().values("person").annotate(times=Count("pk")).filter(times__gt=1)
        assert not twice.exists()

    @invariant()
    def each_arrival_has_one_chain(self) -> None:
        for arrival in Arrival.objects.standing().prefetch_related("handovers"):
            links = sorted(arrival.handovers.all(), key=lambda link: link.pk)
            assert [link.previous_id for link in links] == [None, *(link.pk for link in links[:-1])]
            assert sum(link.status == "sent" for link in links) <= 1
            assert all(link.status != "accepted" for link in links[:-1])

    @invariant()
    def nobody_positive_is_without_somebody_who_acts(self) -> None:
        positive = Person.objects.filter(arrivals__rapid_test="positive", arrivals__taken_back_at=None)
        assert all(somebody_acts_for(person) for person in positive.distinct())

    @invariant()
    def a_family_is_entered_once(self) -> None:
        rows = Arrival.objects.standing().exclude(registration=None).values("registration", "person")
        assert not rows.annotate(times=Count("pk")).filter(times__gt=1).exists()

    @invariant()
    def the_log_ends_where_the_row_stands(self) -> None:
        for model in (Handover, Registration):
            last: dict[int, str] = {}
            events = Event.objects.filter(subject_type=model._meta.label_lower).exclude(to_status="")
            for event in events.order_by("pk"):
                assert last.get(event.subject_id, event.from_status) == event.from_status
                last[event.subject_id] = event.to_status
            for row in model.objects.filter(pk__in=last):  # type: ignore[attr-defined]
                assert row.status == last[row.pk]

    # --- Helpers

    def come(self, row: Any, people: Sequence[Person], *, there: bool, sick: bool) -> None:
        """Send a form; the head of a sick family is positive and goes to a facility."""
        if not people:
            return
        road = self.road
        facts = [
            ArrivalFacts(person, rapid_test="positive", decision="facility")
            if sick and number == 0
            else ArrivalFacts(person, rapid_test="negative")
            for number, person in enumerate(people)
        ]
        form: dict[str, Any] = {
            "row": row,
            "facts": facts,
            "key": uuid.uuid4(),
            "checkpoint": road.second if there else road.checkpoint,
            "by": road.far_barrier if there else road.barrier,
            "destination": road.commune,
        }

        def send(_form: Any) -> None:
            assert not enter(road, **form).repeated
            self.sent.append(form)

        self.attempt(form, send)

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
        except (Refused, PermissionDenied):
            assert self.standing() == before

    def standing(self) -> list[list[tuple[Any, ...]]]:
        return [
            [*Registration.objects.order_by("pk").values_list("pk", "status")],
            [*Handover.objects.order_by("pk").values_list("pk", "status", "to_place", "home_safe_at")],
            [*Arrival.objects.order_by("pk").values_list("pk", "taken_back_at", "rapid_test")],
            [*Person.objects.order_by("pk").values_list("pk", "responsible_place")],
        ]


@pytest.fixture
def at_the_barrier(db: None) -> type[AtTheBarrier]:
    from tests.repatriation.world.road import make_road

    return type("AtTheBarrier", (AtTheBarrier,), {"road": make_road()})


def test_nobody_falls_between_two_places_in_whatever_order(at_the_barrier: type[AtTheBarrier]) -> None:
    run_state_machine_as_test(at_the_barrier, settings=STEPS)


def test_control_an_acceptance_that_leaves_the_person_behind_is_noticed(
    at_the_barrier: type[AtTheBarrier], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same steps see the fault when accepting forgets who answers for the person from now on."""
    decide = handovers._decide

    def forgetful(row: Handover, verb: str, **details: Any) -> None:
        decide(row, verb, **details)
        row.person.save = lambda **_fields: None  # type: ignore[method-assign]

    monkeypatch.setattr(handovers, "_decide", forgetful)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(at_the_barrier, settings=STEPS)


def test_control_a_resend_that_enters_again_is_noticed(
    at_the_barrier: type[AtTheBarrier], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same steps see the fault when the form's key is not looked at."""
    from repatriation.checkpoint import actions

    monkeypatch.setattr(actions, "first_result", lambda *_form: None)
    with pytest.raises((AssertionError, Refused)):
        run_state_machine_as_test(at_the_barrier, settings=STEPS)
