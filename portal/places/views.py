"""The list that opens under a place picker."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import Truncator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from .fields import REPEATED
from .models import ROOT, Place
from .search import find
from .text import fold

SHORTEST = 2  # letters; below that the list would be chance


@login_not_required
@require_GET
@cache_control(private=True, max_age=600)
def search(request: HttpRequest) -> HttpResponse:
    """Places for what was typed (`q`), of each `kind`, in a `province` (a code) or `under` a path."""
    text = request.GET.get("q", "")
    kinds = [kind for kind in request.GET.getlist("kind") if kind in Place.Kind.values] or [
        Place.Kind.COMMUNE
    ]
    under = request.GET.get("under", ROOT)
    if province := request.GET.get("province"):
        under = f"{ROOT}{province}/"
    long_enough = len(fold(text)) >= SHORTEST and "\0" not in under
    choices = find(text, kinds=kinds, under=under).choices if long_enough else []
    context = {
        "choices": choices,
        "text": Truncator(text).chars(REPEATED),
        "long_enough": long_enough,
        "or_province": Place.Kind.PROVINCE in kinds,
    }
    return render(request, "places/_options.html", context)
