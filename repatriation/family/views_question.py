"""The page on which a family answers its home commune's question; it works without JavaScript."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from citizens.links import viewer_for
from citizens.models import SecretLink
from citizens.views_links import link_required
from portal.ui.refusals import run_or_flash
from repatriation.models import Screening
from repatriation.registration.submitting import family_actor
from repatriation.registration.views_doors import FORM_METHODS, Door
from repatriation.screening.actions import answer
from repatriation.screening.forms import AnswerForm
from repatriation.screening.words import last_screening, screening_sentence


@require_http_methods(FORM_METHODS)
@link_required("screening")
def by_link(request: HttpRequest, link: SecretLink, _token: str) -> HttpResponse:
    """Open the page by the link in the question's message, which opens that question and nothing else."""
    rows = Screening.objects.visible_to(viewer_for(link)).select_related("commune", "registration__campaign")
    return _page(request, get_object_or_404(rows), back_page="")


@require_http_methods(FORM_METHODS)
def question(request: HttpRequest, door: Door) -> HttpResponse:
    """Open the same page from the family's own page."""
    row = last_screening(door.registration)
    if row is None or not row.question:
        return redirect(door.page)
    row.registration = door.registration
    return _page(request, row, back_page=door.page)


def _page(request: HttpRequest, row: Screening, *, back_page: str) -> HttpResponse:
    registration = row.registration
    context = {"row": row, "registration": registration, "back_page": back_page}
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actor, text = family_actor(registration.phone), form.cleaned_data["answer"]
        run_or_flash(request, lambda: answer(row, by=actor, text=text), level=messages.INFO)
        return redirect(request.path)
    if not row.awaits_answer or not registration.is_live:
        context["says"] = screening_sentence(row, awaited=registration.campaign.awaits_screening)
        return render(request, "repatriation/family/screening_done.html", context)
    status = 422 if form.is_bound else 200
    return render(
        request, "repatriation/family/screening_answer.html", context | {"form": form}, status=status
    )
