"""The citizens' page of their health records."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from citizens.verified import phone_required, viewer_of
from citizens.views_proof import family_required
from quarantine.health_book import health_book


@never_cache
@require_GET
@phone_required
@family_required
def results(request: HttpRequest) -> HttpResponse:
    """Show results, doses and certificates of the people under a verified phone."""
    viewer = viewer_of(request)
    assert viewer is not None
    return render(
        request, "quarantine/results/results.html", {"people": health_book(viewer), "viewer": viewer}
    )
