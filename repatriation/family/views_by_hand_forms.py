"""Forms of a family's page: for a coordinator by hand, and for the officer who entered the family."""

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
from repatriation.rules import may_correct_entry, may_plan_family

Status = Registration.Status


def by_hand_forms(user: User, row: Registration, bound: Mapping[str, forms.Form]) -> dict[str, Any]:
    """Return the forms for what may be done with this family now; forms in `bound` come back as sent."""
    if not may_plan_family(user, row):
        return {}
    waiting, seated = row.status == Status.WAITING, row.status in {Status.OFFERED, Status.CONFIRMED}
    context: dict[str, Any] = {"refused": next(iter(bound), "")}
    if waiting and row.held_at is None:
        context["hold"] = bound.get("hold") or HoldForm(prefix="hold")
        context["seat"] = bound.get("seat") or ChosenTripForm(prefix="seat", trips=trips_for(user, row))
    if waiting and row.held_at is not None:
        context["release"] = True
    if waiting and row.people > 1:
        members = row.members.select_related("person")
        context["split"] = bound.get("split") or SplitForm(prefix="split", members=members)
    if waiting:
        context["duplicate"] = bound.get("duplicate") or DuplicateForm(
            prefix="duplicate", registrations=registrations_for(user)
        )
    if row.status == Status.DUPLICATE:
        context["not_duplicate"] = bound.get("not_duplicate") or HoldForm(prefix="not_duplicate")
    if seated:
        context["move"] = bound.get("move") or ChosenTripForm(prefix="move", trips=trips_for(user, row))
    return context


def registrations_for(user: User) -> QuerySet[Registration]:
    """Return the registrations of the officer's queue, of which another may be a duplicate."""
    return Registration.objects.visible_to(user, Permission.PLAN_TRIPS).exclude(status=Status.DRAFT)


def entry_forms(user: User, row: Registration, bound: Mapping[str, forms.Form]) -> dict[str, Any]:
    """Return the forms for the officer who entered the family: its phone until somebody has proved it, and
    its withdrawal while it waits."""
    if not may_correct_entry(user, row):
        return {}
    context: dict[str, Any] = {"refused": next(iter(bound), "")}
    if row.phone_confirmed_at is None:
        context["phone"] = display(row.phone)
        if row.is_live:
            context["correct"] = bound.get("correct") or EntryPhoneForm(prefix="correct")
    if row.status == Status.WAITING:
        context["withdraw"] = bound.get("withdraw") or SpokenReasonForm(prefix="withdraw")
    return context


def trips_for(user: User, row: Registration) -> QuerySet[Trip]:
    """Return the open trips of the family's campaign with free seats, to gateways where the officer plans."""
    mine = user.place_ids(Permission.PLAN_TRIPS)
    rows = Trip.objects.visible_to(user).filter(
        campaign=row.campaign, status=Trip.Status.OPEN, gateway__in=mine
    )
    rows = rows.filter(departs_at__gt=timezone.now(), seats_taken__lt=F("seats"))
    return rows.select_related("pickup").order_by("departs_at", "pk")
