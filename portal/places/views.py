"""The list that opens under a place picker."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import Truncator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from .fields import REPEATED, PlacePickerField, why_none
from .models import ROOT, Place
from .search import FoundPlaces, find, lies_elsewhere
from .text import fold

SHORTEST = 2  # letters; below that the list would be chance


@login_not_required
@require_GET
@cache_control(private=True, max_age=600)
def search(request: HttpRequest) -> HttpResponse:
    """Places for what was typed (`q`), of each `kind`, in a `province` (a code) or `under` paths."""
    text = request.GET.get("q", "")
    kinds = [kind for kind in request.GET.getlist("kind") if kind in Place.Kind.values] or [
        Place.Kind.COMMUNE
    ]
    under = request.GET.getlist("under") or [ROOT]
    if province := request.GET.get("province"):
        under = [f"{ROOT}{province}/"]
    long_enough = len(fold(text)) >= SHORTEST and not any("\0" in path for path in under)
    found = find(text, kinds=kinds, under=under) if long_enough else FoundPlaces()
    code = ""
    if long_enough and under != [ROOT] and lies_elsewhere(text, found, kinds=kinds):
        code, found = "outside", FoundPlaces()
    elif long_enough and not found.choices:
        code = why_none(found, kinds)
    messages = PlacePickerField.default_error_messages
    sentence = messages[code] % {"text": Truncator(text).chars(REPEATED)} if code else ""
    return render(request, "places/_options.html", {"choices": found.choices, "sentence": sentence})
