"""What a family declares besides who it is: days, doses, tests, and who registers for whom."""

from __future__ import annotations

import datetime as dt
import json
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from repatriation.models import Member, Registration
from repatriation.models.declared import RegistrationChannel
from repatriation.registration.drafts import Draft, PersonEntry
from tests.repatriation.world.families import coordinator, filled, mother, waiting

pytestmark = pytest.mark.django_db


def test_submit_keeps_days_contact_doses_and_tests(campaign, places):
    today = timezone.localdate()
    told = mother(
        doses=2, last_dose="2026-10-01", test_kind="pcr", tested=str(today), test_outcome="negative"
    )
    row = waiting(
        campaign,
        places,
        told,
        travel_from="2026-11-25",
        travel_until="2026-11-27",
        contact_name="Trần Văn Bình",
        contact_relation="Con trai",
    )
    row.refresh_from_db()
    assert (row.travel_from, row.travel_until) == (dt.date(2026, 11, 25), dt.date(2026, 11, 27))
    assert (row.contact_name, row.contact_relation) == ("Trần Văn Bình", "Con trai")
    assert (row.channel, row.entered_by) == ("self", None)
    member = row.members.get()
    assert (member.doses, member.last_dose_on) == (2, dt.date(2026, 10, 1))
    assert (member.test_kind, member.tested_on, member.test_outcome) == ("pcr", today, "negative")
    assert not member.declares_positive


def test_a_draft_from_before_these_questions_is_read():
    old = {"people": [{"key": "k1", "full_name": "Lan", "birth": "1984", "sex": "female"}], "reasons": []}
    draft = Draft.from_json(json.loads(json.dumps(old)))
    assert draft.travel_days == (None, None)
    assert draft.people[0].declared()["doses"] is None
    assert Draft.from_json(json.loads(json.dumps(draft.to_json()))) == draft


def test_days_of_travel_hold_for_both_ends():
    row = Registration(travel_from=dt.date(2026, 11, 25), travel_until=dt.date(2026, 11, 27))
    days = [day for day in range(23, 30) if row.can_travel_on(dt.date(2026, 11, day))]
    assert days == [25, 26, 27]
    assert Registration().can_travel_on(dt.date(2026, 11, 25))


def test_a_positive_test_counts_for_a_fortnight():
    today = timezone.localdate()
    entry = PersonEntry("k", "Lan", "1984", "female", test_kind="rapid", test_outcome="positive")
    told = [
        PersonEntry(**{**entry.__dict__, "tested": str(today - dt.timedelta(days=n))}) for n in (0, 13, 14)
    ]
    assert [one.declares_positive for one in told] == [True, True, False]


@pytest.mark.parametrize(
    "wrong",
    [
        {"travel_from": dt.date(2026, 11, 27), "travel_until": dt.date(2026, 11, 25)},
        {"channel": "pigeon"},
        {"channel": RegistrationChannel.HOTLINE},
    ],
)
def test_database_refuses_what_no_family_can_have_said(campaign, places, wrong):
    row = filled(campaign, places)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(pk=row.pk).update(**wrong)


def test_entered_by_goes_with_another_channel_only(campaign, places):
    row = filled(campaign, places)
    officer = coordinator(places.home)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(pk=row.pk).update(entered_by=officer)
    Registration.objects.filter(pk=row.pk).update(entered_by=officer, channel=RegistrationChannel.HOTLINE)


def test_a_client_key_is_one_registration(campaign, places):
    key = uuid.uuid4()
    first, second = filled(campaign, places), filled(campaign, places)
    Registration.objects.filter(pk=first.pk).update(client_key=key)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(pk=second.pk).update(client_key=key)


@pytest.mark.parametrize(
    "wrong",
    [
        {"doses": 10},
        {"last_dose_on": dt.date(2026, 10, 1)},
        {"doses": 0, "last_dose_on": dt.date(2026, 10, 1)},
        {"test_kind": "pcr"},
        {"test_kind": "pcr", "tested_on": dt.date(2026, 10, 1)},
        {"test_kind": "spit", "tested_on": dt.date(2026, 10, 1), "test_outcome": "negative"},
    ],
)
def test_database_refuses_a_test_or_dose_told_by_half(campaign, places, wrong):
    member = waiting(campaign, places, mother()).members.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=member.pk).update(**wrong)


def test_a_phone_told_to_somebody_else_needs_no_code():
    draft = Draft(origin=1, home=1, reasons=(), phone="+84901234567")
    draft = draft.with_person(PersonEntry("k", "Lan", "1984", "female", health_told=True))
    assert draft.missing() == "phone"
    assert draft.missing(confirmed=False) == ""
