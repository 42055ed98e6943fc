"""The checkpoint page: text in the box finds a family; without text, Enter records the one on the card."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.guards import demand, officer
from portal.accounts.roles import Permission
from portal.places.models import Place
from portal.ui.refusals import run_or_flash
from repatriation.checkpoint.actions import record_arrival
from repatriation.checkpoint.forms import ArrivalForm
from repatriation.checkpoint.lookup import find_family
from repatriation.checkpoint.pages import (
    LAST_TEST,
    ON_THE_ROAD,
    address_of,
    card_of,
    checkpoint_of,
    choose_page,
    desk_page,
    flash_recorded,
    two_contents_page,
)
from repatriation.checkpoint.views_walk_in import blank_forms, walk_in_page
from repatriation.registration.lookup import Family, LookUp, family_from, family_token
from repatriation.rules import may_look_up_at
from repatriation.views_shared import officer_of

KEPT_IN_BOX = frozenset({"code", "number", "name"})  # what was not found may be a slip, and is typed over


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.RECORD_ARRIVALS)
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Show the page. A text in the box is looked up; without one the family on the card is recorded."""
    user = officer_of(request)
    place = checkpoint_of(request, user)
    if place is None:
        return choose_page(request, user)
    if request.method != "POST":
        return desk_page(request, place)
    text = (request.POST.get("lines") or request.POST.get("q", "")).strip()
    if text:
        demand(may_look_up_at(user, place))
        return _show_matches(request, place, text)
    token = request.POST.get("pick") or request.POST.get("family") or ""
    family = family_from(token, user)
    if family is None:
        if token:
            messages.error(request, _("Trang đã cũ. Vui lòng tải lại trang rồi quét lại."))
        return redirect(address_of(place))
    if request.POST.get("pick"):
        return desk_page(request, place, **card_of(request, family, place))
    return _record(request, place, family)


def _show_matches(request: HttpRequest, place: Place, text: str) -> HttpResponse:
    user = officer_of(request)
    lookup = run_or_flash(request, lambda: find_family(user, text, checkpoint=place, request=request))
    if lookup is None:
        return desk_page(request, place, status=429, typed=text[:200])
    for sentence in lookup.sentences:
        messages.warning(request, sentence)
    if len(lookup.families) == 1:
        family = lookup.families[0]
        card = card_of(request, family, place, by_name=lookup.by == "name")
        return desk_page(request, place, left_open=_left_open(request, family), **card)
    if lookup.families:
        choices = [(family, family_token(family, user)) for family in lookup.families]
        return desk_page(request, place, choices=choices)
    return _nobody(request, place, lookup, text)


def _nobody(request: HttpRequest, place: Place, lookup: LookUp, text: str) -> HttpResponse:
    """Say what to do about a text that found nobody; a card of somebody unknown begins a walk-in."""
    if lookup.card is not None and lookup.card.full_name:
        return walk_in_page(request, place, lookup)
    typed = text.split("\n")[0][:200] if lookup.by in KEPT_IN_BOX else ""
    if lookup.sentences and lookup.by not in KEPT_IN_BOX:
        return desk_page(request, place, typed=typed)
    return desk_page(request, place, nobody=lookup, typed=typed, **blank_forms(lookup))


def _left_open(request: HttpRequest, family: Family) -> tuple[Family, str] | None:
    """Return the family whose card was open and not recorded when another one was looked up."""
    token = request.POST.get("family") or ""
    before = family_from(token, officer_of(request)) if token else None
    if before is None or before.registration == family.registration or not before.expected_here:
        return None
    return before, token


def _record(request: HttpRequest, place: Place, family: Family) -> HttpResponse:
    user = officer_of(request)
    # Whoever this very form entered before stands on it again, so that both contents can be compared.
    key = request.POST.get("client_key", "")
    family.arrived = {pk: row for pk, row in family.arrived.items() if str(row.client_key) != key}
    form = ArrivalForm(request.POST, family=family, by_name="by_name" in request.POST)
    if not form.is_valid():
        return desk_page(request, place, status=422, **card_of(request, family, place, form))
    data = form.cleaned_data
    result = run_or_flash(
        request,
        lambda: record_arrival(
            checkpoint=place,
            registration=family.registration,
            people=form.facts(),
            destination=data["destination"],
            address=data["address"],
            client_key=data["client_key"],
            vehicle_plate=data["vehicle_plate"],
            by=user,
        ),
        question=ON_THE_ROAD,
    )
    if result is None:
        # Somebody else was quicker: the card says what is known now, and what to do.
        now = family_from(request.POST.get("family", ""), user) or family
        return desk_page(request, place, **card_of(request, now, place))
    if result.differences:
        return two_contents_page(request, place, result)
    request.session[LAST_TEST] = data["rapid_test"]
    flash_recorded(request, result)
    return redirect(address_of(place))
