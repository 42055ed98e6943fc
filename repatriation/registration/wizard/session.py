"""The form in the session: which registration or change this browser is filling in."""

from __future__ import annotations

from contextlib import suppress
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from citizens.links import LinkRefused, find_link, viewer_for
from citizens.verified import verified_phone, viewer_of
from portal.accounts.scoping import CitizenViewer
from portal.inputs import whole_number
from portal.ui.refusals import flash_refusal
from portal.ui.typing import View
from repatriation.models import Campaign, Registration
from repatriation.models.campaign import open_campaigns
from repatriation.models.registration import Status
from repatriation.registration import consent
from repatriation.registration.changing import ChangeOver, NobodyLeft
from repatriation.registration.drafts import Draft
from repatriation.registration.submitting import family_actor, start_draft
from repatriation.registration.wizard.papers import ChangePaper, NewPaper, Paper

KEY = "registration"
CONSENT = "registration_consent"  # the family consented and has answered nothing yet
CARRIED = "form"  # a hidden field on the code's page that names the form, for requests with an old session
CARRIED_SALT = "repatriation.form"
CARRIED_SECONDS = 600
LINKS = "registration_links"  # secret links by which this browser opened registrations, by code
SAVING = "registration_saving"  # a phone is being proved so that the form can be saved
OTHER = "registration_other"  # the live registration in which a member of the family stands already


def remember(request: HttpRequest, registration: Registration) -> None:
    request.session[KEY] = registration.pk


def remember_consent(request: HttpRequest, campaign: Campaign) -> None:
    """Remember that this browser's family consented, until its first answer makes the row that logs it."""
    request.session.pop(KEY, None)
    request.session[CONSENT] = {"campaign": campaign.pk, "proof": consent.proof()}


def forget_consent(request: HttpRequest) -> None:
    request.session.pop(CONSENT, None)


def consented(request: HttpRequest) -> NewPaper | None:
    """Return the form without an answer of a family that consented, while its campaign is open."""
    known = request.session.get(CONSENT)
    campaign = next((row for row in open_campaigns() if known and row.pk == known["campaign"]), None)
    if known is None or campaign is None:
        return None

    def begin() -> Registration:
        registration = start_draft(campaign, by=family_actor(), proof=known["proof"])
        forget_consent(request)
        remember(request, registration)
        return registration

    return NewPaper(campaign, begin)


def current(request: HttpRequest) -> Registration | None:
    """Return the registration that was begun in this browser, in any status."""
    return of_session(request, request.session.get(KEY))


def of_session(request: HttpRequest, pk: int | None) -> Registration | None:
    if pk is None:
        return None
    viewer = CitizenViewer(subject_type=Registration._meta.label_lower, subject_id=pk)
    return Registration.objects.visible_to(viewer).select_related("campaign__rule_set").first()


def carried(registration: Registration) -> str:
    """Return the signed value of the hidden field."""
    return signing.dumps(registration.pk, salt=CARRIED_SALT)


def _of_form(request: HttpRequest) -> Registration | None:
    """Return the registration that the hidden field names.

    Proving a phone begins a new session. A second press, or a response that was lost, still sends the old
    session, which has no form any more.
    """
    try:
        pk = signing.loads(request.POST.get(CARRIED, ""), salt=CARRIED_SALT, max_age=CARRIED_SECONDS)
    except signing.BadSignature:
        return None
    registration = of_session(request, pk)
    if registration is not None:
        remember(request, registration)
    return registration


def with_draft(view: View) -> View:
    """Call the view with the paper of the session; the page is not cached.

    Without a draft, redirect to the start; after submitting, to the page of the registration. Where the address
    has a registration's `code`, the paper is the change of that registration.
    """

    @never_cache
    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, code: str = "", **kwargs: Any) -> HttpResponse:
        paper = change_of(request, code) if code else _new_form(request)
        if isinstance(paper, HttpResponse):
            return paper
        try:
            return view(request, paper, *args, **kwargs)
        except NobodyLeft as refusal:
            flash_refusal(request, refusal)
            return redirect(paper.of_question("people"))
        except ChangeOver as refusal:
            flash_refusal(request, refusal, messages.INFO)
            return redirect(paper.home if isinstance(paper, ChangePaper) else "repatriation:register")

    return guarded


def _new_form(request: HttpRequest) -> Paper | HttpResponse:
    registration = current(request) or _of_form(request)
    if registration is None and (paper := consented(request)) is not None:
        return paper
    if registration is None or registration.status == Status.WITHDRAWN:
        messages.info(
            request,
            _(
                "Phiên khai đã hết. Đã bấm “Lưu lại” thì vui lòng mở đường dẫn trong tin nhắn, hoặc chọn “Xem đăng "
                "ký của tôi”. Chưa lưu thì vui lòng khai lại, mất khoảng 5 phút."
            ),
        )
        return redirect("repatriation:register")
    if registration.status != Status.DRAFT:
        return redirect("repatriation:register_done")
    return Paper(registration, Draft.from_json(registration.draft))


# --- The change of a registration -----------------------------------------------------------------


def remember_link(request: HttpRequest, registration: Registration, token: str) -> None:
    """Remember the secret link by which this browser opened the registration; it opens the change too."""
    request.session[LINKS] = {**request.session.get(LINKS, {}), registration.code: token}


def change_of(request: HttpRequest, code: str) -> ChangePaper | HttpResponse:
    """Return the paper of the change that the form names, else of the open one.

    The browser must have the registration's link or a proved phone. Otherwise return a redirect, or raise 404.
    """
    row, home = _opened(request, code)
    if row is None:
        if verified_phone(request):
            raise Http404
        return redirect(reverse("citizens:phone") + "?" + urlencode({"next": request.path}))
    changes = row.changes.order_by("-pk")
    named = whole_number(request.POST.get("change", ""))
    change = (changes.open() if named is None else changes.filter(pk=named)).first()
    if change is None:
        messages.info(request, _("Chưa có lần sửa nào đang mở. Bấm “Sửa đăng ký” để bắt đầu."))
        return redirect(home)
    change.registration = row
    return ChangePaper(change, home)


def _opened(request: HttpRequest, code: str) -> tuple[Registration | None, str]:
    ways: list[tuple[CitizenViewer | None, str]] = [
        (viewer_of(request), reverse("repatriation:my_registration", args=[code]))
    ]
    if token := request.session.get(LINKS, {}).get(code):
        with suppress(LinkRefused):
            home = reverse("repatriation:registration", args=[token])
            ways.insert(0, (viewer_for(find_link(token, "registration")), home))
    for viewer, home in ways:
        rows = Registration.objects.visible_to(viewer).exclude(status=Status.DRAFT)
        row = rows.select_related("campaign__rule_set").filter(code=code).first()
        if row is not None:
            return row, home
    return None, ""
