"""A positive test, a fever or a red symptom at the checkpoint changes the course, in the arrival's transaction."""

from __future__ import annotations

import uuid
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.notifications.models import Message
from portal.records.refusals import Refused
from quarantine.alerts.actions import settle_alert
from quarantine.models import Alert, Contact, Facility, Order, Protocol, Stay, TestResult
from repatriation.checkpoint.actions import ArrivalFacts
from repatriation.checkpoint.health_course import take_back_course
from repatriation.handover.actions import accept
from repatriation.handover.routing import reroute
from repatriation.models import Arrival, Registration
from tests.factories import make_user
from tests.repatriation.world.barrier import PAGE, card, scan
from tests.repatriation.world.places import make_place
from tests.repatriation.world.road import as_, enter, family, on_the_road, party, people_of, text_of

TODAY = "/officer/today/"


@pytest.fixture
def hospital(road: SimpleNamespace) -> Facility:
    """In a commune that has nothing to do with anybody here."""
    place = make_place("facility", "bv-tinh", "Bệnh viện Đa khoa Tây Ninh", road.third)
    road.manager = make_user(Role.FACILITY, place, username="bv", full_name="Huỳnh Thanh Tùng")
    return Facility.objects.create(place=place, kind="hospital", beds=1, phone="0276 3822 222")


def facts_of(row: Registration, **ill: Any) -> list[ArrivalFacts]:
    """The family with its first person ill."""
    first, *others = people_of(row)
    return [ArrivalFacts(first, **ill), *[ArrivalFacts(person, rapid_test="negative") for person in others]]


def ill(road: SimpleNamespace, row: Registration, **facts: Any) -> Arrival:
    facts = {"rapid_test": "positive", "temperature": Decimal("38.5"), "decision": "facility", **facts}
    return enter(road, row, facts=facts_of(row, **facts)).arrivals[0]


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_the_mother_with_a_fever_and_a_positive_test_is_everybodys_first_row(
    road: SimpleNamespace, row: Registration, box: Client, hospital: Facility
) -> None:
    """The joint at which she was once lost: the officer's press, the health officer's list, the facility, her file."""
    road.health.phone = "+84900000001"
    road.health.save()
    mother = people_of(row)[0]
    data = card(
        scan(box, row.code),
        **{
            f"positive_{mother.pk}": "on",
            f"temperature_{mother.pk}": "38,5",
            f"decision_{mother.pk}": "facility",
            f"facility_{mother.pk}": str(hospital.place_id),
        },
    )
    page = text_of(box.post(PAGE, data, follow=True))
    assert "Đưa Nguyễn Thị Lan đến Bệnh viện Đa khoa Tây Ninh, điện thoại 0276 3822 222." in page
    for told in (
        "Đặng Thu Hà (Tỉnh Tây Ninh)",
        "Nguyễn Thị Hạnh (Xã Hưng Thuận)",
        "Huỳnh Thanh Tùng (Bệnh viện",
    ):
        assert told in page
    assert "chỉ thấy trong “Hôm nay”: Huỳnh Thanh Tùng" in page

    health = as_(road.health)
    today = health.get(TODAY)
    assert today.context["part"].key == "red"
    assert today.context["rows"][0].person == mother
    assert "Bệnh viện Đa khoa Tây Ninh" in text_of(today)
    facility = as_(road.manager).get("/officer/quarantine/facility/")
    assert [stay.person for stay in facility.context["expected"]] == [mother]
    file = text_of(health.get(reverse("citizens:person", args=[mother.pk])))
    assert "Dương tính" in file
    assert "Chưa có kết quả" not in file
    alert = Alert.objects.get()
    page = text_of(health.get(reverse("quarantine:alert", args=[alert.pk])))
    for name in ("Trần Văn Đức", "Trần Bảo An", "Chốt Suối Sâu", "Sốt 38,5 °C"):
        assert name in page
    message = Message.objects.get(kind="stay_named")
    assert message.phone == row.phone
    assert "ương tính" not in message.text


def test_tests_done_here_are_results_like_any_other(road: SimpleNamespace, row: Registration) -> None:
    arrival = ill(road, row)
    results = TestResult.objects.order_by("pk")
    assert [(one.outcome, one.kind, one.place) for one in results] == [
        ("positive", "rapid", road.checkpoint),
        *[("negative", "rapid", road.checkpoint)] * 2,
    ]
    assert arrival.test_result == results[0]
    assert set(Arrival.objects.values_list("test_result", flat=True)) == {one.pk for one in results}
    assert not Message.objects.filter(kind="test_result_ready").exists()


def test_the_commune_around_the_checkpoint_reads_no_test_of_who_passes(
    road: SimpleNamespace, row: Registration
) -> None:
    ill(road, row)
    accept(party_of(row), by=road.here)
    assert not TestResult.objects.visible_to(again(road.elsewhere)).exists()  # the checkpoint lies there
    assert TestResult.objects.visible_to(again(road.here)).count() == 3


def party_of(row: Registration) -> list[Any]:
    from repatriation.models import Handover

    return list(Handover.objects.open().filter(arrival__registration=row).order_by("pk"))


@pytest.mark.parametrize(
    "facts",
    [
        {"rapid_test": "positive"},
        {"temperature": Decimal("38.5")},
        {"symptoms": ["breathless"]},
    ],
)
def test_nobody_with_a_danger_sign_goes_straight_home_from_any_way_in(
    road: SimpleNamespace, row: Registration, facts: dict[str, Any]
) -> None:
    arrival = ill(road, row, **{"rapid_test": "none", "temperature": None, "decision": "home", **facts})
    assert (arrival.decision, arrival.facility) == ("facility", None)
    assert Stay.objects.get().status == "asked"
    assert Alert.objects.get().place == road.commune


@pytest.mark.parametrize(
    "facts",
    [
        {"temperature": Decimal("38.4")},
        {"symptoms": ["cough"]},
        {"has_symptoms": True},
        {"rapid_test": "negative"},
    ],
)
def test_who_is_only_a_little_ill_goes_home_and_alarms_nobody(
    road: SimpleNamespace, row: Registration, facts: dict[str, Any]
) -> None:
    arrival = ill(road, row, **{"rapid_test": "none", "temperature": None, "decision": "home", **facts})
    assert arrival.decision == "home"
    assert not Alert.objects.exists()
    assert not Stay.objects.exists()  # "home" makes no bed (case 32)


def test_the_database_lets_nobody_positive_go_home(road: SimpleNamespace, row: Registration) -> None:
    arrival = ill(road, row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Arrival.objects.filter(pk=arrival.pk).update(decision="home")


def test_without_a_named_place_the_province_is_asked_until_it_names_one(
    road: SimpleNamespace, row: Registration, box: Client, hospital: Facility
) -> None:
    mother = people_of(row)[0]
    data = card(scan(box, row.code), **{f"positive_{mother.pk}": "on", f"decision_{mother.pk}": "hospital"})
    page = text_of(box.post(PAGE, data, follow=True))
    assert "Nguyễn Thị Lan không về thẳng nhà. Tỉnh đã được báo" in page
    for user in (road.health, road.coordinator):
        assert "Nguyễn Thị Lan" in text_of(as_(user).get(f"{TODAY}?tab=stays_to_name"))
    assert Message.objects.get(kind="stay_asked").phone == row.phone


def test_a_place_that_is_full_is_refused_and_nothing_is_written(
    road: SimpleNamespace, row: Registration, hospital: Facility
) -> None:
    ill(road, row, decision="hospital", facility=hospital.place)
    other = family(road.campaign, road.places, 1)
    with pytest.raises(Refused, match="vừa hết chỗ"), transaction.atomic():
        ill(road, other, decision="hospital", facility=hospital.place)
    assert not Arrival.objects.filter(registration=other).exists()
    assert not TestResult.objects.filter(person=people_of(other)[0]).exists()


def test_a_full_place_is_not_offered_and_not_taken(
    row: Registration, box: Client, hospital: Facility
) -> None:
    mother = people_of(row)[0]
    page = scan(box, row.code)
    assert "còn 1 chỗ" in text_of(page)
    Facility.objects.update(is_open=False)
    data = card(page, **{f"positive_{mother.pk}": "on", f"facility_{mother.pk}": str(hospital.place_id)})
    page = box.post(PAGE, data)
    assert page.status_code == 422
    assert "vừa hết chỗ" in text_of(page)


def test_sent_again_it_changes_nothing(road: SimpleNamespace, row: Registration) -> None:
    key = uuid.uuid4()
    facts = facts_of(row, rapid_test="positive", decision="facility")
    enter(road, row, facts=facts, key=key)
    counts = [model.objects.count() for model in (Alert, Stay, TestResult, Contact, Message)]
    assert enter(road, row, facts=facts, key=key).told == []
    assert [model.objects.count() for model in (Alert, Stay, TestResult, Contact, Message)] == counts


# --- Who came along -------------------------------------------------------------------------------


def test_the_whole_bus_is_listed_whoever_came_first(road: SimpleNamespace, row: Registration) -> None:
    before, after = family(road.campaign, road.places, 2), family(road.campaign, road.places, 2)
    stranger = family(road.campaign, road.places, 1)
    on_the_road(road, row, before, after)
    enter(road, before)
    ill(road, row)
    enter(road, after)
    enter(road, stranger)
    listed = dict(Contact.objects.values_list("person", "why"))
    mine = {person.pk for person in people_of(row)[1:]}
    bus = {person.pk for one in (before, after) for person in people_of(one)}
    assert set(listed) == mine | bus
    assert {listed[pk] for pk in mine} == {"family"}
    assert {listed[pk] for pk in bus} == {"vehicle"}


def test_a_later_positive_test_lists_who_travelled_along(road: SimpleNamespace, row: Registration) -> None:
    from django.utils import timezone

    from quarantine.results.actions import record_test_result

    enter(road, row)
    record_test_result(
        people_of(row)[0], kind="pcr", outcome="positive", taken_on=timezone.localdate(), by=road.health
    )
    assert {contact.person for contact in Contact.objects.all()} == set(people_of(row)[1:])


# --- On acceptance --------------------------------------------------------------------------------


def load_contact_rules() -> None:
    """Rules for contacts without an end, as on the day of this test."""
    Protocol.objects.filter(person_class="contact").update(effective_to=None)


def test_accepting_gives_a_facility_to_who_is_positive_and_a_contacts_order_to_the_others(
    road: SimpleNamespace, row: Registration
) -> None:
    load_contact_rules()
    ill(road, row)
    accept(party_of(row), by=road.here)
    orders = {order.person_id: order for order in Order.objects.select_related("protocol")}
    mother, *others = people_of(row)
    assert orders[mother.pk].mode == "facility"
    assert {orders[person.pk].protocol.person_class for person in others} == {"contact"}
    assert orders[mother.pk].protocol.person_class == "returnee"  # no rule for cases is loaded


def test_a_rule_for_cases_applies_where_it_is_loaded(road: SimpleNamespace, row: Registration) -> None:
    for rule in Protocol.objects.filter(person_class="returnee", document="8399/BYT-MT"):
        rule.pk, rule.person_class, rule.document = None, "case", "F0"
        rule.save(force_insert=True)
    ill(road, row)
    accept(party_of(row), by=road.here)
    order = Order.objects.get(person=people_of(row)[0])
    assert (order.protocol.person_class, order.mode) == ("case", "facility")


def test_a_fever_alone_makes_nobody_a_contact_of_the_sick(road: SimpleNamespace, row: Registration) -> None:
    load_contact_rules()
    ill(road, row, rapid_test="none")
    accept(party_of(row), by=road.here)
    assert set(Order.objects.values_list("protocol__person_class", flat=True)) == {"returnee"}


def test_alert_and_stay_follow_to_the_commune_that_takes_over(
    road: SimpleNamespace, row: Registration
) -> None:
    """The alert has one place that acts at every moment of the way (cases 28, 31)."""
    ill(road, row)
    reroute(party_of(row), to_place=road.third, by=road.coordinator)
    assert (Alert.objects.get().place, Stay.objects.get().place) == (road.third, road.third)
    accept(party_of(row), by=road.outside)
    assert Alert.objects.get().place == road.third
    tabs = {part.key: count for part, count in as_(road.here).get(TODAY).context["tabs"]}
    assert tabs["red"] == 0


def test_the_hospital_sees_her_and_the_commune_around_it_does_not(
    road: SimpleNamespace, row: Registration, hospital: Facility
) -> None:
    """Where somebody lies is not who answers for them (case 22)."""
    ill(road, row, decision="hospital", facility=hospital.place)
    accept(party_of(row), by=road.here)
    mother = people_of(row)[0]
    assert mother.responsible_place == road.commune
    assert Alert.objects.visible_to(again(road.here)).exists()
    assert Alert.objects.visible_to(again(road.manager)).exists()
    assert not Alert.objects.visible_to(again(road.outside)).exists()
    assert not Stay.objects.visible_to(again(road.outside)).exists()


# --- Taken back -----------------------------------------------------------------------------------


def test_an_arrival_taken_back_takes_its_test_its_bed_and_its_alert_along(
    road: SimpleNamespace, row: Registration, hospital: Facility
) -> None:
    arrival = ill(road, row, decision="hospital", facility=hospital.place)
    take_back_course([arrival], by=road.barrier, reason="Nhầm người")
    assert TestResult.objects.get(pk=arrival.test_result_id).outcome == "unclear"
    assert (Stay.objects.get().status, Facility.objects.get().taken) == ("cancelled", 0)
    alert = Alert.objects.get()
    assert (alert.status, alert.note, alert.settled_by) == ("settled", "Nhầm người", road.barrier)
    take_back_course([arrival], by=road.barrier, reason="Nhầm người")


def test_a_settled_alert_stays_settled_when_the_rest_of_the_bus_comes(
    road: SimpleNamespace, row: Registration
) -> None:
    other = family(road.campaign, road.places, 1)
    on_the_road(road, row, other)
    ill(road, row)
    settle_alert(Alert.objects.get(), by=road.health, note="Đã vào viện")
    enter(road, other)
    assert Alert.objects.get().status == "settled"
    assert Contact.objects.filter(person=people_of(other)[0]).exists()


def test_handed_over_is_whoever_was_there(road: SimpleNamespace, row: Registration) -> None:
    result = enter(road, row, facts=facts_of(row, rapid_test="positive"))
    assert len(party(result)) == 3
