"""The demo: the same from the same seed, safe to run twice, and every state has somebody."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.db.models import F

from appointments.models import Booking
from citizens.models import Person
from portal.accounts.demo import DEMO_USERS, demo_sign_ins
from portal.accounts.models import User
from portal.records.models import Event
from quarantine.models import Certificate, Order
from repatriation.demo.families import KNOWN_PHONES, SHARES
from repatriation.models import Handover, HandoverException, Offer, Registration, Trip
from tests.lock_order import unwatched

NOON = dt.datetime(2026, 11, 23, 5, tzinfo=dt.UTC)  # noon in Vietnam


def load(**options: Any) -> None:
    with unwatched():
        call_command("demo", families=120, stdout=StringIO(), **options)


def picture() -> dict[str, Any]:
    """What a visitor could see of the demo."""
    return {
        "people": list(
            Person.objects.order_by("sort_key", "phone").values_list("full_name", "phone", "birth_year")
        ),
        "families": list(Registration.objects.order_by("code").values_list("code", "status", "score")),
        "trips": list(
            Trip.objects.order_by("code").values_list("code", "status", "departs_at", "seats_taken")
        ),
        "certificates": list(
            Certificate.objects.order_by("public_code").values_list("public_code", flat=True)
        ),
        "bookings": list(Booking.objects.order_by("code").values_list("full_name", "status")),
    }


def fresh_picture(seed: int) -> dict[str, Any]:
    with transaction.atomic():
        load(seed=seed)
        found = picture()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_demo_and_another_seed_another() -> None:
    with time_machine.travel(NOON, tick=False):
        first, again, other = fresh_picture(1), fresh_picture(1), fresh_picture(2)
    assert first["people"] == again["people"]
    assert first["families"] == again["families"]
    assert first["trips"] == again["trips"]
    assert first["certificates"] == again["certificates"]
    assert first["people"] != other["people"]


@pytest.mark.django_db
def test_run_twice_it_changes_nothing() -> None:
    load()
    before = picture()
    load()
    assert picture() == before


@pytest.mark.django_db
def test_every_state_has_a_family_and_the_known_phones_are_theirs() -> None:
    load()
    assert set(Registration.objects.values_list("status", flat=True)) >= set(SHARES)
    for status, phone in KNOWN_PHONES.items():
        assert Registration.objects.get(phone=phone).status == status
    assert Order.objects.filter(status="active").exists()
    assert Handover.objects.overdue().exists()
    assert Handover.objects.filter(status="refused").exists()


@pytest.mark.django_db
def test_its_rows_are_such_as_the_actions_would_have_left() -> None:
    load()
    for trip in Trip.objects.all():
        seated = sum(
            offer.people for offer in trip.offers.filter(status__in=["offered", "confirmed", "travelled"])
        )
        assert trip.seats_taken == seated <= trip.seats
    assert set(Handover.objects.filter(kind="transfer").values_list("status", flat=True)) == set(
        Handover.Status.values
    )
    left = HandoverException.objects.standing().values("person")
    assert left.exists()
    for person in Person.objects.exclude(arrived_at=None).exclude(pk__in=left):
        last = person.handovers.latest("sent_at")
        holder = last.to_place_id if last.status == "accepted" else last.from_place_id
        assert person.responsible_place_id == holder
    assert not Offer.objects.filter(created_at__gt=dt.datetime.now(dt.UTC)).exists()
    now = dt.datetime.now(dt.UTC)
    assert not Person.objects.filter(arrived_at__gt=now).exists()
    assert not Event.objects.filter(at__gt=now).exists()
    assert not Order.objects.filter(created_at__gt=now).exists()
    late = Offer.objects.filter(created_at__gt=F("trip__departs_at")) | Offer.objects.filter(
        answered_at__gt=now
    )
    assert not late.exists()


@pytest.mark.django_db
def test_sign_ins_are_listed_in_a_demo_only(settings: Any) -> None:
    settings.PORTAL_DEMO = True
    load()
    assert {row["username"] for row in demo_sign_ins()} == {user.username for user in DEMO_USERS}
    assert User.objects.get(username="xa").check_password("tayninh-2026")
    settings.PORTAL_DEMO = False
    assert demo_sign_ins() == []
