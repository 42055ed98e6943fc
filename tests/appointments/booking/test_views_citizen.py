"""The steps of a booking, as a browser without JavaScript walks them."""

from __future__ import annotations

import re
import uuid
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller

from appointments.models import Booking, Office, Procedure
from citizens.models import OneTimeCode
from tests.appointments.world import (
    PHONE,
    last_secret,
    link_of,
    make_booking,
    make_office,
    make_place,
    slot_at,
)

DETAILS = {"full_name": "  Nguyễn   Thị Lan ", "phone": "0901 234 567", "agree": "on"}


def text(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def choose(citizen: Client, world: SimpleNamespace, slot: object = None) -> None:
    """Procedure and time."""
    citizen.post("/dat-lich/", {"procedure": "1.001193"})
    chosen = slot or slot_at(world.office)
    assert citizen.post("/dat-lich/gio/", {"slot": chosen.pk}).url == "/dat-lich/thong-tin/"


def give_details(citizen: Client, key: uuid.UUID, **changes: str) -> HttpResponse:
    return citizen.post("/dat-lich/thong-tin/", {**DETAILS, "client_key": str(key), **changes})


def confirm(citizen: Client, key: uuid.UUID, code: str = "") -> HttpResponse:
    code = code or last_secret("one_time_code", "code")
    return citizen.post("/dat-lich/ma/", {"code": code, "client_key": str(key)})


def test_the_choice_of_offices_is_skipped_where_there_is_one(citizen: Client, world: SimpleNamespace) -> None:
    citizen.post("/dat-lich/", {"procedure": "1.001193"})
    assert citizen.get("/dat-lich/noi/").url == "/dat-lich/gio/"
    world.office.procedures.clear()
    assert citizen.get("/dat-lich/noi/").url == "/dat-lich/"


def test_a_procedure_is_shown_in_the_readers_language(citizen: Client, world: SimpleNamespace) -> None:
    Procedure.objects.filter(pk=world.birth.pk).update(name_en="Registration of a birth")
    citizen.cookies["django_language"] = "en"
    page = text(citizen.get("/dat-lich/"))
    assert "Registration of a birth" in page
    assert "Đăng ký khai sinh" not in page
    assert "Đăng ký thường trú" in page  # has no English yet


def test_the_whole_way_from_the_first_page(citizen: Client, world: SimpleNamespace) -> None:
    assert b'href="/dat-lich/"' in citizen.get("/").content
    assert "Bước 1/4" in text(citizen.get("/dat-lich/"))
    assert citizen.post("/dat-lich/", {"procedure": "1.001193"}).url == "/dat-lich/gio/"
    page = text(citizen.get("/dat-lich/gio/"))
    assert "Bước 2/4" in page
    assert "24/11 nghỉ" in page
    key = uuid.uuid4()
    assert citizen.post("/dat-lich/gio/", {"slot": slot_at(world.office).pk}).url == "/dat-lich/thong-tin/"
    assert give_details(citizen, key).url == "/dat-lich/ma/"
    assert "090•••4567" in text(citizen.get("/dat-lich/ma/"))
    done = confirm(citizen, key)
    booking = Booking.objects.get()
    assert (booking.full_name, booking.phone, booking.client_key) == ("Nguyễn Thị Lan", PHONE, key)
    page = citizen.get(done.url, follow=True)
    assert booking.code in text(page)
    assert "Giấy chứng sinh" in text(page)
    assert "ma_thu_tuc=1.001193" in page.content.decode()
    assert "<svg" in page.content.decode()


def test_a_proved_phone_is_not_asked_again(citizen: Client, world: SimpleNamespace) -> None:
    choose(citizen, world)
    first = uuid.uuid4()
    give_details(citizen, first)
    confirm(citizen, first)
    choose(citizen, world, slot_at(world.office, day=2))
    assert "Bước 3/3" in text(citizen.get("/dat-lich/thong-tin/"))
    assert give_details(citizen, uuid.uuid4()).url.startswith("/l/")
    assert Booking.objects.count() == 2
    assert OneTimeCode.objects.count() == 1


def test_another_phone_than_the_proved_one_is_asked_for_a_code(
    citizen: Client, world: SimpleNamespace
) -> None:
    choose(citizen, world)
    first = uuid.uuid4()
    give_details(citizen, first)
    confirm(citizen, first)
    choose(citizen, world, slot_at(world.office, day=2))
    assert give_details(citizen, uuid.uuid4(), phone="0912345678").url == "/dat-lich/ma/"
    assert Booking.objects.count() == 1


def test_the_code_pressed_twice_shows_the_first_booking(citizen: Client, world: SimpleNamespace) -> None:
    choose(citizen, world)
    key = uuid.uuid4()
    give_details(citizen, key)
    code = last_secret("one_time_code", "code")
    confirm(citizen, key, code)
    again = confirm(citizen, key, code)
    booking = Booking.objects.get()
    assert booking.code in text(citizen.get(again.url, follow=True))
    # The browser that lost its session with the first answer still has the form.
    stranger = Client()
    assert booking.code in text(stranger.get(confirm(stranger, key, code).url, follow=True))


def test_the_key_alone_opens_nothing_later(citizen: Client, world: SimpleNamespace, clock: Traveller) -> None:
    key = uuid.uuid4()
    make_booking(slot_at(world.office), client_key=key)
    clock.shift(11 * 60)
    assert confirm(citizen, key, "000000").url == "/dat-lich/thong-tin/"
    assert give_details(citizen, key).url == "/dat-lich/gio/"


def test_the_details_pressed_twice_send_one_code(citizen: Client, world: SimpleNamespace) -> None:
    choose(citizen, world)
    key = uuid.uuid4()
    give_details(citizen, key)
    give_details(citizen, key)
    assert OneTimeCode.objects.count() == 1


def test_a_time_that_fills_up_meanwhile_keeps_what_was_typed_and_offers_others(
    citizen: Client, world: SimpleNamespace
) -> None:
    slot = slot_at(world.office)
    choose(citizen, world, slot)
    key = uuid.uuid4()
    give_details(citizen, key)
    make_booking(slot)
    make_booking(slot)
    response = confirm(citizen, key)
    assert response.url == "/dat-lich/gio/?ngay=2026-11-18"  # where the nearest free time is
    page = citizen.get(response.url)
    assert "vừa hết chỗ" in text(page)
    assert "vẫn còn nguyên" in text(page)
    other = page.context["nearest"][1]
    assert citizen.post(response.url, {"slot": other.pk}).url == "/dat-lich/thong-tin/"
    form = citizen.get("/dat-lich/thong-tin/").context["form"]
    assert (form["full_name"].value(), form["phone"].value(), form["agree"].value()) == (
        "Nguyễn Thị Lan",
        "0901 234 567",
        True,
    )
    citizen.get(give_details(citizen, uuid.uuid4()).url)
    assert Booking.objects.get(phone=PHONE).slot == other


def test_a_full_time_cannot_be_chosen(citizen: Client, world: SimpleNamespace) -> None:
    slot = slot_at(world.office)
    make_booking(slot)
    make_booking(slot)
    citizen.post("/dat-lich/", {"procedure": "1.001193"})
    response = citizen.post(f"/dat-lich/gio/?ngay={slot.day}", {"slot": slot.pk})
    assert response.status_code == 200
    assert "Giờ này vừa hết chỗ" in text(response)
    assert "hết chỗ" in text(citizen.get(f"/dat-lich/gio/?ngay={slot.day}"))


def test_a_phone_with_two_bookings_is_told_what_to_do(citizen: Client, world: SimpleNamespace) -> None:
    make_booking(slot_at(world.office, day=2), phone=PHONE)
    make_booking(slot_at(world.office, day=3), phone=PHONE)
    choose(citizen, world)
    key = uuid.uuid4()
    give_details(citizen, key)
    assert "đang có 2 lịch hẹn" in text(citizen.get(confirm(citizen, key).url))
    assert Booking.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"full_name": ""}, "Vui lòng ghi họ và tên."),
        ({"full_name": "Lan 2"}, "chỉ gồm chữ"),
        ({"full_name": "x" * 121}, "dài nhất 120 chữ"),
        ({"phone": "1022"}, "1022 là số tổng đài"),
        ({"phone": "0276 3822 233"}, "không nhận được tin nhắn"),
        ({"agree": ""}, "Cần anh/chị đồng ý"),
        ({"client_key": "x"}, "Trang đã cũ"),
    ],
)
def test_wrong_details_are_named_and_kept(
    citizen: Client, world: SimpleNamespace, changes: dict[str, str], said: str
) -> None:
    choose(citizen, world)
    response = give_details(citizen, uuid.uuid4(), **changes)
    assert said in text(response)
    assert OneTimeCode.objects.count() == 0
    if changes.get("full_name", "Lan"):
        assert (changes.get("full_name") or "Thị Lan") in response.content.decode()


def test_a_wrong_code_books_nothing_and_counts(citizen: Client, world: SimpleNamespace) -> None:
    choose(citizen, world)
    key = uuid.uuid4()
    give_details(citizen, key)
    wrong = f"{(int(last_secret('one_time_code', 'code')) + 1) % 1_000_000:06d}"
    assert "còn 4 lần thử" in text(confirm(citizen, key, wrong))
    assert Booking.objects.count() == 0


def test_another_code_can_be_asked_for(citizen: Client, world: SimpleNamespace, clock: Traveller) -> None:
    assert citizen.post("/dat-lich/ma/gui-lai/").url == "/dat-lich/thong-tin/"
    choose(citizen, world)
    key = uuid.uuid4()
    give_details(citizen, key)
    assert "chờ nửa phút" in text(citizen.post("/dat-lich/ma/gui-lai/", follow=True))
    clock.shift(40)
    assert "Đã gửi mã mới" in text(citizen.post("/dat-lich/ma/gui-lai/", follow=True))
    assert OneTimeCode.objects.count() == 2
    assert confirm(citizen, key).url.startswith("/l/")


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("noi", "/dat-lich/"),
        ("gio", "/dat-lich/"),
        ("thong-tin", "/dat-lich/gio/"),
        ("ma", "/dat-lich/thong-tin/"),
    ],
)
def test_a_step_out_of_order_leads_to_the_one_that_is_missing(
    citizen: Client, world: SimpleNamespace, path: str, to: str
) -> None:
    assert citizen.get(f"/dat-lich/{path}/").url == to


def test_two_offices_are_asked_about(citizen: Client, world: SimpleNamespace) -> None:
    commune = make_place("commune", "25732", "Phường Trảng Bàng", world.home)
    other = make_office("hcc-b", commune, world.birth)
    assert citizen.post("/dat-lich/", {"procedure": "1.001193"}).url == "/dat-lich/noi/"
    assert "Bước 2/5" in text(citizen.get("/dat-lich/noi/"))
    assert citizen.post("/dat-lich/noi/", {"office": "hcc-b"}).url == "/dat-lich/gio/"
    assert citizen.post("/dat-lich/gio/", {"slot": slot_at(world.office).pk}).status_code == 200
    assert citizen.post("/dat-lich/gio/", {"slot": slot_at(other).pk}).url == "/dat-lich/thong-tin/"
    # The other procedure is taken at one place only.
    assert citizen.post("/dat-lich/", {"procedure": "1.004222"}).url == "/dat-lich/gio/"


def test_nothing_to_book_says_what_to_do(citizen: Client, world: SimpleNamespace) -> None:
    world.office.slots.all().delete()
    citizen.post("/dat-lich/", {"procedure": "1.001193"})
    assert "kín chỗ" in text(citizen.get("/dat-lich/gio/"))
    Procedure.objects.update(is_active=False)
    assert "chưa có thủ tục nào" in text(citizen.get("/dat-lich/"))
    Office.objects.all().delete()
    assert citizen.get("/dat-lich/gio/").url == "/dat-lich/"


def test_pages_cost_the_same_however_many_times_there_are(
    citizen: Client,
    world: SimpleNamespace,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    choose(citizen, world)
    with django_assert_max_num_queries(10):
        citizen.get("/dat-lich/gio/")


def test_the_link_of_the_message_opens_the_booking(citizen: Client, world: SimpleNamespace) -> None:
    booking = make_booking(slot_at(world.office))
    link = link_of(booking)
    assert citizen.get(link.replace("/dat-lich/l/", "/l/")).url == link
    assert booking.code in text(citizen.get(link))


# Two tabs


def shown(page: HttpResponse) -> dict[str, str]:
    """The hidden fields of a page's form, which a browser sends along."""
    found = re.findall(
        r'type="hidden" name="(shown_\w+|client_key)"[^>]*?value="([^"]*)"', page.content.decode()
    )
    return dict(found)


def other_errand(citizen: Client, world: SimpleNamespace) -> None:
    """The second tab: another procedure at another time, left at the details."""
    citizen.post("/dat-lich/", {"procedure": "1.004222"})
    citizen.post("/dat-lich/gio/", {"slot": slot_at(world.office, day=3).pk})
    assert "Đăng ký thường trú" in text(citizen.get("/dat-lich/thong-tin/"))


def test_the_code_of_one_tab_books_what_that_tab_shows(citizen: Client, world: SimpleNamespace) -> None:
    choose(citizen, world)
    key = uuid.uuid4()
    give_details(citizen, key)
    page = citizen.get("/dat-lich/ma/")
    assert "Đăng ký khai sinh" in text(page)
    assert shown(page)["client_key"] == str(key)
    other_errand(citizen, world)
    confirm(citizen, key)
    booking = Booking.objects.get()
    assert (booking.procedure, booking.slot) == (world.birth, slot_at(world.office))


def test_the_other_tab_goes_on_with_its_own_errand(citizen: Client, world: SimpleNamespace) -> None:
    choose(citizen, world)
    key = uuid.uuid4()
    give_details(citizen, key)
    other_errand(citizen, world)
    left = shown(citizen.get("/dat-lich/thong-tin/"))
    confirm(citizen, key)
    citizen.post("/dat-lich/thong-tin/", {**DETAILS, **left})
    second = Booking.objects.latest("pk")
    assert (second.procedure, second.slot) == (world.residence, slot_at(world.office, day=3))
    assert Booking.objects.count() == 2


def test_the_details_of_one_tab_are_of_what_that_tab_shows(citizen: Client, world: SimpleNamespace) -> None:
    choose(citizen, world)
    left = shown(citizen.get("/dat-lich/thong-tin/"))
    other_errand(citizen, world)
    assert citizen.post("/dat-lich/thong-tin/", {**DETAILS, **left}).url == "/dat-lich/ma/"
    assert "Đăng ký khai sinh" in text(citizen.get("/dat-lich/ma/"))
    confirm(citizen, uuid.UUID(left["client_key"]))
    booking = Booking.objects.get()
    assert (booking.procedure, booking.slot) == (world.birth, slot_at(world.office))


def test_the_time_of_one_tab_is_of_the_procedure_that_it_shows(
    citizen: Client, world: SimpleNamespace
) -> None:
    citizen.post("/dat-lich/", {"procedure": "1.001193"})
    left = shown(citizen.get("/dat-lich/gio/"))
    other_errand(citizen, world)
    citizen.post("/dat-lich/gio/", {**left, "slot": slot_at(world.office).pk})
    assert "Đăng ký khai sinh" in text(citizen.get("/dat-lich/thong-tin/"))


def test_the_page_of_the_code_never_shows_another_errand_than_it_books(
    citizen: Client, world: SimpleNamespace
) -> None:
    choose(citizen, world)
    give_details(citizen, uuid.uuid4())
    other_errand(citizen, world)
    page = citizen.get("/dat-lich/ma/")
    assert "Đăng ký khai sinh" in text(page)
    confirm(citizen, uuid.UUID(shown(page)["client_key"]))
    assert Booking.objects.get().procedure == world.birth


@pytest.mark.parametrize("wrong", [{"shown_slot": "9" * 30}, {"shown_slot": "x"}, {"shown_procedure": "x"}])
def test_hidden_fields_with_garbage_book_nothing(
    citizen: Client, world: SimpleNamespace, wrong: dict[str, str]
) -> None:
    choose(citizen, world)
    assert give_details(citizen, uuid.uuid4(), **wrong).status_code == 302
    assert not Booking.objects.exists()
