from __future__ import annotations

import io
import re
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from time_machine import Traveller

from appointments import demo
from appointments.booking.actions import cancel
from appointments.counter import parts
from appointments.counter.actions import finish
from appointments.models import Booking, Office, Slot
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.places.loading import load_country, load_sites
from portal.records.actors import SYSTEM
from portal.records.models import Event, Read
from tests.appointments.booking.test_views_citizen import text
from tests.appointments.world import PHONE, client_of, make_booking, make_user, new_phone, slot_at

DAY = "/officer/appointments/"
POSTS = ["finish", "no-show"]


@pytest.fixture
def booking(world: SimpleNamespace, clock: Traveller) -> Booking:
    """Somebody whose time has just come."""
    made = make_booking(slot_at(world.office, day=0, number=2), phone=PHONE)
    clock.move_to(made.slot.starts_at)
    return made


def act(client: Client, booking: Booking, verb: str, **data: str) -> HttpResponse:
    return client.post(f"{DAY}{booking.code}/{verb}/", data)


@pytest.mark.parametrize(("verb", "status"), [("finish", "done"), ("no-show", "no_show")])
def test_the_counter_settles_a_booking_and_returns_to_the_list(
    at_counter: Client, booking: Booking, verb: str, status: str
) -> None:
    response = act(at_counter, booking, verb, next=f"{DAY}?q=lan")
    assert response.url == f"{DAY}?q=lan"
    booking.refresh_from_db()
    assert booking.status == status
    assert Event.objects.filter(subject_id=booking.pk).latest("at").actor_label == "Cán bộ motcua"


@pytest.mark.parametrize("verb", POSTS)
def test_settled_twice_the_second_press_says_the_state(
    at_counter: Client, booking: Booking, verb: str
) -> None:
    act(at_counter, booking, verb)
    page = at_counter.get(act(at_counter, booking, verb).url)
    assert "trạng thái hiện nay là" in text(page)
    assert Event.objects.filter(subject_id=booking.pk).exclude(verb="book").count() == 1


@pytest.mark.parametrize("verb", POSTS)
def test_a_cancelled_booking_is_not_settled(at_counter: Client, world: SimpleNamespace, verb: str) -> None:
    booking = cancel(make_booking(slot_at(world.office, day=1)), by=SYSTEM)
    act(at_counter, booking, verb)
    booking.refresh_from_db()
    assert booking.status == "cancelled"


@pytest.mark.parametrize("verb", POSTS)
def test_an_officer_of_another_office_gets_404(elsewhere: User, booking: Booking, verb: str) -> None:
    client = client_of(elsewhere)
    assert act(client, booking, verb).status_code == 404
    assert client.get(f"{DAY}{booking.code}/").status_code == 404
    assert booking.full_name not in text(client.get(DAY))
    assert "Không có lịch hẹn" in text(client.get(f"{DAY}find/", {"code": booking.code}, follow=True))


@pytest.mark.parametrize("verb", POSTS)
def test_somebody_who_may_only_look_gets_403(reader: User, booking: Booking, verb: str) -> None:
    client = client_of(reader)
    assert client.get(f"{DAY}{booking.code}/").status_code == 200
    page = client.get(DAY)
    assert booking.full_name in text(page)
    assert "/finish/" not in page.content.decode()
    assert act(client, booking, verb).status_code == 403
    booking.refresh_from_db()
    assert booking.status == "booked"


@pytest.mark.parametrize("role", [Role.COMMUNE, Role.COORDINATOR, Role.ADMIN, Role.LEADER, Role.CHECKPOINT])
def test_other_roles_see_no_appointments(world: SimpleNamespace, role: Role) -> None:
    client = client_of(make_user("khac", role, world.home))
    assert client.get(DAY).status_code == 403
    assert client.get(f"{DAY}find/").status_code == 403


def test_nobody_is_sent_to_the_sign_in(citizen: Client, booking: Booking) -> None:
    for path in (DAY, f"{DAY}find/", f"{DAY}{booking.code}/"):
        assert citizen.get(path).url.startswith("/officer/sign-in/")
    assert act(citizen, booking, "finish").url.startswith("/officer/sign-in/")


def test_wrong_methods_are_405(at_counter: Client, booking: Booking) -> None:
    assert [at_counter.get(f"{DAY}{booking.code}/{verb}/").status_code for verb in POSTS] == [405, 405]
    for path in (DAY, f"{DAY}find/", f"{DAY}{booking.code}/"):
        assert at_counter.post(path).status_code == 405


@pytest.mark.parametrize("target", ["https://example.com/", "abc", "/" + "a" * 3_000])
@pytest.mark.parametrize("verb", POSTS)
def test_next_leads_nowhere_else(at_counter: Client, booking: Booking, verb: str, target: str) -> None:
    assert act(at_counter, booking, verb, next=target).url == DAY


def test_a_scanned_code_leads_to_the_booking_and_the_look_is_logged(
    at_counter: Client, counter: User, booking: Booking
) -> None:
    typed = booking.code.lower().replace("-", " ")
    response = at_counter.get(f"{DAY}find/", {"code": typed}, follow=True)
    assert response.redirect_chain[0][0] == f"{DAY}{booking.code}/"
    assert "0901 234 567" in text(response)
    read = Read.objects.get()
    assert (read.user, read.kind, read.subject_ids) == (counter, "page", [booking.pk])


@pytest.mark.parametrize("code", ["", "LH-11111-1", "LH-ABCDE", "TN-7K3M4-A", "<b>"])
def test_a_code_that_is_none_says_what_is_wrong(
    at_counter: Client, world: SimpleNamespace, code: str
) -> None:
    response = at_counter.get(f"{DAY}find/", {"code": code}, follow=True)
    assert response.status_code == 200
    assert "message-error" in response.content.decode()


def names(client: Client, **query: str) -> list[str]:
    return [booking.full_name for booking in client.get(DAY, query).context["page"]]


def test_filters_stand_in_the_address(
    at_counter: Client, world: SimpleNamespace, counter: User, clock: Traveller
) -> None:
    hung = make_booking(slot_at(world.office, 0, 3), full_name="Lê Văn Hùng", phone=PHONE)
    lan = make_booking(slot_at(world.office, 0, 2), procedure=world.residence)
    make_booking(slot_at(world.office, day=2), full_name="Võ Minh Thư")
    clock.move_to(hung.slot.starts_at)
    finish(lan, by=counter)
    assert names(at_counter) == ["Nguyễn Thị Lan", "Lê Văn Hùng"]
    assert names(at_counter, day="20/11/2026") == ["Võ Minh Thư"]
    assert names(at_counter, status="done") == ["Nguyễn Thị Lan"]
    assert names(at_counter, procedure="1.001193") == ["Lê Văn Hùng"]
    assert names(at_counter, q="hung le") == names(at_counter, q="0901234567") == ["Lê Văn Hùng"]
    assert names(at_counter, q="4567") == names(at_counter, q=hung.code) == ["Lê Văn Hùng"]
    assert names(at_counter, q="thu") == []
    assert names(at_counter, q="thu", day="") == ["Võ Minh Thư"]
    for export in ({}, {"export": "csv"}):
        assert at_counter.get(DAY, {"day": "31/12/9999", **export}).status_code == 200
    page = at_counter.get(DAY, {"day": "31/2/2026"})
    assert "Không có ngày này trong lịch" in text(page)


def test_phones_are_masked_in_the_list(at_counter: Client, booking: Booking) -> None:
    page = text(at_counter.get(DAY))
    assert "090•••4567" in page
    assert "901234567" not in page


def test_empty_days_say_what_to_do_and_holidays_why(at_counter: Client, world: SimpleNamespace) -> None:
    assert "Chưa có lịch hẹn nào trong ngày" in text(at_counter.get(DAY))
    assert "Ngày nghỉ: " in text(at_counter.get(DAY, {"day": "2026-11-24"}))
    page = at_counter.get(DAY, {"q": "lan"})
    assert "Tìm ở mọi ngày" in text(page)
    assert "?day=&amp;q=lan" in page.content.decode()


def test_the_list_costs_the_same_at_one_row_and_at_thirty(at_counter: Client, world: SimpleNamespace) -> None:
    slot = slot_at(world.office)
    Slot.objects.update(capacity=40)
    make_booking(slot)
    query = {"day": slot.day.isoformat()}
    at_counter.get(DAY, query)
    with CaptureQueriesContext(connection) as one:
        at_counter.get(DAY, query)
    for _row in range(29):
        make_booking(slot, phone=new_phone())
    with CaptureQueriesContext(connection) as thirty:
        assert len(names(at_counter, **query)) == 30
    assert len(thirty) == len(one) <= 15


def test_the_export_holds_the_filtered_rows_and_is_logged(
    at_counter: Client, world: SimpleNamespace, elsewhere: User
) -> None:
    booking = make_booking(slot_at(world.office), full_name='=HYPERLINK("x") Lan', phone=PHONE)
    make_booking(slot_at(Office.objects.get(slug="hcc-b")))
    query = {"day": booking.slot.day.isoformat(), "export": "xlsx"}
    response = at_counter.get(DAY, query)
    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:3] == ["Ngày", "Giờ", "Mã lịch hẹn"]
    assert rows[1][:3] == ["19/11/2026", "08:00", booking.code]
    assert rows[1][4] == "0901 234 567"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert len(rows) == 2
    assert Read.objects.get(kind="export").subject_ids == [booking.pk]
    assert at_counter.get(DAY, {**query, "export": "csv"}).content.startswith(b"\xef\xbb\xbf")


def test_the_figure_counts_todays_visits_of_the_leaders_places(
    world: SimpleNamespace, booking: Booking
) -> None:
    leader = make_user("lanhdao", Role.LEADER, world.home)
    cancelled = make_booking(slot_at(world.office, day=0, number=3))
    assert parts.today(leader) == 2
    cancel(cancelled, by=SYSTEM)
    assert parts.today(leader) == 1
    assert parts.today(make_user("ngoai", Role.LEADER, booking.slot.office.place.parent)) == 1
    assert parts.today(make_user("motcua-2", Role.COUNTER, world.home)) == 0


def test_the_demo_loads_the_same_every_time_and_once(db: None) -> None:
    load_country()
    load_sites()
    out = io.StringIO()
    call_command("load_appointments_demo", stdout=out)
    first = list(Booking.objects.order_by("pk").values_list("code", "full_name", "phone", "status"))
    office = Office.objects.get()
    assert office.procedures.count() == 3
    assert re.fullmatch(r"3 procedures, \d+ slots, \d+ bookings\n", out.getvalue())
    assert {"booked", "done"} <= {status for *_rest, status in first}
    assert Event.objects.filter(subject_type="appointments.booking", verb="book").count() == len(first)
    assert demo.load()["bookings"] == 0
    assert all(slot.taken == slot.bookings.exclude(status="cancelled").count() for slot in Slot.objects.all())
    Booking.objects.all().delete()
    demo.load()
    assert list(Booking.objects.order_by("pk").values_list("code", "full_name", "phone", "status")) == first
    assert max(slot.day for slot in Slot.objects.all()) > timezone.localdate()
