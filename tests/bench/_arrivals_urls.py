"""The portal's addresses, and a view that records a family as barely as Django can."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path
from django.utils import timezone

from citizens.models import Person
from portal.accounts.models import User
from portal.notifications.models import Message
from portal.records.models import Event
from repatriation.models import Arrival, Handover, Offer, Registration

BARE = "bench/arrive/"


def bare(request: HttpRequest) -> HttpResponse:
    """Write what recording the family writes: no form, no question asked, no check, no lock."""
    data, now = request.POST, timezone.now()
    assert isinstance(request.user, User)
    place, home, family = int(data["at"]), int(data["destination"]), int(data["registration"])
    officer = {"actor_kind": "officer", "actor_label": request.user.full_name, "user": request.user}
    people = [int(pk) for pk in data["people"].split()]
    with transaction.atomic():
        offer = Offer.objects.get(registration=family, status="confirmed")
        Registration.objects.filter(pk=family).update(status="arrived")
        Offer.objects.filter(pk=offer.pk).update(status="travelled")
        arrivals = Arrival.objects.bulk_create(
            Arrival(
                client_key=data["client_key"], person_id=person, registration_id=family, trip_id=offer.trip_id,
                checkpoint_id=place, destination_id=home, address=data["address"], at=now, means="trip",
                rapid_test=data["rapid_test"], entered_by=request.user,
            )
            for person in people
        )  # fmt: skip
        handovers = Handover.objects.bulk_create(
            Handover(
                arrival=arrival, party=arrival.client_key, person_id=arrival.person_id, from_place_id=place, to_place_id=home, sent_at=now,
                deadline=now + dt.timedelta(hours=4),
            )
            for arrival in arrivals
        )  # fmt: skip
        Person.objects.filter(pk__in=people).update(responsible_place=place, arrived_at=now)
        Event.objects.bulk_create(
            Event(subject_type=f"repatriation.{name}", subject_id=pk, verb=verb, place_id=place, **officer)
            for name, verb, pks in (
                ("registration", "arrive", [family]),
                ("offer", "travel", [offer.pk]),
                ("arrival", "arrive", [row.pk for row in arrivals]),
                ("handover", "send", [row.pk for row in handovers]),
            )
            for pk in pks
        )
        Message.objects.create(
            kind="arrived", phone="+84901234567", context={"people": str(len(people))},
            about_type="repatriation.registration", about_id=family,
        )  # fmt: skip
    return HttpResponseRedirect("/officer/checkpoint/")


urlpatterns = [path(BARE, bare), path("", include("portal.urls"))]
