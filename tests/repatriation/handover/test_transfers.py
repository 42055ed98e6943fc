"""From commune to commune, with the consent of both; and people whom no commune receives."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from citizens.models import Person
from portal.notifications.models import Message
from portal.records.refusals import Refused
from quarantine.alerts.actions import raise_alert
from quarantine.models import Alert, Order, TestResult
from repatriation.handover.actions import accept, refuse
from repatriation.handover.excepting import end_exception, record_exception
from repatriation.handover.routing import close_open, keep, reroute, withdraw
from repatriation.models import Handover, HandoverException, Registration
from tests.factories import fresh
from tests.repatriation.world.road import as_, handed_over, text_of
from tests.repatriation.world.transfers import at_home, moved

LIST = "/officer/handovers/"


def places(people: list[Person]) -> set[str]:
    found = Person.objects.filter(pk__in=[person.pk for person in people])
    return set(found.values_list("responsible_place__name", flat=True))


def with_email(*users: Any) -> None:
    for user in users:
        user.email = f"{user.username}@example.vn"
        user.save(update_fields=["email"])


def test_until_the_receiver_accepts_the_sender_is_responsible(road: SimpleNamespace) -> None:
    people = at_home(road)
    with_email(road.outside)
    links = moved(road, people)
    assert {(link.kind, link.status, link.from_place, link.to_place) for link in links} == {
        ("transfer", "sent", road.commune, road.third)
    }
    assert places(people) == {"Xã Hưng Thuận"}
    assert "Xã Hưng Thuận vẫn phụ trách" in Message.objects.get(kind="transfer_sent").text
    told = Message.objects.get(kind="handover_sent")
    assert told.email == "ben@example.vn"
    assert people[0].full_name not in told.text
    accept(links, by=road.outside)
    assert places(people) == {"Xã Bến Cầu"}


def test_what_is_to_come_and_the_open_alert_move_with_them(road: SimpleNamespace) -> None:
    """Case 31: tests of days 3 and 7, daily checks and yesterday's alert."""
    (person,) = people = at_home(road, 1)
    order = Order.objects.get(person=person)
    done = TestResult.objects.create(
        person=person, kind="rapid", outcome="negative", taken_on=order.starts_on, place=road.commune
    )
    first = order.scheduled_tests.first()
    assert first is not None
    first.result = done
    first.save(update_fields=["result"])
    raise_alert(person, signs=["spo2=90"], by=road.here)
    assert Alert.objects.to_act(fresh(road.here)).count() == 1
    accept(moved(road, people), by=road.outside)
    now = Order.objects.current().get(person=person)
    assert (now.place, now.starts_on, now.ends_on) == (road.third, order.starts_on, order.ends_on)
    assert now.address == "ấp Long Hòa"
    assert now.scheduled_tests.filter(result=None).count() == order.protocol.test_days.__len__() - 1
    assert Alert.objects.to_act(fresh(road.outside)).count() == 1
    assert Alert.objects.to_act(fresh(road.here)).count() == 0
    assert not Order.objects.open().filter(place=road.commune).exists()
    done.refresh_from_db()
    assert done.place == road.commune


def test_a_refused_transfer_stands_in_the_senders_worklist_until_it_is_settled(road: SimpleNamespace) -> None:
    people = at_home(road)
    links = moved(road, people)
    refuse(links, by=road.outside, reason="Không có nhà ở đây", proposed_place=road.other)
    assert places(people) == {"Xã Hưng Thuận"}
    page = text_of(as_(road.here).get(reverse("reporting:today") + "?tab=transfers_refused"))
    assert "Không có nhà ở đây" in page
    assert "Phường Trảng Bàng" in page
    keep(Handover.objects.filter(pk__in=[link.pk for link in links]), by=road.here)
    assert not Handover.objects.sent_back().exists()


def test_a_new_transfer_settles_the_refused_one(road: SimpleNamespace) -> None:
    people = at_home(road)
    refuse(moved(road, people), by=road.outside, reason="Không có nhà ở đây")
    moved(road, people, to_place=road.other)
    assert not Handover.objects.sent_back().exists()
    assert Handover.objects.open().count() == 2


def test_the_province_sends_a_refused_transfer_on(road: SimpleNamespace) -> None:
    people = at_home(road)
    links = moved(road, people)
    refuse(links, by=road.outside, reason="Không có nhà ở đây")
    again = reroute(links, to_place=road.other, by=road.coordinator, reason="Nhà ở Trảng Bàng")
    assert {(link.kind, link.party, link.address) for link in again} == {
        ("transfer", links[0].party, "ấp Long Hòa")
    }
    with pytest.raises(Refused, match="nơi đang gửi"):
        reroute(again, to_place=road.commune, by=road.coordinator)
    accept(again, by=road.elsewhere)
    assert places(people) == {"Phường Trảng Bàng"}


def test_withdrawn_by_the_sender_the_receiver_reads_why(road: SimpleNamespace) -> None:
    links = moved(road, at_home(road, names=["Cao Thị Út"]))
    with pytest.raises(Refused, match="lý do"):
        withdraw(links, by=road.here, reason=" ")
    with pytest.raises(PermissionDenied):
        withdraw(links, by=road.outside, reason="Không phải việc của mình")
    withdraw(links, by=road.here, reason="Con gái đón về sau")
    page = text_of(as_(road.outside).get(LIST))
    assert "Cao Thị Út" in page
    assert "Con gái đón về sau" in page
    with pytest.raises(Refused, match="đã được rút lại lúc"):
        accept(links, by=road.outside)
    answer = as_(road.outside).post(
        reverse("repatriation:handover_accept", args=[links[0].party]), follow=True
    )
    assert answer.status_code == 200
    assert "đã được rút lại" in text_of(answer)


def test_one_open_handover_a_person_and_the_second_press_reads_of_the_first(road: SimpleNamespace) -> None:
    """Case 24."""
    people = at_home(road, names=["Lý Thanh Hải"])
    moved(road, people)
    with pytest.raises(Refused, match="Lý Thanh Hải đang chờ Xã Bến Cầu tiếp nhận, gửi lúc"):
        moved(road, people[:1], to_place=road.other, by=road.same)
    assert Handover.objects.open().count() == 2


def test_sent_again_with_the_same_key_it_changes_nothing(road: SimpleNamespace) -> None:
    people, key = at_home(road), uuid.uuid4()
    first = moved(road, people, client_key=key)
    again = moved(road, people, client_key=key)
    assert [row.pk for row in again] == [row.pk for row in first]
    assert Message.objects.filter(kind="transfer_sent").count() == 1


def test_only_the_place_that_answers_may_ask(road: SimpleNamespace) -> None:
    people = at_home(road)
    with pytest.raises(PermissionDenied):
        moved(road, people, by=road.outside)
    with pytest.raises(Refused, match="Vui lòng chọn nơi khác"):
        moved(road, people, to_place=road.commune)
    address = reverse("repatriation:handover_transfer", args=[people[0].pk])
    assert as_(road.here).get(address).status_code == 200
    assert as_(road.outside).get(address).status_code == 404
    assert as_(road.viewer).get(address).status_code == 403


def test_the_form_asks_and_keeps_what_was_typed(road: SimpleNamespace) -> None:
    people = at_home(road)
    address = reverse("repatriation:handover_transfer", args=[people[0].pk])
    data = {
        "people": [str(person.pk) for person in people],
        "to_place": road.third.pk,
        "needs": "Chạy thận thứ năm",
        "reason": "",
        "client_key": str(uuid.uuid4()),
    }
    page = as_(road.here).post(address, data)
    assert page.status_code == 422
    assert "Chạy thận thứ năm" in text_of(page)
    page = as_(road.here).post(address, {**data, "reason": "Về ở với con"}, follow=True)
    assert "Đã gửi đề nghị đến Xã Bến Cầu" in text_of(page)
    assert set(Handover.objects.open().values_list("needs", flat=True)) == {"Chạy thận thứ năm"}
    shown = text_of(as_(road.outside).get(LIST))
    assert "Cần: Chạy thận thứ năm" in shown


def left(rows: list[Handover], road: SimpleNamespace, **changes: Any) -> list[HandoverException]:
    values: dict[str, Any] = {
        "kind": "hospital",
        "where": "Bệnh viện Chợ Rẫy",
        "taken_over_by": "Khoa Cấp cứu",
        "at": timezone.now(),
        "reason": "Chuyển cấp cứu từ chốt",
        "by": road.coordinator,
        **changes,
    }
    return record_exception(rows, **values)


def test_who_leaves_for_elsewhere_is_recorded_by_the_province(road: SimpleNamespace) -> None:
    """Case 30: no deadline runs, no made-up commune, one responsible place."""
    rows = handed_over(road, 2, names=["Phan Thị Hạnh"])
    left(rows, road)
    assert set(Handover.objects.values_list("status", flat=True)) == {"withdrawn"}
    assert places([row.person for row in rows]) == {road.places.home.name}
    assert not Handover.objects.overdue(timezone.now() + dt.timedelta(days=30)).exists()
    assert Registration.objects.get().status == "closed"
    page = text_of(as_(road.coordinator).get(reverse("repatriation:handover_exceptions")))
    assert "Phan Thị Hạnh" in page
    assert "Bệnh viện Chợ Rẫy" in page
    assert "Phan Thị Hạnh" in text_of(as_(road.here).get(LIST))  # with the reason, above the list
    with pytest.raises(Refused, match="đã được rút lại"):
        accept(rows, by=road.here)


def test_taken_in_by_another_road_nobody_is_asked_twice(road: SimpleNamespace) -> None:
    """Case 29: the handover that waited is closed with its reason, and a new one is not blocked by it."""
    people = at_home(road)
    links = moved(road, people)
    left(links, road, kind="other_road", where="Cơ sở cách ly Hưng Thuận", taken_over_by="Cơ sở")
    (row,) = HandoverException.objects.filter(person=people[0])
    end_exception(row, by=road.coordinator, reason="Đã ra cơ sở, về lại xã")
    person = Person.objects.get(pk=people[0].pk)
    assert person.responsible_place == road.commune
    assert Handover.objects.open().get(person=person).previous_id == links[0].pk


def test_who_died_after_the_acceptance_is_waited_for_no_more(road: SimpleNamespace) -> None:
    rows = accept(handed_over(road, 1), by=road.here)
    left(rows, road, kind="died", where="Tại nhà", taken_over_by="")
    row = Handover.objects.get(pk=rows[0].pk)
    assert (row.status, row.home_by) == ("accepted", None)
    assert set(Order.objects.values_list("status", flat=True)) == {"cancelled"}
    assert not Message.objects.filter(kind="handover_exception", phone=row.person.phone).exists()


def test_an_exception_needs_the_province(road: SimpleNamespace) -> None:
    rows = handed_over(road, 1)
    for user in (road.here, road.barrier):
        with pytest.raises(PermissionDenied):
            left(rows, road, by=user)
    left(rows, road)
    with pytest.raises(Refused, match="đã được rút lại"):
        left(rows, road)


def test_the_form_of_an_exception_names_what_is_missing(road: SimpleNamespace) -> None:
    rows = handed_over(road, 1)
    address = reverse("repatriation:handover_exception", args=[rows[0].party])
    data = {
        "except-people": [str(rows[0].person_id)],
        "except-kind": "hospital",
        "except-where": "Bệnh viện Chợ Rẫy",
        "except-taken_over_by": "",
        "except-day": timezone.localdate().strftime("%d/%m/%Y"),
        "except-hour": "00:00",
        "except-reason": "Cấp cứu",
    }
    page = as_(road.coordinator).post(address, data)
    assert page.status_code == 422
    assert "Vui lòng ghi ai đã nhận người này." in text_of(page)
    page = as_(road.coordinator).post(address, {**data, "except-taken_over_by": "Khoa Cấp cứu"}, follow=True)
    assert "Đã ghi trường hợp riêng" in text_of(page)


def test_who_disappears_under_an_open_handover_leaves_a_sentence(road: SimpleNamespace) -> None:
    """Case 27: the arrival was entered by mistake, and the receiver's page is old."""
    rows = handed_over(road, 1, names=["Cao Thị Út"])
    close_open(rows, by=road.barrier, reason="Ghi nhầm người, đã bỏ lượt đến")
    browser = as_(road.here)
    assert "Ghi nhầm người, đã bỏ lượt đến" in text_of(browser.get(LIST))
    assert browser.get(reverse("repatriation:party", args=[rows[0].party])).status_code == 404
    late = browser.post(reverse("repatriation:handover_accept", args=[rows[0].party]), follow=True)
    assert late.status_code == 200
    assert "Ghi nhầm người, đã bỏ lượt đến" in text_of(late)
    assert close_open(rows, by=road.barrier, reason="Lần nữa") == []
    assert places([rows[0].person]) == {"Chốt Suối Sâu"}


def test_withdrawn_the_receiver_reads_the_people_no_more(road: SimpleNamespace) -> None:
    links = moved(road, at_home(road, names=["Cao Thị Út"]))
    withdraw(links, by=road.here, reason="Con gái đón về sau")
    address = reverse("repatriation:party", args=[links[0].party])
    assert as_(fresh(road.outside)).get(address).status_code == 404
    assert as_(fresh(road.here)).get(address).status_code == 200
