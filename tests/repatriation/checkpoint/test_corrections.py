"""An arrival is corrected later, with a reason; both values are kept and the commune sees what changed."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied

from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.refusals import Refused
from repatriation.checkpoint.actions import ArrivalFacts
from repatriation.checkpoint.corrections import correct_arrival
from repatriation.checkpoint.undoing import take_back_arrival
from repatriation.handover.actions import accept, refuse
from repatriation.models import Arrival, ArrivalCorrection, Handover, Registration
from tests.repatriation.world.road import enter, people_of


@pytest.fixture
def arrival(road: SimpleNamespace, row: Registration) -> Arrival:
    people = people_of(row)
    facts = [ArrivalFacts(people[0], temperature=Decimal("36.6")), *[ArrivalFacts(one) for one in people[1:]]]
    return enter(road, row, facts=facts).arrivals[0]


def test_the_values_before_and_after_are_kept(road: SimpleNamespace, arrival: Arrival) -> None:
    result = correct_arrival(
        arrival,
        by=road.colleague,
        reason="Gõ nhầm",
        changes={"temperature": Decimal("38.6"), "symptoms": ["cough"], "needs": "Lọc máu thứ năm"},
    )
    arrival.refresh_from_db()
    assert (arrival.temperature, arrival.symptoms, arrival.has_symptoms) == (Decimal("38.6"), ["cough"], True)
    correction = ArrivalCorrection.objects.get()
    assert result.correction == correction
    assert (correction.by, correction.reason) == (road.colleague, "Gõ nhầm")
    assert correction.changes == {
        "temperature": ["36.6", "38.6"],
        "has_symptoms": [False, True],
        "symptoms": [[], ["cough"]],
        "needs": ["", "Lọc máu thứ năm"],
        "decision": ["home", "facility"],
    }
    event = Event.objects.get(verb="correct", subject_type="repatriation.arrival")
    assert event.reason == "Gõ nhầm"


def test_the_receiving_place_is_told_without_a_name_or_a_measure(
    road: SimpleNamespace, arrival: Arrival
) -> None:
    type(road.here).objects.filter(pk=road.here.pk).update(phone="+84901000001")
    result = correct_arrival(
        arrival, by=road.barrier, reason="Gõ nhầm", changes={"temperature": Decimal("38.6")}
    )
    message = Message.objects.get(kind="arrival_corrected")
    assert road.here in result.told
    assert len(set(result.told)) == len(result.told)
    assert arrival.person.full_name not in message.text
    assert "38" not in message.text


def test_papers_alone_tell_nobody(road: SimpleNamespace, arrival: Arrival) -> None:
    correct_arrival(arrival, by=road.barrier, reason="Quên", changes={"papers": ["vaccine"]})
    assert not Message.objects.filter(kind="arrival_corrected").exists()


def test_another_commune_withdraws_the_open_handover_and_sends_the_person_there(
    road: SimpleNamespace, arrival: Arrival
) -> None:
    correct_arrival(arrival, by=road.barrier, reason="Nhầm xã", changes={"destination": road.third})
    first, second = Handover.objects.filter(arrival=arrival).order_by("pk")
    assert (first.status, first.reason, first.decided_by) == ("withdrawn", "Nhầm xã", road.barrier)
    assert (second.status, second.to_place, second.previous) == ("sent", road.third, first)
    arrival.refresh_from_db()
    assert arrival.destination == road.third
    arrival.person.refresh_from_db()
    assert arrival.person.responsible_place == road.checkpoint
    assert Handover.objects.open().filter(person=arrival.person).count() == 1
    assert Message.objects.filter(kind="arrival_sent_elsewhere").count() == 1


def test_the_same_values_change_nothing(road: SimpleNamespace, arrival: Arrival) -> None:
    result = correct_arrival(
        arrival,
        by=road.barrier,
        reason="Gõ nhầm",
        changes={"temperature": Decimal("36.6"), "destination": road.commune},
    )
    assert result.correction is None
    assert not ArrivalCorrection.objects.exists()


def test_after_acceptance_measures_are_corrected_and_the_way_is_not(
    road: SimpleNamespace, arrival: Arrival
) -> None:
    accept(list(Handover.objects.filter(arrival=arrival)), by=road.here)
    correct_arrival(arrival, by=road.barrier, reason="Gõ nhầm", changes={"temperature": Decimal("38.6")})
    for changes in ({"destination": road.third}, {"decision": "hospital"}):
        with pytest.raises(Refused, match="đã tiếp nhận lúc"):
            correct_arrival(arrival, by=road.barrier, reason="Nhầm", changes=changes)
    arrival.refresh_from_db()
    assert (arrival.destination, arrival.decision) == (road.commune, "home")
    assert ArrivalCorrection.objects.count() == 1


def test_where_the_commune_sent_back_the_province_sends_on(road: SimpleNamespace, arrival: Arrival) -> None:
    refuse(list(Handover.objects.filter(arrival=arrival)), by=road.here, reason="Nhầm xã")
    with pytest.raises(Refused, match="báo tỉnh"):
        correct_arrival(arrival, by=road.barrier, reason="Nhầm", changes={"destination": road.third})
    assert Handover.objects.filter(arrival=arrival).count() == 1


def test_without_a_reason_nothing_is_corrected(road: SimpleNamespace, arrival: Arrival) -> None:
    with pytest.raises(Refused, match="lý do"):
        correct_arrival(arrival, by=road.barrier, reason=" ", changes={"needs": "xe lăn"})


def test_of_another_checkpoint_nothing_is_corrected(road: SimpleNamespace, arrival: Arrival) -> None:
    with pytest.raises(PermissionDenied):
        correct_arrival(arrival, by=road.far_barrier, reason="Nhầm", changes={"needs": "xe lăn"})


def test_what_was_taken_back_is_not_corrected(road: SimpleNamespace, arrival: Arrival) -> None:
    take_back_arrival(arrival.client_key, by=road.barrier)
    with pytest.raises(Refused, match="đã được bỏ"):
        correct_arrival(arrival, by=road.barrier, reason="Nhầm", changes={"needs": "xe lăn"})


def test_a_positive_person_is_not_sent_home_by_a_correction(road: SimpleNamespace, row: Registration) -> None:
    facts = [ArrivalFacts(people_of(row)[0], rapid_test="positive", decision="hospital")]
    arrival = enter(road, row, facts=facts).arrivals[0]
    with pytest.raises(Refused, match="không về thẳng nhà"):
        correct_arrival(arrival, by=road.barrier, reason="Nhầm", changes={"decision": "home"})


def test_one_key_with_another_content_says_both_values(road: SimpleNamespace, row: Registration) -> None:
    people = people_of(row)
    first = enter(road, row, facts=[ArrivalFacts(people[0], temperature=Decimal("37.0"))])
    key = first.arrivals[0].client_key
    again = enter(
        road,
        row,
        key=key,
        facts=[ArrivalFacts(people[0], temperature=Decimal("38.6")), ArrivalFacts(people[1])],
        destination=road.third,
    )
    assert again.repeated
    said = {(one.name, one.field, one.stored, one.sent) for one in again.differences}
    assert said == {
        (people[0].full_name, "temperature", "37,0 °C", "38,6 °C"),
        (people[0].full_name, "destination", road.commune.name, road.third.name),
        (people[1].full_name, "person", "không có", "có mặt"),
    }
    assert Arrival.objects.count() == 1


def test_the_first_content_sent_again_after_a_correction_is_no_other_content(
    road: SimpleNamespace, arrival: Arrival, row: Registration
) -> None:
    correct_arrival(
        arrival,
        by=road.barrier,
        reason="Nhầm",
        changes={"temperature": Decimal("38.6"), "destination": road.third},
    )
    people = people_of(row)
    facts = [ArrivalFacts(people[0], temperature=Decimal("36.6")), *[ArrivalFacts(one) for one in people[1:]]]
    again = enter(road, row, facts=facts, key=arrival.client_key)
    assert (again.repeated, again.differences) == (True, [])


def test_a_resend_after_the_acceptance_of_a_corrected_arrival_is_quiet(
    road: SimpleNamespace, arrival: Arrival, row: Registration
) -> None:
    accept(list(Handover.objects.open()), by=road.here)
    people = people_of(row)
    facts = [ArrivalFacts(people[0], temperature=Decimal("36.6")), *[ArrivalFacts(one) for one in people[1:]]]
    assert not enter(road, row, facts=facts, key=arrival.client_key).differences
