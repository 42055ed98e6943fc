"""The page that asks for a second fact before a phone written down by an officer opens anything."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from citizens.forms_proof import ProofForm
from citizens.models import Person
from citizens.proving import asks_for_number, prove, unproved
from citizens.verified import verified_phone, viewer_of
from portal.ui.redirects import safe_next
from portal.ui.refusals import run_or_add_error

LINK_PHONE = "phone_of_link"  # session key: the phone of a secret link that was opened before it was proved


def proof_address(target: str) -> str:
    return reverse("citizens:prove") + "?" + urlencode({"next": target})


def ask_for_proof(request: HttpRequest, phone: str) -> HttpResponse:
    """Redirect the holder of a secret link that was sent to an unproved phone."""
    request.session[LINK_PHONE] = phone
    return redirect(proof_address(request.path))


def family_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask for the second fact first where the proved phone opens nobody yet. Stands below `phone_required`."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not Person.objects.visible_to(viewer_of(request)).exists() and unproved(verified_phone(request)):
            return redirect(proof_address(request.path))
        return view(request, *args, **kwargs)

    return guarded


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def proof(request: HttpRequest) -> HttpResponse:
    """Ask for the year of birth, and the end of an identity number, of one person of the family."""
    target = safe_next(request, reverse("citizens:mine"))
    phone = verified_phone(request) or request.session.get(LINK_PHONE, "")
    if not phone:
        return redirect(reverse("citizens:phone") + "?" + urlencode({"next": target}))
    people = unproved(phone)
    if not people:
        return HttpResponseRedirect(target)
    form = ProofForm(request.POST if request.method == "POST" else None, number=asks_for_number(people))
    if form.is_valid() and run_or_add_error(request, form, lambda: prove(phone, **form.cleaned_data)):
        request.session.pop(LINK_PHONE, None)
        return HttpResponseRedirect(target)
    context = {"form": form, "phone": phone, "next": target, "is_link": not verified_phone(request)}
    return render(request, "citizens/prove.html", context, status=422 if form.is_bound else 200)
