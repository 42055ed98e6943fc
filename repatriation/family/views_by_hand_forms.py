"""What may be done by hand with a family, on its page: by a coordinator, and by who entered it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.utils import timezone

from citizens.phones import display
from portal.accounts.models import User
from portal.accounts.roles import Permission
from repatriation.family.forms import (
    ChosenTripForm,
    DuplicateForm,
    EntryPhoneForm,
    HoldForm,
    SplitForm,
    SpokenReasonForm,
)
from repatriation.models import Registration, Trip
from repatriation.rules import may_correct_entry

Status = Registration.Status


def by_hand_forms(user: User, row: Registration, bound: Mapping[str, forms.Form]) -> dict[str, Any]:
    """What may be done with this family now, each with its form; one that was refused comes as it was."""
    if not user.may(Permission.PLAN_TRIPS):
        return {}
    waiting, seated = row.status == Status.WAITING, row.status in {Status.OFFERED, Status.CONFIRMED}
    found: dict[str, Any] = {"refused": next(iter(bound), "")}
    if waiting and row.held_at is None:
        found["hold"] = bound.get("hold") or HoldForm(prefix="hold")
        found["seat"] = bound.get("seat") or ChosenTripForm(prefix="seat", trips=trips_for(user, row))
    if waiting and row.held_at is not None:
        found["release"] = True
    if waiting and row.people > 1:
        members = row.members.select_related("person")
        found["split"] = bound.get("split") or SplitForm(prefix="split", members=members)
    if waiting:
        found["duplicate"] = bound.get("duplicate") or DuplicateForm(
            prefix="duplicate", registrations=registrations_for(user)
        )
    if row.status == Status.DUPLICATE:
        found["not_duplicate"] = bound.get("not_duplicate") or HoldForm(prefix="not_duplicate")
    if seated:
        found["move"] = bound.get("move") or ChosenTripForm(prefix="move", trips=trips_for(user, row))
    return found


def registrations_for(user: User) -> QuerySet[Registration]:
    """Among which a family may stand a second time, as far as the officer sees them."""
    return Registration.objects.visible_to(user).exclude(status=Status.DRAFT)


def entry_forms(user: User, row: Registration, bound: Mapping[str, forms.Form]) -> dict[str, Any]:
    """What may be put right by whoever entered the family: its phone until somebody has proved it, and that
    it was entered at all, while it waits."""
    if not may_correct_entry(user, row):
        return {}
    found: dict[str, Any] = {"refused": next(iter(bound), "")}
    if row.phone_confirmed_at is None:
        found["phone"] = display(row.phone)
        if row.is_live:
            found["correct"] = bound.get("correct") or EntryPhoneForm(prefix="correct")
    if row.status == Status.WAITING:
        found["withdraw"] = bound.get("withdraw") or SpokenReasonForm(prefix="withdraw")
    return found


def trips_for(user: User, row: Registration) -> QuerySet[Trip]:
    """Trips of the family's campaign that take families, where the officer plans trips."""
    mine = user.place_ids(Permission.PLAN_TRIPS)
    rows = Trip.objects.visible_to(user).filter(
        campaign=row.campaign, status=Trip.Status.OPEN, gateway__in=mine
    )
    rows = rows.filter(departs_at__gt=timezone.now(), seats_taken__lt=F("seats"))
    return rows.select_related("pickup").order_by("departs_at", "pk")
