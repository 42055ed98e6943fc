"""The pages on which a family changes its registration, by its link and behind its phone, without JavaScript."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from citizens.links import make_link
from repatriation.models import Campaign, Registration, RegistrationChange
from repatriation.models.registration import Status
from repatriation.registration.changing import SeatsHeld, begin_change, save_change
from repatriation.seats.leaving import withdraw
from tests.repatriation.world.changing import BY, changed, confirm, fresh
from tests.repatriation.world.families import PHONE, entry, last_code, offered, token_of, trip, waiting
from tests.repatriation.world.wizard import LAN

MINH = {"full_name": "Trần Văn Minh", "birth": "02/09/1982", "sex": "male", "identity": "072082001111"}


@pytest.fixture
def family(campaign: Campaign, places: SimpleNamespace) -> Registration:
    return waiting(campaign, places)


@pytest.fixture
def link(family: Registration) -> str:
    token = token_of(make_link(family, "registration", phone=PHONE))
    return reverse("repatriation:registration", args=[token])


def page(family: Registration, name: str = "check", *args: str) -> str:
    if name == "check":
        name, args = "step", ("kiem-tra",)
    return reverse(f"repatriation:change_{name}", args=[family.code, *args])


@pytest.fixture
def begun(client: Client, link: str, family: Registration) -> Registration:
    """The family has come by its link and begun."""
    assert client.post(f"{link}sua/").url == page(family)
    return family


def press(client: Client, family: Registration, **more: Any) -> Any:
    """The button of the last page, with what that page showed."""
    context = client.get(page(family)).context
    data = {"change": context["paper"].change.pk, "seen": context["would"].seen, **more}
    return client.post(page(family), data)


def test_the_status_page_leads_to_the_change(client: Client, link: str, family: Registration) -> None:
    assert f"{link}sua/" in client.get(link).content.decode()
    html = client.get(f"{link}sua/").content.decode()
    assert "Giờ đăng ký của gia đình được giữ nguyên" in html
    assert not RegistrationChange.objects.exists()


def test_a_member_joins_from_the_first_page_to_the_last(
    client: Client, link: str, begun: Registration
) -> None:
    form = client.get(page(begun, "person_add")).context["form"]
    data = {**MINH, "client_key": str(form["client_key"].value())}
    health = client.post(page(begun, "person_add"), data).url
    assert client.post(health, {"has_chronic_illness": "on"}).url == page(begun, "step", "gia-dinh")
    assert client.post(page(begun, "step", "gia-dinh")).url == page(begun)
    html = client.get(page(begun)).content.decode()
    for text in ("Thêm người", "Trần Văn Minh", "Điểm ưu tiên sẽ thay đổi", "50 điểm", "75 điểm"):
        assert text in html
    assert "có người mắc bệnh nền (+25)" in html
    assert "072082001111" not in html
    assert fresh(begun).people == 2
    assert press(client, begun).url == link
    assert (fresh(begun).people, fresh(begun).score) == (3, 75)
    assert "Đã ghi thay đổi" in client.get(link).content.decode()


def test_the_pages_of_the_form_are_reused_and_lead_back_to_the_list(
    client: Client, begun: Registration, places: SimpleNamespace
) -> None:
    for slug, data in {
        "noi-dang-o": {"origin": places.city.pk, "address": "9 Lê Lợi"},
        "que-nha": {"home": places.other_commune.pk, "address": "khu phố 2"},
        "ly-do": {"reasons": ["no_housing"]},
        "ngay-di": {},
    }.items():
        assert client.get(page(begun, "step", slug)).status_code == 200
        assert client.post(page(begun, "step", slug), data).url == page(begun)
    html = client.get(page(begun)).content.decode()
    for text in ("Phường Trảng Bàng", "9 Lê Lợi", "Không còn chỗ ở", "ấp Bùng Binh"):
        assert text in html
    assert client.get(page(begun, "step", "dien-thoai")).url == page(begun)
    assert client.get(page(begun, "step", "khong-co")).status_code == 404


def test_a_member_is_corrected_and_another_speaks_for_the_family(client: Client, begun: Registration) -> None:
    lan, _baby = client.get(page(begun)).context["draft"].people
    edit = page(begun, "person", lan.key)
    form = client.get(edit).context["form"]
    data = {**LAN, "client_key": str(form["client_key"].value()), "full_name": "Nguyễn Thị Lán"}
    assert client.post(edit, data).status_code == 302
    man = {"full_name": "Trần Văn Minh", "birth": "1980", "sex": "male", "identity": "072080001111"}
    key = str(client.get(page(begun, "person_add")).context["form"]["client_key"].value())
    client.post(client.post(page(begun, "person_add"), {**man, "client_key": key}).url, {})
    client.post(page(begun, "person_first", key))
    html = client.get(page(begun)).content.decode()
    assert "Điểm ưu tiên không đổi" in html
    assert "Nguyễn Thị Lán" in html
    press(client, begun)
    row = fresh(begun)
    assert row.head.person.full_name == "Trần Văn Minh"
    names = set(row.members.values_list("person__full_name", flat=True))
    assert names == {"Trần Văn Minh", "Nguyễn Thị Lán", "Trần Bảo An"}


def test_the_last_one_cannot_be_taken_out(client: Client, begun: Registration) -> None:
    first, second = client.get(page(begun)).context["draft"].people
    client.post(page(begun, "person_remove", first.key))
    html = client.post(page(begun, "person_remove", second.key), follow=True).content.decode()
    assert "ít nhất một người" in html
    assert len(RegistrationChange.objects.get().draft["people"]) == 1


def test_pressed_twice_it_says_the_same(client: Client, link: str, begun: Registration) -> None:
    change = begin_change(begun, by=BY)
    save_change(change, lambda draft: draft.without_person(draft.people[1].key))
    context = client.get(page(begun)).context
    data = {"change": change.pk, "seen": context["would"].seen}
    for _press in range(2):
        response = client.post(page(begun), data, follow=True)
        assert response.redirect_chain[-1][0] == link
        assert "Đã ghi thay đổi" in response.content.decode()
    assert fresh(begun).people == 1


def test_another_tab_is_told_and_sees_what_is_there_now(client: Client, begun: Registration) -> None:
    context = client.get(page(begun)).context
    stale = {"change": context["paper"].change.pk, "seen": context["would"].seen}
    client.post(page(begun, "step", "ly-do"), {"reasons": ["no_housing"]})
    response = client.post(page(begun), stale, follow=True)
    html = response.content.decode()
    assert "Vừa có thay đổi khác" in html
    assert "Không còn chỗ ở" in html
    assert fresh(begun).reasons == ["lost_work"]


def test_a_change_finished_on_another_phone_is_told(client: Client, link: str, begun: Registration) -> None:
    stale = {"change": RegistrationChange.objects.get().pk, "seen": "x"}
    confirm(changed(begun, lambda draft: draft.without_person(draft.people[1].key)))
    response = client.post(page(begun), stale, follow=True)
    assert response.redirect_chain[-1][0] == link
    assert "Dưới đây là đăng ký hiện nay" in response.content.decode()
    response = client.post(page(begun, "step", "ly-do"), {"reasons": []}, follow=True)
    assert "Chưa có lần sửa nào đang mở" in response.content.decode()


def test_seated_meanwhile_is_told_and_nothing_is_lost(
    client: Client, begun: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    change = changed(begun, lambda draft: draft.without_person(draft.people[1].key))
    seen = client.get(page(begun)).context["would"].seen
    offered(fresh(begun), trip(campaign, places))
    html = client.post(page(begun), {"change": change.pk, "seen": seen}, follow=True).content.decode()
    assert "Gia đình đang có chỗ trên xe" in html
    assert "Xác nhận thay đổi" not in html
    assert "Những gì vừa sửa vẫn được giữ" in html
    assert "cho-ngoi/" in html  # the way to the seats, which are to be given back first
    assert len(RegistrationChange.objects.get().draft["people"]) == 1


def test_a_family_with_a_seat_cannot_say_that_it_travels_on_other_days(
    client: Client, begun: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    ride = trip(campaign, places)
    offered(fresh(begun), ride)
    days = {"travel_from": str(ride.day + dt.timedelta(days=1)), "travel_until": ""}
    later = changed(fresh(begun), lambda draft: replace(draft, **days))
    html = client.get(page(begun)).content.decode()
    assert "đúng số người, ngày đi" in html
    assert "Xác nhận thay đổi" not in html
    with pytest.raises(SeatsHeld):
        confirm(later)
    days = {"travel_from": str(ride.day), "travel_until": str(ride.day)}
    done = confirm(changed(fresh(begun), lambda draft: replace(draft, **days)))
    assert (done.travel_from, done.status) == (ride.day, "offered")


def test_already_registered_elsewhere_leads_to_the_page_that_says_so(
    client: Client, begun: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    minh = entry("Trần Văn Minh", birth="02/09/1982", sex="male", identity="072082001111")
    waiting(campaign, places, minh, phone="+84912345678")
    save_change(begin_change(begun, by=BY), lambda draft: draft.with_person(minh))
    response = press(client, begun)
    assert response.url == reverse("repatriation:register_already")
    html = client.get(response.url).content.decode()
    assert "091•••5678" in html
    assert page(begun, "step", "gia-dinh") in html


def test_dropping_keeps_the_registration(client: Client, link: str, begun: Registration) -> None:
    assert client.post(page(begun, "drop")).url == link
    assert RegistrationChange.objects.get().status == "dropped"
    assert client.post(page(begun, "drop")).url == link
    assert client.get(page(begun)).url == link


def test_beginning_anew_forgets_what_was_begun(client: Client, link: str, begun: Registration) -> None:
    client.post(page(begun, "step", "ly-do"), {"reasons": []})
    html = client.get(f"{link}sua/").content.decode()
    assert "Đang có một lần sửa dở" in html
    assert "Sửa tiếp đăng ký" in client.get(link).content.decode()
    client.post(f"{link}sua/", {"anew": "1"})
    assert client.get(page(begun)).context["lines"] == []
    assert RegistrationChange.objects.open().count() == 1


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.DEPARTED])
def test_what_can_not_be_changed_says_what_to_do(
    client: Client, link: str, begun: Registration, status: str
) -> None:
    if status == Status.WITHDRAWN:
        withdraw(begun, by=BY)
    else:
        for step in ("offered", "confirmed", "departed"):
            Registration.objects.filter(pk=begun.pk).update(status=step)
    html = client.get(f"{link}sua/").content.decode()
    assert "0276 1022" in html
    assert "Bắt đầu sửa" not in html
    assert client.post(f"{link}sua/").url == link
    assert client.get(page(begun)).url == link
    assert f'href="{link}sua/"' not in client.get(link).content.decode()


# --- Who may ---------------------------------------------------------------------------------------


def test_behind_the_phone_it_works_the_same(client: Client, family: Registration) -> None:
    mine = reverse("repatriation:my_change", args=[family.code])
    assert client.get(mine).url.startswith(reverse("citizens:phone"))
    assert client.post(mine).url.startswith(reverse("citizens:phone"))
    prove(client)
    assert client.post(mine).url == page(family)
    client.post(page(family, "step", "ly-do"), {"reasons": []})
    assert press(client, family).url == reverse("repatriation:my_registration", args=[family.code])
    assert fresh(family).reasons == []


def test_nobody_else_gets_in(
    client: Client, begun: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    stranger = Client()
    for url in (page(begun), page(begun, "person_add"), page(begun, "step", "ly-do")):
        assert stranger.get(url).url.startswith(reverse("citizens:phone"))
        assert stranger.post(url).url.startswith(reverse("citizens:phone"))
    waiting(campaign, places, entry("Lê Hoa", identity="079190000001"), phone="+84912345678")
    prove(stranger, "+84912345678")
    assert stranger.get(page(begun)).status_code == 404
    assert stranger.post(page(begun, "drop")).status_code == 404
    assert stranger.post(reverse("repatriation:my_change", args=[begun.code])).status_code == 404
    assert RegistrationChange.objects.get().status == "open"


def test_the_change_is_open_no_longer_than_the_link(client: Client, begun: Registration) -> None:
    with time_machine.travel(timezone.now() + dt.timedelta(days=91), tick=False):
        assert client.get(page(begun)).url.startswith(reverse("citizens:phone"))


def test_a_change_of_another_registration_is_not_named(
    client: Client, begun: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    other = waiting(campaign, places, entry("Lê Hoa", identity="079190000001"), phone="+84912345678")
    theirs = changed(other, lambda draft: draft)
    client.post(page(begun, "step", "ly-do"), {"reasons": [], "change": theirs.pk})
    theirs.refresh_from_db()
    assert theirs.draft["reasons"] == ["lost_work"]


def prove(client: Client, phone: str = PHONE) -> None:
    client.post(reverse("citizens:phone"), {"phone": phone})
    client.post(reverse("citizens:phone_code"), {"code": last_code(phone)})


def test_a_get_changes_nothing_and_wrong_methods_are_405(client: Client, begun: Registration) -> None:
    assert client.get(page(begun, "drop")).status_code == 405
    assert client.get(page(begun, "person_first", "x")).status_code == 405
    assert client.put(page(begun)).status_code == 405
    assert "no-store" in client.get(page(begun))["Cache-Control"]


def test_the_last_page_costs_the_same_for_a_small_family_and_a_large_one(
    client: Client, begun: Registration, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def joined(count: int) -> None:
        people = [entry(f"Bé {'ABCDEFGHIJKLM'[n]}", birth="2019", key=f"n{n}") for n in range(count)]
        for person in people:
            save_change(begin_change(begun, by=BY), lambda draft, one=person: draft.with_person(one))

    joined(1)
    with django_assert_max_num_queries(30) as few:
        client.get(page(begun))
    joined(12)
    with django_assert_max_num_queries(30) as many:
        client.get(page(begun))
    assert len(many) == len(few)
