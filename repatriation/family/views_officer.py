"""The page of one family for officers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citizens.models import Person
from citizens.phones import display
from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.ended import tell_who_cancelled
from portal.records.log import history, record_read
from portal.ui.asking import Question
from portal.ui.refusals import run_or_flash
from repatriation.family.views_by_hand_forms import by_hand_forms, entry_forms
from repatriation.models import Offer, PassedOver, Registration
from repatriation.queue.positions import positions, reason_sentence
from repatriation.queue.standing import standing
from repatriation.registration.declared import declared_words, positives_of
from repatriation.rules import (
    may_call_family,
    may_correct_entry,
    may_plan_family,
    may_see_declared,
    may_see_reasons,
)
from repatriation.screening.lookalikes import lookalikes
from repatriation.seats.leaving import requeue_family
from repatriation.views_shared import officer_of

PASSED_SHOWN = 5


@require_GET
@officer(Permission.SEE_QUEUE, Permission.SEE_PEOPLE, Permission.REGISTER_OTHERS)
def family(request: HttpRequest, code: str) -> HttpResponse:
    """Show one registration: its people, the reasons of its place in the queue, and what happened to it."""
    return family_page(request, registration_of(officer_of(request), code))


def family_page(
    request: HttpRequest, row: Registration, refused: Mapping[str, forms.Form] | None = None
) -> HttpResponse:
    """Render the page; the forms in `refused` come back where they were typed."""
    user = officer_of(request)
    members = list(row.members.select_related("person"))
    told_by = {member.pk: declared_words(member) for member in members} if may_see_declared(user, row) else {}
    reasons = may_see_reasons(user, row)
    people = [member.person_id for member in members]
    record_read(
        user,
        "page",
        subject_type=Person._meta.label_lower,
        subject_ids=people,
        request=request,
        place=row.home_commune,
    )
    mine = may_correct_entry(user, row)
    reads_range = mine and not user.may(Permission.SEE_QUEUE, row.home_commune)
    waiting = row.status == Registration.Status.WAITING and not reads_range
    offers = list(row.offers.select_related("trip__pickup").order_by("-created_at"))
    tell_who_cancelled(offers, names=True)
    context = {
        "registration": row,
        "members": [(member, told_by.get(member.pk, [])) for member in members],
        "lookalikes": lookalikes(row, [member.person for member in members], user),
        "entered_by_me": mine,
        "standing": standing(row) if reads_range else None,
        "entry": entry_forms(user, row, refused or {}),
        "sees_reasons": reasons,
        "positives": positives_of(members) if reasons else [],
        "open_to_me": set(Person.objects.visible_to(user).filter(pk__in=people).values_list("pk", flat=True)),
        "place": positions(row.campaign, [row.pk]).get(row.pk) if waiting else None,
        "why": reason_sentence(row) if reasons else "",
        "may_call": may_call_family(user, row),
        "offers": offers,
        "steps": _steps(row),
        "may_requeue": may_plan_family(user, row)
        and row.status in {Registration.Status.NO_SHOW, Registration.Status.DECLINED},
        "now": timezone.now(),
        "by_hand": by_hand_forms(user, row, refused or {}),
        "passed": _passed(user, row),
        "parts": Registration.objects.visible_to(user).filter(Q(split_from=row) | Q(pk=row.split_from_id)),
    }
    return render(request, "repatriation/family/family.html", context, status=422 if refused else 200)


def _passed(user: User, row: Registration) -> list[PassedOver]:
    """Return the last trips for which the family was passed over."""
    rows = PassedOver.objects.visible_to(user).filter(registration=row)
    return list(rows.select_related("filling__trip__pickup").order_by("-pk")[:PASSED_SHOWN])


def _steps(row: Registration) -> list[dict[str, Any]]:
    """Return the registration's statuses as steps for `ui/_steps.html`, oldest first."""
    labels = dict(Registration.Status.choices)
    changes = [event for event in history(row) if event.to_status in labels]
    return [
        {
            "title": labels[event.to_status],
            "time": event.at,
            "text": " · ".join(filter(None, [event.who, event.reason])),
            "state": "now" if number == len(changes) else "done",
        }
        for number, event in enumerate(changes, start=1)
    ]


@require_POST
@officer(Permission.PLAN_TRIPS)
def requeue(request: HttpRequest, code: str) -> HttpResponse:
    """Put a family that did not come, or declined, back into the queue where it stood."""
    user = officer_of(request)
    row = registration_to_plan(user, code)
    question = Question(_("Đưa %(code)s trở lại hàng chờ?") % {"code": row.code}, _("Đưa lại hàng chờ"))
    if run_or_flash(request, lambda: requeue_family(row, by=user), question=question):
        messages.success(request, _("Gia đình đã trở lại hàng chờ, đúng thứ tự cũ. Đã nhắn cho gia đình."))
    return redirect("repatriation:family", code)


@require_POST
@officer(Permission.PLAN_TRIPS)
def family_phone(request: HttpRequest, code: str) -> HttpResponse:
    """Show the family's phone in full, once, so that a coordinator can call it; log it."""
    user = officer_of(request)
    row = registration_of(user, code)
    demand(may_call_family(user, row))
    offer = row.offers.filter(status__in=Offer.LIVE).select_related("trip__pickup").first()
    reason = _("Gọi gia đình về chuyến %(code)s") % {"code": offer.trip.code} if offer else _("Gọi gia đình")
    record_read(user, "reveal", subject=row, reason=reason, request=request, place=row.home_commune)
    context = {"registration": row, "phone": display(row.phone), "offer": offer}
    return render(request, "repatriation/family/phone.html", context)


def registration_of(user: User, code: str) -> Registration:
    rows = Registration.objects.visible_to(user).exclude(status=Registration.Status.DRAFT)
    return get_object_or_404(
        rows.select_related("campaign", "home_commune", "origin", "held_by", "entered_by"), code=code
    )


def registration_to_plan(user: User, code: str) -> Registration:
    """Return a registration that the user may plan for; raise `PermissionDenied` for one they may only see."""
    row = registration_of(user, code)
    demand(may_plan_family(user, row))
    return row
