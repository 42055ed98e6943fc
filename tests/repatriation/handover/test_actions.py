"""From the checkpoint to the commune: accepted, refused, sent on, until everybody is at home."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.refusals import Refused
from quarantine.models import Order, Protocol
from repatriation.checkpoint.actions import ArrivalFacts
from repatriation.handover.actions import accept, confirm_home, refuse
from repatriation.handover.routing import reroute
from repatriation.models import Handover, Registration
from tests.factories import PersonFactory
from tests.repatriation.world.road import enter, family, handed_over, party, people_of
from tests.repatriation.world.statements import updates_of


@pytest.fixture
def rows(road: SimpleNamespace) -> list[Handover]:
    return handed_over(road, 2)


def states(rows: list[Handover]) -> list[str]:
    return [Handover.objects.get(pk=row.pk).status for row in rows]


def places(rows: list[Handover]) -> set[str]:
    return {Handover.objects.get(pk=row.pk).person.responsible_place.code for row in rows}


def test_accepting_moves_the_people_and_opens_their_quarantine(
    road: SimpleNamespace, rows: list[Handover]
) -> None:
    assert places(rows) == {"cp-suoi-sau"}
    accept(rows, by=road.here)
    assert states(rows) == ["accepted", "accepted"]
    assert places(rows) == {road.commune.code}
    decided = Handover.objects.get(pk=rows[0].pk)
    assert (decided.decided_by, decided.decided_at is not None) == (road.here, True)
    orders = Order.objects.order_by("pk")
    assert [order.person for order in orders] == [row.person for row in rows]
    assert {(o.place, o.status, o.starts_on, o.address) for o in orders} == {
        (road.commune, "active", timezone.localdate(), "ấp Bùng Binh")
    }
    assert Registration.objects.get().status == "closed"
    message = Message.objects.get(kind="handover_accepted")
    assert message.text.startswith("Xã Hưng Thuận đã tiếp nhận 2 người")
    assert Event.objects.filter(verb="accept", user=road.here).count() == 2


def test_the_order_is_by_what_the_checkpoint_decided(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 3)
    home, facility, hospital = people_of(row)
    result = enter(
        road,
        row,
        facts=[
            ArrivalFacts(home),
            ArrivalFacts(facility, rapid_test="positive", decision="facility"),
            ArrivalFacts(hospital, rapid_test="positive", decision="hospital"),
        ],
    )
    accept(party(result), by=road.here)
    modes = dict(Order.objects.values_list("person", "mode"))
    assert modes[facility.pk] == modes[hospital.pk] == "facility"
    assert modes[home.pk] != "facility"


@pytest.mark.parametrize("decision", ["home", "facility", "hospital"])
def test_the_order_follows_who_passes_a_checkpoint_once_more(
    road: SimpleNamespace, rows: list[Handover], decision: str
) -> None:
    accept(rows, by=road.here)
    people = [row.person for row in rows]
    back = [(road.third, road.outside, decision), (road.commune, road.here, "home")]
    for place, officer, decided in back:
        facts = [ArrivalFacts(person, decision=decided) for person in people]
        accept(party(enter(road, None, facts=facts, destination=place)), by=officer)
        current = Order.objects.current().select_related("person").order_by("person")
        assert [order.person_id for order in current] == sorted(person.pk for person in people)
        assert {order.place_id for order in current} == {place.pk}
        assert {order.person.responsible_place_id for order in current} == {place.pk}
        assert {order.mode == "facility" for order in current} == {decided != "home"}
        assert Order.objects.visible_to(officer).current().count() == 2
    assert Order.objects.filter(status="transferred").count() == 4


def test_accepted_again_by_the_same_commune_the_order_stays(
    road: SimpleNamespace, rows: list[Handover]
) -> None:
    accept(rows, by=road.here)
    people = [row.person for row in rows]
    accept(party(enter(road, None, people)), by=road.here)
    assert set(Order.objects.values_list("status", flat=True)) == {"active"}
    assert Order.objects.count() == 2


def test_where_no_rule_covers_the_day_nothing_is_accepted(
    road: SimpleNamespace, rows: list[Handover]
) -> None:
    Protocol.objects.update(effective_from=dt.date(2020, 1, 1), effective_to=dt.date(2021, 12, 31))
    with pytest.raises(Refused):
        accept(rows, by=road.here)
    assert states(rows) == ["sent", "sent"]
    assert places(rows) == {"cp-suoi-sau"}
    assert not Order.objects.exists()


def test_a_second_officer_reads_who_accepted(road: SimpleNamespace, rows: list[Handover]) -> None:
    accept(rows, by=road.here)
    with pytest.raises(Refused, match="Nguyễn Thị Hạnh"):
        accept(rows, by=road.same)
    with pytest.raises(Refused, match="tiếp nhận lúc"):
        refuse(rows, by=road.same, reason="Hết chỗ")
    with pytest.raises(Refused, match="tiếp nhận lúc"):
        reroute(rows, to_place=road.other, by=road.coordinator)
    assert Order.objects.count() == 2
    assert Message.objects.filter(kind="handover_accepted").count() == 1


def test_nobody_in_the_list_is_refused(road: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="Không còn ai"):
        accept([], by=road.here)


def test_a_refusal_needs_a_reason(road: SimpleNamespace, rows: list[Handover]) -> None:
    with pytest.raises(Refused, match="lý do"):
        refuse(rows, by=road.here, reason=" \n")
    assert states(rows) == ["sent", "sent"]


def test_a_refused_family_stays_with_the_sender(road: SimpleNamespace, rows: list[Handover]) -> None:
    refuse(rows, by=road.here, reason="Khu cách ly đã đầy")
    assert states(rows) == ["refused", "refused"]
    assert places(rows) == {"cp-suoi-sau"}
    assert Handover.objects.get(pk=rows[0].pk).reason == "Khu cách ly đã đầy"
    assert not Order.objects.exists()
    assert Registration.objects.get().status == "arrived"
    assert "Chốt Suối Sâu vẫn lo cho gia đình" in Message.objects.get(kind="handover_refused").text
    event = Event.objects.filter(verb="refuse").first()
    assert event is not None
    assert event.reason == "Khu cách ly đã đầy"


def test_a_refusal_saves_each_row_once_with_its_reason(road: SimpleNamespace, rows: list[Handover]) -> None:
    with updates_of(Handover) as statements:
        refuse(rows, by=road.here, reason="Khu cách ly đã đầy")
    assert len(statements) == len(rows)
    assert {row.reason for row in Handover.objects.all()} == {"Khu cách ly đã đầy"}


def test_a_refused_family_cannot_be_accepted_or_refused_again(
    road: SimpleNamespace, rows: list[Handover]
) -> None:
    refuse(rows, by=road.here, reason="Hết chỗ")
    with pytest.raises(Refused, match="Nguyễn Thị Hạnh đã trả lại"):
        accept(rows, by=road.same)
    with pytest.raises(Refused, match="đã trả lại"):
        refuse(rows, by=road.same, reason="Hết chỗ")


def test_the_database_refuses_a_refusal_without_reason_and_a_decision_by_nobody(
    rows: list[Handover],
) -> None:
    ids = [row.pk for row in rows]
    with pytest.raises(IntegrityError, match="handover_decided_by_somebody"), transaction.atomic():
        Handover.objects.filter(pk__in=ids).update(status="accepted")
    decided = {"decided_at": timezone.now(), "decided_by": rows[0].arrival.entered_by}
    with pytest.raises(IntegrityError, match="handover_refused_with_reason"), transaction.atomic():
        Handover.objects.filter(pk__in=ids).update(status="refused", **decided)


def test_the_province_sends_a_refused_family_on(road: SimpleNamespace, rows: list[Handover]) -> None:
    refuse(rows, by=road.here, reason="Hết chỗ")
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2), tick=False):
        links = reroute(rows, to_place=road.other, by=road.coordinator, reason="Xã bên còn chỗ")
        assert {link.deadline for link in links} == {timezone.now() + dt.timedelta(hours=4)}
    assert [link.previous for link in links] == rows
    assert {(link.from_place, link.to_place, link.status) for link in links} == {
        (road.checkpoint, road.other, "sent")
    }
    assert places(rows) == {"cp-suoi-sau"}
    assert "Phường Trảng Bàng" in Message.objects.get(kind="handover_rerouted").text
    accept(links, by=road.elsewhere)
    assert places(rows) == {road.other.code}
    assert set(Order.objects.values_list("place", flat=True)) == {road.other.pk}
    assert Registration.objects.get().status == "closed"


def test_the_province_takes_a_family_from_a_commune_that_is_silent(
    road: SimpleNamespace, rows: list[Handover]
) -> None:
    links = reroute(rows, to_place=road.other, by=road.coordinator)
    assert states(rows) == ["refused", "refused"]
    first = Handover.objects.get(pk=rows[0].pk)
    assert (first.decided_by, first.reason) == (road.coordinator, "Tỉnh chuyển nơi tiếp nhận")
    assert states(links) == ["sent", "sent"]


def test_what_was_sent_on_is_not_sent_on_twice(road: SimpleNamespace, rows: list[Handover]) -> None:
    refuse(rows, by=road.here, reason="Hết chỗ")
    reroute(rows, to_place=road.other, by=road.coordinator)
    with pytest.raises(Refused, match="đã trả lại"):
        reroute(rows, to_place=road.commune, by=road.coordinator)
    assert Handover.objects.count() == 4


def test_sent_twice_to_the_same_place_it_is_on_its_way_once(
    road: SimpleNamespace, rows: list[Handover]
) -> None:
    refuse(rows, by=road.here, reason="Hết chỗ")
    links = reroute(rows, to_place=road.other, by=road.coordinator)
    assert reroute(links, to_place=road.other, by=road.coordinator) == links
    assert Handover.objects.count() == 4
    assert Message.objects.filter(kind="handover_rerouted").count() == 1


def test_a_chain_may_grow_long_and_has_one_open_end(road: SimpleNamespace, rows: list[Handover]) -> None:
    links = rows
    for _turn in range(3):
        refuse(links, by=road.here, reason="Hết chỗ")
        links = reroute(links, to_place=road.commune, by=road.coordinator, reason="Đã gọi, xã đồng ý")
        assert {link.to_place for link in links} == {road.commune}
        assert Handover.objects.open().count() == 2
    accept(links, by=road.here)
    assert Handover.objects.filter(arrival=rows[0].arrival).count() == 4
    assert not Handover.objects.open().exists()


def test_who_came_again_meanwhile_is_not_sent_on_a_second_way(road: SimpleNamespace) -> None:
    person = PersonFactory(home_commune=road.commune)
    first = party(enter(road, None, [person]))
    refuse(first, by=road.here, reason="Hết chỗ")
    second = party(enter(road, None, [person], checkpoint=road.second, by=road.far_barrier))
    with pytest.raises(Refused, match="Chốt Mộc Bài"):
        reroute(first, to_place=road.other, by=road.coordinator)
    assert states(first + second) == ["refused", "sent"]


def test_home_safely_is_said_once_and_only_after_the_acceptance(
    road: SimpleNamespace, rows: list[Handover]
) -> None:
    with pytest.raises(Refused, match="sau khi đã tiếp nhận"):
        confirm_home(rows, by=road.here)
    accept(rows, by=road.here)
    confirm_home(rows, by=road.here)
    times = set(Handover.objects.values_list("home_safe_at", flat=True))
    assert None not in times
    confirm_home(rows, by=road.same)
    assert set(Handover.objects.values_list("home_safe_at", flat=True)) == times
    assert Message.objects.filter(kind="home_safe").count() == 1
    assert Event.objects.filter(verb="home_safe", user=road.here).count() == 2
    assert not Event.objects.filter(verb="home_safe", user=road.same).exists()


def test_the_registration_closes_with_the_last_of_the_family(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2)
    result = enter(road, row)
    first, second = party(result)
    accept([first], by=road.here)
    assert Registration.objects.get(pk=row.pk).status == "arrived"
    refuse([second], by=road.here, reason="Phải đi bệnh viện")
    (link,) = reroute([second], to_place=road.other, by=road.coordinator)
    assert Registration.objects.get(pk=row.pk).status == "arrived"
    accept([link], by=road.elsewhere)
    assert Registration.objects.get(pk=row.pk).status == "closed"
