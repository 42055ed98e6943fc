"""The checkpoint's screen on a device without a line: what it takes along, its page, its service worker."""

from __future__ import annotations

from pathlib import Path

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from citizens.models import Person
from portal.accounts.device_key import give_device_key
from portal.accounts.guards import demand, officer
from portal.accounts.roles import Permission
from portal.inputs import whole_number
from portal.places.fields import PlacePicker
from portal.places.models import Place
from portal.records.log import record_read
from repatriation.checkpoint.forms import ArrivalForm
from repatriation.checkpoint.forms_walk_in import ArrivedFormSet, WalkInForm
from repatriation.checkpoint.kit import arrived_today, kit_for
from repatriation.forms import communes
from repatriation.offline.recorder import sealing_kit
from repatriation.offline.views import answer
from repatriation.registration.lookup import Family
from repatriation.rules import may_record_at
from repatriation.views_shared import officer_of

WORKER = Path(__file__).resolve().parents[1] / "static" / "repatriation" / "checkpoint-worker.js"
SOMEBODY = 0  # stands in the form's template for the id of a person


@require_POST
@officer(Permission.RECORD_ARRIVALS)
def kit(request: HttpRequest) -> HttpResponse:
    """Give the device the families expected here, the key to seal to, and the key of this sign-in.

    A POST, as the portal may have to make its first key. What is named is logged as read.
    """
    user = officer_of(request)
    ids = user.place_ids(Permission.RECORD_ARRIVALS)
    rows = Place.objects.active().filter(pk__in=ids, kind=Place.Kind.CHECKPOINT).by_name()
    requested = request.POST.get("at", "")
    place = rows.filter(pk=whole_number(requested) or 0).first() if requested else rows.first()
    if place is None:
        raise Http404
    demand(may_record_at(user, place))
    taken = kit_for(place)
    record_read(
        user,
        "page",
        subject_type=Person._meta.label_lower,
        subject_ids=taken.people,
        request=request,
        place=place,
    )
    response = answer(
        {
            **sealing_kit(user, place),
            "arrived": arrived_today(place),
            "salt": taken.salt,
            "families": taken.families,
        }
    )
    give_device_key(request, response)
    return response


@require_GET
@officer(Permission.RECORD_ARRIVALS)
def offline_page(request: HttpRequest) -> HttpResponse:
    """Show the page that the device keeps. It holds nobody's data, not even who is signed in."""
    somebody = Person(pk=SOMEBODY, full_name="…")
    form = ArrivalForm(family=Family([somebody]))
    of_person = [field for field in form if field.name.endswith(f"_{SOMEBODY}")]
    context = {
        "of_person": of_person,
        "of_family": [
            field for field in form.visible_fields() if field.name not in {f.name for f in of_person}
        ],
        "walk_in": WalkInForm(auto_id="walk_%s"),
        "people": ArrivedFormSet(),
        "communes": communes(),
        "pickers": pickers(form) | pickers(WalkInForm()),
    }
    return render(request, "repatriation/checkpoint/offline.html", context)


def pickers(form: forms.Form) -> set[str]:
    """Return the fields whose choices come from the server one by one: without a line they are a plain list."""
    return {name for name, field in form.fields.items() if isinstance(field.widget, PlacePicker)}


@require_GET
@officer(Permission.RECORD_ARRIVALS)
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker. Its address lies below the page's, so it controls the checkpoint's pages only."""
    return HttpResponse(WORKER.read_text("utf-8"), content_type="text/javascript; charset=utf-8")
