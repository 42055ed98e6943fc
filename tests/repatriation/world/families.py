"""Families for the tests: forms filled in, and registrations that wait."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import count
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from portal.accounts.models import User
from portal.notifications.models import Message
from portal.places.models import Place
from portal.records.transitions import transition
from repatriation.models import Campaign, Offer, Registration, Trip
from repatriation.queue.positions import positions
from repatriation.registration.drafts import Draft, PersonEntry
from repatriation.registration.submitting import family_actor, save_draft, start_draft, submit

PHONE = "+84901234567"
_keys = count(1)


def entry(full_name: str = "Nguyễn Thị Lan", **changes: Any) -> PersonEntry:
    values = {
        "birth": "12/03/1984",
        "sex": "female",
        "health_told": True,
        "key": f"k{next(_keys)}",
        **changes,
    }
    return PersonEntry(full_name=full_name, **values)


def mother(**changes: Any) -> PersonEntry:
    return entry(**{"identity": "072184004821", **changes})


def baby(**changes: Any) -> PersonEntry:
    born = timezone.localdate() - dt.timedelta(days=18 * 31)
    return entry(**{"full_name": "Trần Bảo An", "birth": f"{born:%d/%m/%Y}", "sex": "male", **changes})


def filled(campaign: Campaign, places: SimpleNamespace, *people: PersonEntry, **changes: Any) -> Registration:
    """A draft with every answer given."""
    registration = start_draft(campaign, by=family_actor())
    values = {
        "origin": places.city_commune.pk,
        "origin_address": "12 đường số 7",
        "home": places.commune.pk,
        "home_address": "ấp Bùng Binh",
        "people": people or (mother(), baby()),
        "reasons": ("lost_work",),
        "phone": PHONE,
        "phone_confirmed": timezone.now().isoformat(),
        **changes,
    }
    save_draft(registration, lambda draft: replace(draft, **values))
    registration.refresh_from_db()
    return registration


def waiting(
    campaign: Campaign, places: SimpleNamespace, *people: PersonEntry, **changes: Any
) -> Registration:
    """A family in the queue."""
    registration = filled(campaign, places, *people, **changes)
    return submit(registration, by=family_actor(changes.get("phone", PHONE)))


def draft_of(registration: Registration) -> Draft:
    registration.refresh_from_db()
    return Draft.from_json(registration.draft)


def coordinator(place: Place) -> User:
    user, _created = User.objects.get_or_create(username="dieuphoi", defaults={"full_name": "Lê Điều Phối"})
    user.assignments.get_or_create(role="coordinator", place=place)
    return user


def trip(campaign: Campaign, places: SimpleNamespace, **changes: Any) -> Trip:
    values = {
        "code": f"C{next(_keys):03}",
        "status": Trip.Status.OPEN,
        "departs_at": timezone.now() + dt.timedelta(days=2),
        "pickup": places.pickup,
        "gateway": places.checkpoint,
        "planned_by": coordinator(places.home),
        **changes,
    }
    return Trip.objects.create(campaign=campaign, **values)


def offered(registration: Registration, on: Trip, **changes: Any) -> Offer:
    """Seats for a waiting family, as filling a trip makes them."""
    values = {"deadline": timezone.now() + dt.timedelta(hours=12), **changes}
    transition(registration, "offer", by=on.planned_by)
    return Offer.objects.create(trip=on, registration=registration, people=registration.people, **values)


def last_code(phone: str = PHONE) -> str:
    """The one-time code that was sent last."""
    code: str = Message.objects.filter(kind="one_time_code", phone=phone).latest("pk").secrets["code"]
    return code


def token_of(link: str) -> str:
    return link.rstrip("/").rsplit("/", 1)[-1]


def position(row: Registration) -> tuple[int, int]:
    """The family's number in its queue, and how many families wait in it. (0, n) when it does not wait."""
    place = positions(row.campaign, [row.pk]).get(row.pk, 0)
    return place, Registration.objects.waiting(row.campaign).count()
