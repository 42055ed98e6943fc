"""Registering others: the operators' form, what they entered, and where a caller stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citizens.identity import CardQrError
from citizens.phones import mask
from portal.accounts.guards import officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.fields import understood
from portal.records.log import client_address
from portal.reporting.export import export_response
from portal.ui.pagination import paginate
from repatriation import consent
from repatriation.actions.lookup import Family, family_from, family_token, find_for_caller
from repatriation.actions.others import register_others, send_link_for
from repatriation.actions.people import IdentityTaken
from repatriation.campaigns import open_campaigns
from repatriation.drafts import MAX_PEOPLE
from repatriation.export import QueueResource
from repatriation.forms_others import (
    CallerForm,
    EntryFilter,
    OtherPeople,
    OtherPeopleFormSet,
    OthersForm,
    as_typed,
)
from repatriation.models import Registration
from repatriation.models.declared import Channel
from repatriation.queue import positions, search
from repatriation.refusal import Refusal
from repatriation.rules import channels_of
from repatriation.views_officer.common import officer_of
from repatriation.wizard.forms_people import card_values

FORM_METHODS = ["GET", "HEAD", "POST"]
PREFIX = "people"


@require_http_methods(FORM_METHODS)
@officer(Permission.REGISTER_OTHERS)
def entry_new(request: HttpRequest) -> HttpResponse:
    """The whole family on one page. Another line, or a card to be read, comes back with what was typed."""
    given: dict[str, Any] = {"campaigns": open_campaigns(), "channels": channels_of(officer_of(request))}
    if not given["campaigns"]:
        return render(request, "repatriation/officer/entry.html")
    if request.method != "POST":
        return _form_page(request, OthersForm(**given), OtherPeopleFormSet(prefix=PREFIX))
    form = OthersForm(request.POST, **given)
    people = OtherPeopleFormSet(request.POST, prefix=PREFIX)
    lines = [as_typed(one) for one in people]
    if "more" in request.POST or any(_wants_card(line) for line in lines):
        lines = [_with_card(request, line, number) for number, line in enumerate(lines, start=1)]
        lines += [{}] * ("more" in request.POST)
        people = OtherPeopleFormSet(prefix=PREFIX, lines=lines[:MAX_PEOPLE])
        return _form_page(request, OthersForm(initial=as_typed(form), **given), people)
    if all([form.is_valid(), people.is_valid()]):
        row = _register(request, form, people)
        if row is not None:
            return redirect("repatriation:family", row.code)
    return _form_page(request, form, people, status=422)


def _form_page(
    request: HttpRequest, form: OthersForm, people: OtherPeople, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "people": people,
        "points": consent.POINTS,
        "may_add": len(people.forms) < MAX_PEOPLE,
    }
    return render(request, "repatriation/officer/entry.html", context, status=status)


def _wants_card(line: dict[str, Any]) -> bool:
    """A card's text beside an empty name is a wish to fill the line in; a scanner ends with Enter."""
    return bool((line.get("card") or "").strip()) and not (line.get("full_name") or "").strip()


def _with_card(request: HttpRequest, line: dict[str, Any], number: int) -> dict[str, Any]:
    if not _wants_card(line):
        return line
    try:
        return line | card_values(line["card"]) | {"card": ""}
    except CardQrError as error:
        messages.error(request, _("Người thứ %(number)d: %(error)s") % {"number": number, "error": error})
        return line


def _register(request: HttpRequest, form: OthersForm, people: OtherPeople) -> Registration | None:
    data = form.cleaned_data
    entries = people.entries(data["client_key"])
    try:
        row = register_others(
            form.draft(entries),
            campaign=data["campaign"],
            channel=Channel(data["channel"]),
            client_key=data["client_key"],
            by=officer_of(request),
            address=client_address(request),
        )
    except IdentityTaken as error:
        place = [entry.key for entry in entries].index(error.entry.key)
        people.filled()[place].add_error("identity", str(error))
    except Refusal as error:
        form.add_error(None, str(error))
    else:
        said = {"code": row.code, "phone": mask(row.phone)}
        messages.success(
            request,
            _("Đã đăng ký, mã %(code)s. Vui lòng đọc mã cho gia đình. Đã nhắn đường dẫn tới %(phone)s.")
            % said,
        )
        for line in understood(form):
            messages.info(request, line)
        return row
    return None


@require_GET
@officer(Permission.REGISTER_OTHERS)
def entry_list(request: HttpRequest) -> HttpResponse:
    """What I entered, the newest first."""
    user = officer_of(request)
    statuses = [choice for choice in Registration.Status.choices if choice[0] != Registration.Status.DRAFT]
    form = EntryFilter(request.GET, statuses=statuses)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = Registration.objects.visible_to(user).filter(entered_by=user, registered_at__isnull=False)
    if asked.get("status"):
        rows = rows.filter(status=asked["status"])
    if asked.get("day"):
        rows = rows.filter(_on(asked["day"]))
    rows = search(rows, asked.get("q", "")).select_related("home_commune", "origin")
    rows = rows.prefetch_related("members__person").order_by("-registered_at", "pk")
    if "export" in request.GET:
        return export_response(request, QueueResource(), rows, "entries")
    context = {"form": form, "page": paginate(request, rows)}
    return render(request, "repatriation/officer/entry_list.html", context)


def _on(day: dt.date) -> Q:
    start = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    return Q(registered_at__gte=start, registered_at__lt=start + dt.timedelta(days=1))


@require_POST
@officer(Permission.REGISTER_OTHERS)
def entry_link(request: HttpRequest, code: str) -> HttpResponse:
    """The link of a family that I registered, again to its own phone."""
    user = officer_of(request)
    rows = Registration.objects.visible_to(user).filter(entered_by=user, registered_at__isnull=False)
    row = get_object_or_404(rows, code=code)
    _send_link(request, row)
    return redirect("repatriation:family", code)


@require_http_methods(FORM_METHODS)
@officer(Permission.ANSWER_CALLERS)
def callers(request: HttpRequest) -> HttpResponse:
    """Where a caller stands. A look-up is a POST: it goes into the log, with its reason."""
    user = officer_of(request)
    form = CallerForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        data = form.cleaned_data
        found = find_for_caller(user, data["q"], reason=data["reason"], request=request)
        context |= {"found": found, "rows": _standing(found.families, user)}
    status = 422 if form.errors else 200
    return render(request, "repatriation/officer/callers.html", context, status=status)


def _standing(families: list[Family], user: User) -> list[dict[str, Any]]:
    """Each family with its number in its queue, and the name under which its link is asked for."""
    rows = [family.registration for family in families if family.registration is not None]
    places: dict[int, int] = {}
    for campaign in {row.campaign for row in rows}:
        places |= positions(campaign, [row.pk for row in rows if row.campaign_id == campaign.pk])
    return [
        {"family": family, "row": row, "place": places.get(row.pk), "token": family_token(family, user)}
        for family, row in zip(families, rows, strict=True)
    ]


@require_POST
@officer(Permission.ANSWER_CALLERS)
def caller_link(request: HttpRequest) -> HttpResponse:
    """The link again to the phone of the family that I looked up."""
    family = family_from(request.POST.get("family", ""), officer_of(request))
    if family is None or family.registration is None:
        messages.error(request, _("Trang đã cũ. Vui lòng tra cứu lại."))
    else:
        _send_link(request, family.registration)
    return redirect("repatriation:callers")


def _send_link(request: HttpRequest, row: Registration) -> None:
    said = {"phone": mask(row.phone)}
    if send_link_for(row, by=officer_of(request)):
        messages.success(request, _("Đã gửi lại đường dẫn tới số %(phone)s.") % said)
    elif row.is_live:
        messages.info(
            request, _("Đường dẫn vừa được gửi tới %(phone)s. 10 phút sau mới gửi lại được.") % said
        )
    else:
        messages.info(request, _("Đăng ký này đã kết thúc nên không gửi đường dẫn nữa."))
