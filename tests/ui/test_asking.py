"""The page that asks first: what it shows, what it changes, and what it lets through."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError
from django.urls import reverse

from portal.accounts.models import User
from portal.notifications.models import Message
from portal.records.effects import collect_effects, describe
from portal.records.models import Event, Read
from repatriation.models import Offer, Trip
from repatriation.trips import actions as trips
from tests.asking import ask, is_asked
from tests.repatriation.world.desk import url
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import as_, bus, family, make_road, text_of


@pytest.fixture
def road(db: None) -> SimpleNamespace:
    return make_road()


@pytest.fixture
def open_trip(road: SimpleNamespace) -> Trip:
    trip = bus(road)
    offered(family(road.campaign, road.places, 2), trip)
    Message.objects.all().delete()
    return trip


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (Event, Message, Offer)}


def close(trip: Trip) -> str:
    return url("trip_step", trip.code, "close")


def test_the_first_press_changes_nothing_and_logs_whom_it_named(
    road: SimpleNamespace, open_trip: Trip
) -> None:
    before, reads = counts(), Read.objects.count()
    page = ask(
        as_(road.coordinator),
        close(open_trip),
        HTTP_REFERER=f"http://testserver{url('trip', open_trip.code)}",
    )
    assert is_asked(page)
    assert page.status_code == 200
    assert counts() == before
    assert Trip.objects.get(pk=open_trip.pk).status == "open"
    (read,) = Read.objects.order_by("pk")[reads:]
    assert read.subject_ids == list(open_trip.offers.values_list("registration", flat=True))
    assert page.context["back"] == url("trip", open_trip.code)


def test_the_page_is_a_form_that_needs_no_script(road: SimpleNamespace, open_trip: Trip) -> None:
    page = ask(as_(road.coordinator), url("trip_cancel", open_trip.code), {"reason": "Xe hỏng <b>"})
    html = page.content.decode()
    assert 'name="reason" value="Xe hỏng &lt;b&gt;"' in html
    assert "csrfmiddlewaretoken" in html
    assert "Gia đình" in text_of(page)


def test_another_day_or_place_in_the_message_is_shown_again(road: SimpleNamespace, open_trip: Trip) -> None:
    desk, address = as_(road.coordinator), url("trip_cancel", open_trip.code)
    reason = {"reason": "Xe hỏng"}
    shown = ask(desk, address, reason).context["shown"]
    Trip.objects.filter(pk=open_trip.pk).update(departs_at=open_trip.departs_at + dt.timedelta(days=1))
    again = ask(desk, address, {**reason, "shown": shown})
    assert is_asked(again)
    assert "Tình hình vừa thay đổi" in text_of(again)
    assert Trip.objects.get(pk=open_trip.pk).status == "open"


def test_a_yes_is_to_the_page_that_asked(road: SimpleNamespace) -> None:
    desk, one, other = as_(road.coordinator), bus(road), bus(road)
    reason = {"reason": "Xe hỏng"}
    shown = ask(desk, url("trip_cancel", one.code), reason).context["shown"]
    assert is_asked(ask(desk, url("trip_cancel", other.code), {**reason, "shown": shown}))
    assert Trip.objects.get(pk=other.pk).status != "cancelled"


def test_what_changed_meanwhile_is_shown_again(road: SimpleNamespace, open_trip: Trip) -> None:
    desk = as_(road.coordinator)
    shown = ask(desk, close(open_trip)).context["shown"]
    late = family(road.campaign, road.places, 1)
    offered(late, open_trip)
    again = ask(desk, close(open_trip), {"shown": shown})
    assert is_asked(again)
    assert "Tình hình vừa thay đổi" in text_of(again)
    assert late.code in text_of(again)
    assert Trip.objects.get(pk=open_trip.pk).status == "open"
    done = ask(desk, close(open_trip), {"shown": again.context["shown"]})
    assert done.status_code == 302
    assert Trip.objects.get(pk=open_trip.pk).status == "closed"


def test_what_was_read_for_one_act_is_not_good_for_another(road: SimpleNamespace, open_trip: Trip) -> None:
    desk = as_(road.coordinator)
    shown = ask(desk, url("trip_cancel", open_trip.code), {"reason": "Xe hỏng"}).context["shown"]
    other = ask(desk, url("trip_cancel", open_trip.code), {"reason": "Không còn ai đi", "shown": shown})
    assert is_asked(other)
    assert Trip.objects.get(pk=open_trip.pk).status == "open"


def test_a_refusal_is_said_without_a_question(road: SimpleNamespace, open_trip: Trip) -> None:
    trips.close_trip(open_trip, by=road.coordinator)
    answer = ask(as_(road.coordinator), close(open_trip), follow=True)
    assert not is_asked(answer)
    assert "Đã chốt danh sách" in text_of(answer)


@pytest.mark.parametrize(
    "referer", ["https://evil.example/x", "http://testserver//evil.example", "", "javascript:alert(1)"]
)
def test_the_way_back_never_leaves_the_portal(road: SimpleNamespace, open_trip: Trip, referer: str) -> None:
    page = ask(as_(road.coordinator), close(open_trip), {"back": referer}, HTTP_REFERER=referer)
    assert page.context["back"] == reverse("accounts:first_screen")


def test_names_outside_the_officers_places_are_not_shown(road: SimpleNamespace, open_trip: Trip) -> None:
    """Only how many; the trip is the coordinator's, and so are its families here."""
    ids = list(open_trip.offers.values_list("registration", flat=True))
    assert describe(road.coordinator, "repatriation.registration", ids).keys() == set(ids)
    assert describe(road.elsewhere, "repatriation.registration", ids) == {}
    assert describe(road.coordinator, "no.such", ids) == {}


def test_effects_of_a_block_that_fails_are_not_counted() -> None:
    def act(error: Exception | None) -> None:
        with collect_effects() as effects:
            effects.messages.append(object())  # type: ignore[arg-type]
            if error:
                raise error

    with collect_effects() as outer:
        with pytest.raises(IntegrityError):
            act(IntegrityError())
        assert outer.messages == []
        act(None)
    assert len(outer.messages) == 1


@pytest.mark.parametrize(
    ("address", "whose", "data", "words"),
    [
        ("user_reset_password", "viewer", {}, "Mật khẩu cũ không dùng được nữa"),
        ("user_reset_password", "here", {}, "một quản trị khác phải duyệt"),
        ("user_set_active", "here", {"active": "0"}, "Ngừng tài khoản của"),
    ],
)
def test_acts_on_accounts_ask_first(
    road: SimpleNamespace, address: str, whose: str, data: dict[str, Any], words: str
) -> None:
    before = User.objects.get(pk=getattr(road, whose).pk)
    page = ask(as_(road.admin), reverse(f"accounts:{address}", args=[before.pk]), data)
    assert is_asked(page)
    assert words in text_of(page)
    after = User.objects.get(pk=before.pk)
    assert (after.password, after.is_active) == (before.password, before.is_active)
