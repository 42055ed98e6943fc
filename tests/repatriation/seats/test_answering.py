"""What a family answers to a seat, and what becomes of it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.utils import timezone

from citizens.links import find_link
from portal.notifications.models import Message
from portal.records.transitions import TransitionRefused, transition
from repatriation.models import Campaign, Offer, Registration, Trip
from repatriation.models.registration import Status
from repatriation.registration.submitting import family_actor
from repatriation.seats.answering import OfferExpired, confirm_offer, decline_offer
from repatriation.seats.leaving import withdraw
from tests.repatriation.world.families import PHONE, entry, offered, position, trip, waiting

BY = family_actor(PHONE)


@pytest.fixture
def family(campaign: Campaign, places: SimpleNamespace) -> Registration:
    return waiting(campaign, places)


@pytest.fixture
def bus(campaign: Campaign, places: SimpleNamespace) -> Trip:
    return trip(campaign, places)


@pytest.fixture
def offer(family: Registration, bus: Trip) -> Offer:
    return offered(family, bus)


def states(offer: Offer) -> tuple[str, str, int]:
    fresh = Offer.objects.select_related("registration", "trip").get(pk=offer.pk)
    return fresh.status, fresh.registration.status, fresh.trip.seats_taken


def test_confirming_keeps_the_seats_and_sends_the_pass(offer: Offer, bus: Trip) -> None:
    confirm_offer(offer, by=BY)
    assert states(offer) == ("confirmed", "confirmed", 2)
    message = Message.objects.get(kind="offer_confirmed")
    assert bus.code in message.text
    assert "Bến xe An Sương" in message.text
    token = message.secrets["link"].rstrip("/").rsplit("/", 1)[-1]
    assert find_link(token, "offer").subject_id == offer.pk


def test_confirming_twice_is_confirming_once(offer: Offer) -> None:
    first, second = confirm_offer(offer, by=BY), confirm_offer(offer, by=BY)
    assert first.answered_at == second.answered_at
    assert Message.objects.filter(kind="offer_confirmed").count() == 1


def test_after_the_deadline_the_seat_is_gone(offer: Offer) -> None:
    with time_machine.travel(offer.deadline, tick=False), pytest.raises(OfferExpired) as refused:
        confirm_offer(offer, by=BY)
    assert "hàng chờ" in str(refused.value)
    assert states(offer) == ("offered", "offered", 2)


def test_a_lapsed_offer_cannot_be_confirmed(offer: Offer) -> None:
    transition(offer, "lapse", by=BY)
    with pytest.raises(OfferExpired):
        confirm_offer(offer, by=BY)


def test_a_cancelled_offer_says_its_state(offer: Offer) -> None:
    transition(offer, "cancel", by=BY)
    with pytest.raises(TransitionRefused) as refused:
        confirm_offer(offer, by=BY)
    assert "Đã hủy" in str(refused.value)


def test_declining_and_waiting_on_keeps_the_place_in_the_queue(
    campaign: Campaign, places: SimpleNamespace, offer: Offer, family: Registration
) -> None:
    registered_at = family.registered_at
    decline_offer(offer, by=BY, back_to_queue=True)
    assert states(offer) == ("declined", "waiting", 0)
    fresh = Registration.objects.get(pk=family.pk)
    assert fresh.registered_at == registered_at
    assert position(fresh) == (1, 1)
    assert Message.objects.filter(kind="offer_declined").count() == 1


def test_declining_and_leaving_ends_the_registration(offer: Offer) -> None:
    decline_offer(offer, by=BY, back_to_queue=False)
    decline_offer(offer, by=BY, back_to_queue=True)
    assert states(offer) == ("declined", "declined", 0)
    assert Message.objects.filter(kind="offer_left").count() == 1


@pytest.mark.parametrize(("back", "registration"), [(True, Status.WAITING), (False, Status.WITHDRAWN)])
def test_a_confirmed_family_may_still_say_no(offer: Offer, back: bool, registration: str) -> None:
    confirm_offer(offer, by=BY)
    decline_offer(offer, by=BY, back_to_queue=back)
    assert states(offer) == ("cancelled", registration, 0)


def test_after_the_bus_left_nobody_declines(offer: Offer, bus: Trip) -> None:
    confirm_offer(offer, by=BY)
    transition(bus, "close", by=bus.planned_by)
    transition(bus, "depart", by=bus.planned_by)
    with pytest.raises(TransitionRefused):
        decline_offer(offer, by=BY, back_to_queue=True)


def test_a_family_that_waited_on_can_be_seated_again(
    campaign: Campaign, places: SimpleNamespace, offer: Offer, family: Registration
) -> None:
    decline_offer(offer, by=BY, back_to_queue=True)
    family.refresh_from_db()
    second = offered(family, trip(campaign, places), deadline=timezone.now() + dt.timedelta(hours=1))
    confirm_offer(second, by=BY)
    assert states(second) == ("confirmed", "confirmed", 2)


def test_declined_seats_go_to_the_next_family_at_once(
    campaign: Campaign, places: SimpleNamespace, offer: Offer
) -> None:
    behind = waiting(
        campaign, places, entry("Lê Hoa", identity="079190000001"), phone="+84912345678", reasons=()
    )
    decline_offer(offer, by=BY, back_to_queue=True)
    assert Offer.objects.get(registration=behind).status == Offer.Status.OFFERED
    assert states(offer) == ("declined", "waiting", 1)
    assert Message.objects.filter(kind="offer", phone="+84912345678").count() == 1


def test_seats_of_a_family_that_withdraws_go_to_the_next_family(
    campaign: Campaign, places: SimpleNamespace, offer: Offer, family: Registration
) -> None:
    behind = waiting(
        campaign, places, entry("Lê Hoa", identity="079190000001"), phone="+84912345678", reasons=()
    )
    withdraw(family, by=BY)
    assert Offer.objects.get(registration=behind).status == Offer.Status.OFFERED
    assert states(offer) == ("cancelled", "withdrawn", 1)
