"""The portal's addresses, and a view that stores a family as barely as Django can."""

from __future__ import annotations

import secrets
from hashlib import sha256

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path
from django.utils import timezone

from citizens.models import Household, Person, SecretLink
from portal.notifications.models import Message
from portal.records.models import Event
from repatriation.models import Member, Registration, Screening

BARE = "bench/register/"


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """Insert what submitting the draft inserts: no form, no question asked, no check, no score."""
    row = Registration.objects.get(pk=request.session["registration"])
    draft, now = row.draft, timezone.now()
    citizen = {"actor_kind": "citizen", "actor_label": draft["phone"], "place_id": draft["home"]}
    with transaction.atomic():
        home = {"home_commune_id": draft["home"]}
        household = Household.objects.create(address=draft["home_address"], **home)
        people = [
            Person(
                full_name=entry["full_name"], search_name=entry["full_name"], sort_key=entry["full_name"],
                sex=entry["sex"], birth_year=int(entry["birth"][-4:]), identity_kind="cccd" if entry["identity"] else "",
                identity_number=entry["identity"] or None, phone=draft["phone"], household=household,
                address=draft["home_address"], **home,
            )
            for entry in draft["people"]
        ]  # fmt: skip
        Person.objects.bulk_create(people)
        Event.objects.bulk_create(
            Event(subject_type="citizens.person", subject_id=person.pk, verb="created", **citizen)
            for person in people
        )
        Member.objects.bulk_create(
            Member(registration=row, person=person, campaign_id=row.campaign_id, is_head=number == 0)
            for number, person in enumerate(people)
        )
        Registration.objects.filter(pk=row.pk).update(
            status="waiting", draft={}, phone=draft["phone"], phone_confirmed_at=now,
            origin_id=draft["origin"], origin_address=draft["origin_address"],
            home_address=draft["home_address"], reasons=draft["reasons"], people=len(people), rule_set_id=1,
            score=10, score_reasons=[{"points": 10}], registered_at=now, **home,
        )  # fmt: skip
        Screening.objects.create(registration=row, commune_id=draft["home"], due_at=now)
        subject = {"subject_type": "repatriation.registration", "subject_id": row.pk}
        Event.objects.create(verb="submit", from_status="draft", to_status="waiting", **subject, **citizen)
        token = secrets.token_urlsafe(20)
        SecretLink.objects.create(
            token_hash=sha256(token.encode()).hexdigest(), purpose="registration", phone=draft["phone"],
            expires_at=now, **subject,
        )  # fmt: skip
        Message.objects.create(
            kind="registered", phone=draft["phone"], context={"code": row.code, "people": str(len(people))},
            secrets={"link": token}, about_type="repatriation.registration", about_id=row.pk,
        )  # fmt: skip
    return HttpResponseRedirect("/")


urlpatterns = [path(BARE, bare), path("", include("portal.urls"))]
