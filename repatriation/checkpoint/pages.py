"""What the pages of the checkpoint share: the place of the officer, the card, the lists beside the box."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.guards import demand
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place
from portal.ui.asking import AtOnce
from repatriation.checkpoint.actions import ArrivalResult
from repatriation.checkpoint.course_words import flash_course
from repatriation.checkpoint.forms import ArrivalForm
from repatriation.checkpoint.standing import standing_of
from repatriation.models import Arrival, Handover, Trip
from repatriation.registration.lookup import Family, family_token
from repatriation.rules import may_record_at
from repatriation.views_shared import officer_of

LAST_TEST = "checkpoint_rapid_test"  # session key: what this officer last chose for a family
SHOWN_ARRIVALS = 60
TRIPS_FROM, TRIPS_UNTIL = dt.timedelta(hours=18), dt.timedelta(hours=18)
TRIPS_SHOWN = (Trip.Status.CLOSED, Trip.Status.DEPARTED, Trip.Status.ARRIVED)
ON_THE_ROAD = AtOnce("a family stands in the road, and the form shows everybody who is entered")


def mine(user: User) -> QuerySet[Place]:
    """Return the checkpoints at which the user records arrivals."""
    ids = user.place_ids(Permission.RECORD_ARRIVALS)
    return Place.objects.active().filter(pk__in=ids, kind=Place.Kind.CHECKPOINT).by_name()


def checkpoint_of(request: HttpRequest, user: User) -> Place | None:
    """Return the checkpoint named in the address or the form, else the only one; 404 for one elsewhere."""
    requested = request.POST.get("at") or request.GET.get("at") or ""
    places = list(mine(user))
    if not requested:
        return places[0] if len(places) == 1 else None
    place = next((place for place in places if str(place.pk) == requested), None)
    if place is None:
        raise Http404
    demand(may_record_at(user, place))
    return place


def choose_page(request: HttpRequest, user: User) -> HttpResponse:
    return render(request, "repatriation/checkpoint/checkpoint_choose.html", {"places": mine(user)})


def address_of(place: Place) -> str:
    return f"{reverse('repatriation:checkpoint')}?{urlencode({'at': place.pk})}"


def card_of(
    request: HttpRequest,
    family: Family,
    place: Place,
    form: ArrivalForm | None = None,
    *,
    by_name: bool = False,
) -> dict[str, Any]:
    """Return the context of a family's card. `by_name`: a name found it, so that it is confirmed first."""
    user = officer_of(request)
    remembered = request.session.get(LAST_TEST, Arrival.RapidTest.NONE)
    form = form or ArrivalForm(family=family, by_name=by_name, initial={"rapid_test": remembered})
    standing = standing_of(family, place)
    return {
        "family": family,
        "form": form,
        "token": family_token(family, user),
        "standing": standing,
        "by_name": "confirmed" in form.fields,
    }


def desk_page(request: HttpRequest, place: Place, *, status: int = 200, **context: Any) -> HttpResponse:
    """Show the box, what was found, and what the checkpoint expects and entered."""
    user = officer_of(request)
    now = timezone.now()
    today = day_range(timezone.localdate())
    arrivals = Arrival.objects.visible_to(user).standing().filter(checkpoint=place, at__range=today)
    trips = Trip.objects.visible_to(user).filter(
        gateway=place, departs_at__range=(now - TRIPS_FROM, now + TRIPS_UNTIL), status__in=TRIPS_SHOWN
    )
    sent_back = Handover.objects.visible_to(user).sent_back().filter(from_place=place)
    context |= {
        "place": place,
        "code_prefix": settings.PORTAL_CODE_PREFIX,
        "walk_in_url": reverse("repatriation:walk_in"),
        "several": mine(user).count() > 1,
        "arrivals": by_form(arrivals.select_related("person", "destination")[:SHOWN_ARRIVALS]),
        "arrived_today": arrivals.count(),
        "trips": trips.select_related("pickup"),
        "sent_back": _sent_back_families(sent_back),
        "staying": still_here(user, place).count(),
    }
    return render(request, "repatriation/checkpoint/checkpoint.html", context, status=status)


def _sent_back_families(rows: QuerySet[Handover]) -> list[list[Handover]]:
    """Return the people whom a commune sent back, a list a family, who waits longest first."""
    families: dict[Any, list[Handover]] = {}
    found = rows.select_related("person", "to_place", "decided_by", "proposed_place").order_by(
        "decided_at", "pk"
    )
    for row in found[:SHOWN_ARRIVALS]:
        families.setdefault((row.party, row.to_place_id), []).append(row)
    return list(families.values())


def still_here(user: User, place: Place) -> QuerySet[Arrival]:
    """Return the arrivals of the people for whom the checkpoint answers now."""
    rows = Arrival.objects.visible_to(user).standing().filter(checkpoint=place)
    return rows.filter(person__responsible_place=place, person__arrived_at=F("at"))


def by_form(arrivals: QuerySet[Arrival]) -> list[list[Arrival]]:
    """Return the arrivals of each form together, the newest form first."""
    forms: dict[Any, list[Arrival]] = {}
    for arrival in arrivals:
        forms.setdefault(arrival.client_key, []).append(arrival)
    return list(forms.values())


def day_range(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    start = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    return start, start + dt.timedelta(days=1)


def flash_recorded(request: HttpRequest, result: ArrivalResult) -> None:
    """Say on the next page what was recorded."""
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
    flash_course(request, result)


def two_contents_page(request: HttpRequest, place: Place, result: ArrivalResult) -> HttpResponse:
    """Show both values of a form that came twice with different contents, and what to do."""
    first = result.arrivals[0]
    context = {
        "place": place,
        "first": first,
        "differences": result.differences,
        "address": address_of(place),
    }
    return render(request, "repatriation/checkpoint/two_contents.html", context, status=409)
