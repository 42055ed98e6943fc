"""The checkpoint page: text in the box finds a family; without text, Enter records the one on the card."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place
from portal.reporting.export import export_response
from portal.ui.asking import AtOnce
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_flash
from repatriation.checkpoint.actions import ArrivalResult, record_arrival
from repatriation.checkpoint.exports import ArrivalResource
from repatriation.checkpoint.forms import ArrivalFilter, ArrivalForm, ArrivedFormSet, WalkInForm
from repatriation.checkpoint.lookup import find_family
from repatriation.checkpoint.walkins import record_walk_in
from repatriation.models import Arrival, Handover, Trip
from repatriation.registration.forms_strangers import card_initial
from repatriation.registration.lookup import Family, LookUp, family_from, family_token
from repatriation.rules import may_look_up_at, may_record_at, may_see_health_of_arrival
from repatriation.views_shared import officer_of

LAST_TEST = "checkpoint_rapid_test"  # session key: what this officer last chose for a family
SHOWN_ARRIVALS = 60
TRIPS_FROM, TRIPS_UNTIL = dt.timedelta(hours=18), dt.timedelta(hours=18)
ON_THE_ROAD = AtOnce("a family stands in the road, and the form shows everybody who is entered")


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.RECORD_ARRIVALS)
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Show the page. A text in the box is looked up; without one the family on the card is recorded."""
    user = officer_of(request)
    place = _checkpoint(request, user)
    if place is None:
        return render(request, "repatriation/checkpoint/checkpoint_choose.html", {"places": _mine(user)})
    if request.method != "POST":
        return _page(request, place)
    text = request.POST.get("q", "").strip()
    if text:
        demand(may_look_up_at(user, place))
        return _show_matches(request, place, text)
    token = request.POST.get("pick") or request.POST.get("family") or ""
    family = family_from(token, user)
    if family is None:
        if token:
            messages.error(request, _("Trang đã cũ. Vui lòng tải lại trang rồi quét lại."))
        return redirect(_address(place))
    if request.POST.get("pick"):
        return _page(request, place, **_card(request, family))
    return _record(request, place, family)


def _show_matches(request: HttpRequest, place: Place, text: str) -> HttpResponse:
    user = officer_of(request)
    lookup = run_or_flash(request, lambda: find_family(user, text, checkpoint=place, request=request))
    if lookup is None:
        return _page(request, place, status=429)
    if len(lookup.families) == 1:
        return _page(request, place, **_card(request, lookup.families[0]))
    if lookup.families:
        choices = [(family, family_token(family, user)) for family in lookup.families]
        return _page(request, place, choices=choices)
    return _page(request, place, nobody=lookup, **_walk_in_forms(request, lookup))


def _record(request: HttpRequest, place: Place, family: Family) -> HttpResponse:
    user = officer_of(request)
    form = ArrivalForm(request.POST, family=family)
    if not form.is_valid():
        return _page(request, place, status=422, **_card(request, family, form))
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
            by=user,
        ),
        question=ON_THE_ROAD,
    )
    if result is not None:
        request.session[LAST_TEST] = data["rapid_test"]
        _flash_recorded(request, result)
    return redirect(_address(place))


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.RECORD_ARRIVALS)
def walk_in(request: HttpRequest) -> HttpResponse:
    """Enter people without a registration by a short form, up to a carload."""
    user = officer_of(request)
    place = _checkpoint(request, user)
    if place is None:
        return render(request, "repatriation/checkpoint/checkpoint_choose.html", {"places": _mine(user)})
    forms = _walk_in_forms(request)
    form, people = forms["form"], forms["people"]
    if request.method == "POST" and all([form.is_valid(), people.is_valid()]):
        data = {name: form.cleaned_data[name] for name in ("destination", "address", "client_key", "phone")}
        data |= {"people": people.entries(), "compared": people.compared()}
        data["rapid_test"] = form.cleaned_data["rapid_test"]
        result = run_or_flash(
            request, lambda: record_walk_in(checkpoint=place, by=user, **data), question=ON_THE_ROAD
        )
        if result is not None:
            _flash_recorded(request, result)
            return redirect(_address(place))
    status = 422 if form.is_bound else 200
    return render(
        request,
        "repatriation/checkpoint/walk_in.html",
        {"place": place, "walk_in_url": request.path, **forms},
        status=status,
    )


@require_GET
@officer(Permission.RECORD_ARRIVALS, Permission.SEE_HANDOVERS)
def arrival_list(request: HttpRequest) -> HttpResponse:
    """List the people who passed the user's checkpoints, or are on the way to their communes."""
    user = officer_of(request)
    form = ArrivalFilter(request.GET)
    rows = Arrival.objects.visible_to(user).with_answer()
    rows = rows.select_related("person", "checkpoint", "destination", "trip")
    if form.is_valid():
        if form.cleaned_data["day"]:
            rows = rows.filter(at__range=_day(form.cleaned_data["day"]))
        rows = rows.named(form.cleaned_data["q"])
    rows = rows.order_by("-at", "pk")
    if "export" in request.GET:
        return export_response(request, ArrivalResource(user), rows, _("Người đã đến"), form)
    page = paginate(request, rows)
    for row in page:
        row.shows_health = may_see_health_of_arrival(
            user, row.checkpoint, None if row.is_sent_back else row.destination
        )
    shows_health = any(row.shows_health for row in page)
    context = {"form": form, "page": page, "shows_health": shows_health}
    return render(request, "repatriation/checkpoint/arrival_list.html", context)


def _mine(user: User) -> QuerySet[Place]:
    ids = user.place_ids(Permission.RECORD_ARRIVALS)
    return Place.objects.active().filter(pk__in=ids, kind=Place.Kind.CHECKPOINT).by_name()


def _checkpoint(request: HttpRequest, user: User) -> Place | None:
    """Return the checkpoint named in the address or the form, else the only one; 404 for one elsewhere."""
    requested = request.POST.get("at") or request.GET.get("at") or ""
    places = list(_mine(user))
    if not requested:
        return places[0] if len(places) == 1 else None
    place = next((place for place in places if str(place.pk) == requested), None)
    if place is None:
        raise Http404
    demand(may_record_at(user, place))
    return place


def _address(place: Place) -> str:
    return f"{reverse('repatriation:checkpoint')}?{urlencode({'at': place.pk})}"


def _card(request: HttpRequest, family: Family, form: ArrivalForm | None = None) -> dict[str, Any]:
    remembered = request.session.get(LAST_TEST, Arrival.RapidTest.NONE)
    form = form or ArrivalForm(family=family, initial={"rapid_test": remembered})
    return {"family": family, "form": form, "token": family_token(family, officer_of(request))}


def _walk_in_forms(request: HttpRequest, lookup: LookUp | None = None) -> dict[str, Any]:
    """Return the forms: blank after a look-up (filled from the card's QR code), bound when they were sent."""
    if request.method == "POST" and lookup is None:
        return {"form": WalkInForm(request.POST), "people": ArrivedFormSet(request.POST)}
    lines = card_initial(lookup.card) if lookup is not None else []
    return {"form": WalkInForm(), "people": ArrivedFormSet(initial=lines)}


def _page(request: HttpRequest, place: Place, *, status: int = 200, **context: Any) -> HttpResponse:
    user = officer_of(request)
    now = timezone.now()
    today = _day(timezone.localdate())
    arrivals = Arrival.objects.visible_to(user).filter(checkpoint=place, at__range=today)
    trips = Trip.objects.visible_to(user).filter(
        gateway=place,
        departs_at__range=(now - TRIPS_FROM, now + TRIPS_UNTIL),
        status__in=[Trip.Status.CLOSED, Trip.Status.DEPARTED, Trip.Status.ARRIVED],
    )
    refused = Handover.objects.visible_to(user).sent_back().filter(from_place=place)
    context |= {
        "place": place,
        "several": _mine(user).count() > 1,
        "arrivals": _by_form(arrivals.select_related("person", "destination")[:SHOWN_ARRIVALS]),
        "arrived_today": arrivals.count(),
        "trips": trips.select_related("pickup"),
        "refused": refused.count(),
    }
    return render(request, "repatriation/checkpoint/checkpoint.html", context, status=status)


def _by_form(arrivals: QuerySet[Arrival]) -> list[list[Arrival]]:
    """Return the arrivals of each form together, the newest form first."""
    forms: dict[Any, list[Arrival]] = {}
    for arrival in arrivals:
        forms.setdefault(arrival.client_key, []).append(arrival)
    return list(forms.values())


def _day(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    start = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    return start, start + dt.timedelta(days=1)


def _flash_recorded(request: HttpRequest, result: ArrivalResult) -> None:
    people = result.arrivals
    if result.repeated:
        messages.info(request, _("Phiếu này đã được ghi nhận trước đó. Không có gì thay đổi."))
        return
    text = ngettext(
        "Đã ghi nhận %(count)d người: %(name)s. Đã báo %(place)s.",
        "Đã ghi nhận %(count)d người: %(name)s. Đã báo %(place)s.",
        len(people),
    )
    names = {"count": len(people), "name": people[0].person.full_name, "place": people[0].destination.name}
    messages.success(request, text % names)
