"""Conversion of a family's answers from the draft to columns, and back."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from portal.ui.forms import Birth
from repatriation.models import Member, Registration
from repatriation.registration.drafts import IDENTITY_AGE, Draft, PersonEntry, written


def registration_columns(draft: Draft) -> dict[str, Any]:
    """Return the answers as columns of `Registration`, without the people and the phone."""
    return {
        "origin_id": draft.origin,
        "origin_address": draft.origin_address,
        "home_commune_id": draft.home,
        "home_address": draft.home_address,
        "reasons": list(draft.reasons or ()),
        "travel_from": draft.travel_days[0],
        "travel_until": draft.travel_days[1],
        "contact_name": draft.contact_name,
        "contact_relation": draft.contact_relation,
    }


def member_columns(entry: PersonEntry) -> dict[str, Any]:
    """Return the answers about one person's health as columns of `Member`."""
    return {
        "is_pregnant": entry.is_pregnant and entry.may_be_pregnant,
        "has_chronic_illness": entry.has_chronic_illness,
        "has_disability": entry.has_disability,
        **entry.declared(),
    }


def answers_of(registration: Registration) -> Draft:
    """Return the registration as it stands now, as the draft from which it could have been made."""
    members = registration.members.select_related("person")
    confirmed_at = registration.phone_confirmed_at
    return Draft(
        origin=registration.origin_id,
        origin_address=registration.origin_address,
        home=registration.home_commune_id,
        home_address=registration.home_address,
        people=tuple(entry_of(member) for member in members),
        reasons=tuple(registration.reasons),
        phone=registration.phone,
        phone_confirmed=confirmed_at.isoformat() if confirmed_at else "",
        travel_from=_day(registration.travel_from),
        travel_until=_day(registration.travel_until),
        contact_name=registration.contact_name,
        contact_relation=registration.contact_relation,
    )


def key_of(member: Member) -> str:
    """Return the key of a present member in a draft."""
    return str(UUID(int=member.pk))


def entry_of(member: Member) -> PersonEntry:
    """Return a member as an entry: name, birth and papers from the person's record, the rest from the member."""
    person = member.person
    return PersonEntry(
        key=key_of(member),
        full_name=person.full_name,
        birth=written(Birth(person.birth_date, person.birth_year)),
        sex=person.sex,
        identity=person.identity_number or "",
        no_identity=not person.identity_number and person.age() >= IDENTITY_AGE,
        health_told=True,
        is_pregnant=member.is_pregnant,
        has_chronic_illness=member.has_chronic_illness,
        has_disability=member.has_disability,
        doses=member.doses,
        last_dose=_day(member.last_dose_on),
        test_kind=member.test_kind,
        tested=_day(member.tested_on),
        test_outcome=member.test_outcome,
        recovered=_day(member.recovered_on),
    )


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
