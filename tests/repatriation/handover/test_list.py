"""The list by commune: who needs somebody at once stands first, several are accepted at once, and who is next."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from citizens.models import Person
from portal.accounts.models import User
from portal.notifications.models import Message
from quarantine.models import Order, TestResult
from repatriation.checkpoint.actions import ArrivalFacts
from repatriation.handover.actions import accept, refuse
from repatriation.handover.routing import reroute
from repatriation.models import Handover
from tests.asking import ask
from tests.factories import PersonFactory, client_of, fresh
from tests.repatriation.world.road import (
    as_,
    enter,
    family,
    handed_over,
    on_the_road,
    party,
    people_of,
    same_cost,
    text_of,
)

LIST = "/officer/handovers/"
MANY = "/officer/handovers/accept/"


def came(road: SimpleNamespace, name: str, ago: int = 0, **facts: Any) -> list[Handover]:
    row = family(road.campaign, road.places, 1, names=[name])
    with time_machine.travel(timezone.now() - dt.timedelta(hours=ago), tick=False):
        return party(enter(road, row, facts=[ArrivalFacts(people_of(row)[0], **facts)]))


def order_of(page: str, *names: str) -> list[str]:
    return sorted(names, key=page.index)


@pytest.mark.parametrize(
    "facts",
    [
        {"rapid_test": "positive", "decision": "facility"},
        {"temperature": "38.5"},
        {"has_symptoms": True},
        {"symptoms": ["cough"]},
        {"needs": "Chạy thận thứ năm"},
        {"decision": "hospital"},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_who_needs_somebody_at_once_stands_first_whatever_the_deadline(
    road: SimpleNamespace, facts: dict[str, Any]
) -> None:
    came(road, "Trần Văn Muộn", ago=9)
    came(road, "Lê Thị Gấp", **facts)
    came(road, "Võ Văn Thường", ago=1)
    for address in (LIST, reverse("reporting:today") + "?tab=handovers"):
        page = text_of(as_(road.here).get(address))
        assert order_of(page, "Trần Văn Muộn", "Lê Thị Gấp", "Võ Văn Thường") == [
            "Lê Thị Gấp",
            "Trần Văn Muộn",
            "Võ Văn Thường",
        ]
        assert page.count("Ưu tiên") == 1


def test_a_result_that_comes_later_puts_them_first_until_it_is_seen(road: SimpleNamespace) -> None:
    came(road, "Trần Văn Muộn", ago=9)
    (row,) = came(road, "Lê Thị Gấp")
    result = TestResult.objects.create(
        person=row.person, kind="pcr", outcome="positive", taken_on=timezone.localdate()
    )
    page = text_of(as_(road.here).get(LIST))
    assert order_of(page, "Trần Văn Muộn", "Lê Thị Gấp")[0] == "Lê Thị Gấp"
    assert "Dương tính" in page
    result.seen_at, result.seen_by = timezone.now(), road.here
    result.save()
    page = text_of(as_(road.here).get(LIST))
    assert order_of(page, "Trần Văn Muộn", "Lê Thị Gấp")[0] == "Trần Văn Muộn"


def test_what_they_need_is_read_by_whoever_takes_them_in_alone(road: SimpleNamespace) -> None:
    came(road, "Lê Thị Gấp", temperature="38.6", needs="Chạy thận thứ năm", rapid_test="positive")
    page = text_of(as_(road.here).get(LIST))
    for words in ("Dương tính", "Sốt 38,6 °C", "Cần: Chạy thận thứ năm"):
        assert words in page
    page = text_of(as_(road.viewer).get(LIST))
    for words in ("Dương tính", "38,6", "Chạy thận"):
        assert words not in page


def test_several_are_accepted_at_once_after_the_numbers_and_the_alarming_were_read(
    road: SimpleNamespace,
) -> None:
    first = handed_over(road, 3, names=["Nguyễn Văn Một"])
    second = came(road, "Lê Thị Gấp", temperature="38.6", needs="Chạy thận thứ năm")
    data = {"row": [str(first[0].party), str(second[0].party)]}
    page = text_of(ask(as_(road.here), MANY, data))
    assert "Tiếp nhận 2 gia đình?" in page
    assert page.index("2 gia đình, 4 người.") < page.index("Cần chú ý: Lê Thị Gấp")
    assert "Sốt 38,6 °C · Cần: Chạy thận thứ năm" in page
    assert "Nguyễn Văn Một" in page
    assert "Lý Văn Chốt" in page
    assert Handover.objects.open().count() == 4
    done = text_of(as_(road.here).post(MANY, data, follow=True))
    assert "Đã tiếp nhận 2 gia đình, 4 người." in done
    assert not Handover.objects.open().exists()
    assert Order.objects.count() == 4
    assert Message.objects.filter(kind="handover_accepted").count() == 2


def test_of_several_those_that_others_decided_are_named_and_the_rest_is_accepted(
    road: SimpleNamespace,
) -> None:
    late, waiting = handed_over(road, 1, names=["Trần Văn Muộn"]), handed_over(road, 2)
    refuse(late, by=road.same, reason="Hết chỗ")
    data = {"row": [str(late[0].party), str(waiting[0].party)]}
    assert "Đã tiếp nhận 1 gia đình, 2 người." in text_of(as_(road.here).post(MANY, data, follow=True))
    again = text_of(as_(road.here).post(MANY, data, follow=True))
    assert "đã được Xã Hưng Thuận tiếp nhận lúc" in again


@pytest.mark.parametrize("ticked", [[], ["x"], ["00000000-0000-4000-8000-000000000000"]])
def test_nobody_ticked_says_what_to_do(road: SimpleNamespace, ticked: list[str]) -> None:
    assert "Chưa chọn gia đình nào" in text_of(as_(road.here).post(MANY, {"row": ticked}, follow=True))


def test_another_communes_family_is_not_accepted_along(road: SimpleNamespace) -> None:
    rows = handed_over(road, 1)
    as_(road.outside).post(MANY, {"row": [str(rows[0].party)]})
    assert Handover.objects.open().count() == 1


def test_accepting_shows_the_family_and_what_they_need_before_the_press(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, 2, names=["Dương Văn Bé", "Dương Thị Mẹ"])
    child, mother = people_of(row)
    facts = [
        ArrivalFacts(child, rapid_test="positive", decision="hospital", needs="Chạy thận thứ năm"),
        ArrivalFacts(mother),
    ]
    rows = party(enter(road, row, facts=facts))
    address = reverse("repatriation:handover_accept", args=[rows[0].party])
    page = text_of(ask(as_(road.here), address))
    for words in ("2 người.", "Cần chú ý: Dương Văn Bé", "Dương tính · Cần: Chạy thận thứ năm · Bệnh viện"):
        assert words in page
    assert "Dương Thị Mẹ" in page
    assert "Lý Văn Chốt (Chốt Suối Sâu) gửi lúc" in page
    assert Handover.objects.open().count() == 2


def test_what_matters_stands_first_before_and_after_the_acceptance(road: SimpleNamespace) -> None:
    """Case 28: test, need, reason and the sender's name, on the party's page and on the person's."""
    rows = came(road, "Dương Văn Bé", rapid_test="positive", decision="facility", needs="Chạy thận thứ năm")
    refuse(rows, by=road.here, reason="Hết chỗ")
    links = reroute(rows, to_place=road.third, by=road.coordinator, reason="Cơ sở đã đầy")
    for accepted in (False, True):
        if accepted:
            accept(links, by=road.outside)
        pages = [reverse("repatriation:party", args=[links[0].party])]
        if accepted:
            pages.append(reverse("citizens:person", args=[links[0].person_id]))
        for address in pages:
            page = text_of(as_(fresh(road.outside)).get(address))
            for words in ("Dương tính", "Cần: Chạy thận thứ năm", "Cơ sở đã đầy", road.coordinator.full_name):
                assert words in page, (address, words)
    page = text_of(as_(road.outside).get(reverse("repatriation:party", args=[links[0].party])))
    assert page.index("Cần chú ý trước tiên") < page.index("Giấy tờ")


def test_after_one_comes_the_next(road: SimpleNamespace) -> None:
    late = came(road, "Trần Văn Muộn", ago=3)
    urgent = came(road, "Lê Thị Gấp", needs="Xe lăn")
    last = came(road, "Võ Văn Thường")
    browser = as_(road.here)
    for rows, then, left in ((urgent, late, 2), (late, last, 1)):
        address = reverse("repatriation:handover_accept", args=[rows[0].party])
        page = text_of(browser.post(address, follow=True))
        assert reverse("repatriation:party", args=[then[0].party]) in page
        assert f"Gia đình tiếp theo ({left})" in page
    page = text_of(browser.post(reverse("repatriation:handover_accept", args=[last[0].party]), follow=True))
    assert "Gia đình tiếp theo" not in page


def test_accepted_the_person_is_everywhere_in_the_commune_at_once(road: SimpleNamespace) -> None:
    """Case 21: lists, page, search, export and figures; the checkpoint reads without editing."""
    rows = handed_over(road, 1, names=["Huỳnh Thị Nga"], home_commune=road.commune, destination=road.third)
    browser = as_(road.outside)
    assert "Huỳnh Thị Nga" not in text_of(browser.get(reverse("citizens:person_list")))
    browser.post(reverse("repatriation:handover_accept", args=[rows[0].party]))
    person = reverse("citizens:person", args=[rows[0].person_id])
    browser = as_(fresh(road.outside))
    for address in (
        reverse("citizens:person_list"),
        reverse("citizens:person_list") + "?q=huynh+thi+nga",
        reverse("quarantine:order_list"),
        person,
    ):
        assert "Huỳnh Thị Nga" in text_of(browser.get(address)), address
    assert browser.get(reverse("citizens:person_edit", args=[rows[0].person_id])).status_code == 200
    assert browser.get(reverse("citizens:person_list") + "?export=csv").content.count(b"Nga") == 1
    barrier = as_(fresh(road.barrier))
    page = text_of(barrier.get(reverse("repatriation:party", args=[rows[0].party])))
    assert "Huỳnh Thị Nga" in page
    for button in ("/accept/", "/refuse/", "/undo/", "/reroute/", "/exception/"):
        assert button not in page


def email(*users: User) -> None:
    for user in users:
        user.email = f"{user.username}@example.vn"
        user.save(update_fields=["email"])


def test_a_refusal_reaches_the_sender_and_the_province_at_once(road: SimpleNamespace) -> None:
    """Case 23: a message to both, and a row with both until the family is sent on, across shifts."""
    email(road.barrier, road.colleague, road.coordinator)
    rows = handed_over(road, 2, names=["Bùi Thị Liễu"])
    address = reverse("repatriation:handover_refuse", args=[rows[0].party])
    data = {"refuse-reason": "Không ở xã", "refuse-proposed_place": road.other.pk}
    as_(road.here).post(address, data)
    told = Message.objects.filter(kind="handover_sent_back")
    assert set(told.values_list("email", flat=True)) == {
        "chot1@example.vn",
        "chot2@example.vn",
        road.coordinator.email,
    }
    assert not [message for message in told if "Liễu" in message.text or "Không ở xã" in message.text]
    next_shift = as_(fresh(road.colleague))
    page = text_of(next_shift.get(reverse("repatriation:checkpoint")))
    for words in ("Bùi Thị Liễu", "Xã Hưng Thuận", road.here.full_name, "Không ở xã", "Phường Trảng Bàng"):
        assert words in page
    page = text_of(as_(road.coordinator).get(reverse("reporting:today") + "?tab=handovers_refused"))
    assert "Bùi Thị Liễu" in page
    assert Person.objects.get(pk=rows[0].person_id).responsible_place == road.checkpoint
    reroute(rows, to_place=road.other, by=road.coordinator)
    assert "Bùi Thị Liễu" not in text_of(
        as_(road.coordinator).get(reverse("reporting:today") + "?tab=handovers_refused")
    )


def test_the_way_on_is_filled_in_with_the_right_commune_never_with_who_refused(road: SimpleNamespace) -> None:
    rows = handed_over(road, 1)
    address = reverse("repatriation:party", args=[rows[0].party])

    def filled_in() -> Any:
        return as_(fresh(road.coordinator)).get(address).context["reroute_form"].initial["to_place"]

    assert filled_in() is None
    refuse(rows, by=road.here, reason="Không ở xã")
    assert filled_in() is None
    links = reroute(rows, to_place=road.third, by=road.coordinator)
    refuse(links, by=road.outside, reason="Không ở xã", proposed_place=road.other)
    assert filled_in() == road.other.pk


def test_an_old_page_keeps_what_was_typed(road: SimpleNamespace) -> None:
    """Case 26."""
    rows = handed_over(road, 1)
    accept(rows, by=road.same)
    page = as_(road.here).post(
        reverse("repatriation:handover_refuse", args=[rows[0].party]), {"refuse-reason": "Nhà đã bán từ lâu"}
    )
    assert page.status_code == 422
    assert "đã được Xã Hưng Thuận tiếp nhận lúc" in text_of(page)
    assert "Nhà đã bán từ lâu" in text_of(page)
    page = as_(road.coordinator).post(
        reverse("repatriation:handover_reroute", args=[rows[0].party]),
        {"reroute-to_place": road.third.pk, "reroute-reason": "Gần nhà con gái"},
    )
    assert page.status_code == 422
    assert "đã được Xã Hưng Thuận tiếp nhận lúc" in text_of(page)
    assert "Gần nhà con gái" in text_of(page)


def test_the_list_costs_the_same_for_one_family_and_for_thirty(road: SimpleNamespace) -> None:
    same_cost(as_(road.here), LIST, lambda _number: came(road, "Lê Thị Gấp", needs="Xe lăn"))


def test_the_minutes_are_a_paper_for_a_family_and_for_a_bus(road: SimpleNamespace) -> None:
    families = [family(road.campaign, road.places, 3) for _number in range(12)]
    trip = on_the_road(road, *families)
    for row in families:
        enter(road, row)
    rows = list(Handover.objects.order_by("pk"))
    for address in (
        reverse("repatriation:handover_minutes", args=[rows[0].party]),
        reverse("repatriation:trip_minutes", args=[trip.code]),
    ):
        for user in (road.here, road.barrier, road.coordinator):
            answer = as_(fresh(user)).get(address)
            assert answer["Content-Type"] == "application/pdf"
            assert answer.content.startswith(b"%PDF")
        assert as_(fresh(road.outside)).get(address).status_code == 404


def test_the_page_says_first_who_is_ill_who_acts_and_who_was_near(road: SimpleNamespace) -> None:
    """Case 28: the test, where the person goes, and the contacts stand first, before and after acceptance."""
    mother, child = PersonFactory.create_batch(2, home_commune=road.commune)
    facts = [ArrivalFacts(mother, rapid_test="positive", decision="facility"), ArrivalFacts(child)]
    result = enter(road, None, facts=facts)
    url = reverse("repatriation:party", args=[result.arrivals[0].client_key])
    for answered in (False, True):
        if answered:
            accept(Handover.objects.filter(party=result.arrivals[0].client_key), by=fresh(road.here))
        page = text_of(client_of(fresh(road.here)).get(url))
        first = page[page.index("Cần chú ý trước tiên") : page.index("Các bước")]
        assert "Dương tính" in first
        assert "Chưa ai xử lý" in first
        assert "Tiếp xúc với người dương tính" in first
    assert Handover.objects.filter(status="accepted").count() == 2
