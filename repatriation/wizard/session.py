"""The form that this browser is filling in, and what it made."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal.accounts.scoping import CitizenViewer
from repatriation.drafts import Draft
from repatriation.models import Registration
from repatriation.models.registration import Status
from repatriation.wizard.papers import Paper

KEY = "registration"
CARRIED = "form"  # a hidden field: the page of the code names its form, for whoever comes with an old session
CARRIED_SALT = "repatriation.form"
CARRIED_SECONDS = 600
OTHER = "registration_other"  # the live registration in which somebody of the family stands already

View = Callable[..., HttpResponse]


def remember(request: HttpRequest, registration: Registration) -> None:
    request.session[KEY] = registration.pk


def current(request: HttpRequest) -> Registration | None:
    """The registration that was begun in this browser, whatever became of it."""
    return of_session(request, request.session.get(KEY))


def of_session(request: HttpRequest, pk: int | None) -> Registration | None:
    if pk is None:
        return None
    viewer = CitizenViewer(subject_type=Registration._meta.label_lower, subject_id=pk)
    return Registration.objects.visible_to(viewer).select_related("campaign__rule_set").first()


def carried(registration: Registration) -> str:
    """What the hidden field holds."""
    return signing.dumps(registration.pk, salt=CARRIED_SALT)


def _of_form(request: HttpRequest) -> Registration | None:
    """The form that the hidden field names. A proved phone begins a new session: who pressed twice, or whose
    answer was lost on the line, still sends the old one and would have to begin anew."""
    try:
        pk = signing.loads(request.POST.get(CARRIED, ""), salt=CARRIED_SALT, max_age=CARRIED_SECONDS)
    except signing.BadSignature:
        return None
    registration = of_session(request, pk)
    if registration is not None:
        remember(request, registration)
    return registration


def with_draft(view: View) -> View:
    """A page of the form, kept in no cache: gets the paper. Without one, the form begins
    anew; after submitting, the page of what was made is shown."""

    @never_cache
    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        registration = current(request) or _of_form(request)
        if registration is None or registration.status == Status.WITHDRAWN:
            messages.info(request, _("Phiên khai đã hết. Vui lòng bắt đầu lại, mất khoảng 5 phút."))
            return redirect("repatriation:register")
        if registration.status != Status.DRAFT:
            return redirect("repatriation:register_done")
        paper = Paper(registration, Draft.from_json(registration.draft))
        return view(request, paper, *args, **kwargs)

    return guarded
