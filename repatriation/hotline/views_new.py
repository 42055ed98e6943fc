"""The page on which an operator or an association registers a family."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from citizens.identity import CardQrError
from citizens.phones import display, mask
from portal.accounts.guards import officer
from portal.accounts.roles import Permission
from portal.places.fields import understood
from portal.records.log import client_address
from portal.records.refusals import Refused
from portal.ui.refusals import sentence_for
from repatriation.hotline.entries import register_others
from repatriation.hotline.forms import OtherPeople, OtherPeopleFormSet, OthersForm, as_typed
from repatriation.hotline.views_entries import send_link_of
from repatriation.models import Registration
from repatriation.models.campaign import open_campaigns
from repatriation.models.declared import RegistrationChannel
from repatriation.registration import consent
from repatriation.registration.drafts import MAX_PEOPLE
from repatriation.registration.lookup import Family, family_from, family_token
from repatriation.registration.people import IdentityTaken
from repatriation.registration.refusals import AlreadyRegistered
from repatriation.registration.wizard.forms_people import card_values
from repatriation.registration.wizard.views_people import doubts
from repatriation.rules import channels_of
from repatriation.views_shared import officer_of

FORM_METHODS = ["GET", "HEAD", "POST"]
PREFIX = "people"


@require_http_methods(FORM_METHODS)
@officer(Permission.REGISTER_OTHERS)
def entry_new(request: HttpRequest) -> HttpResponse:
    """Register a whole family on one page. Only its own button sends it: adding a line, reading a card, or
    Enter in a box shows the form again as typed."""
    choices: dict[str, Any] = {"campaigns": open_campaigns(), "channels": channels_of(officer_of(request))}
    if not choices["campaigns"]:
        return render(request, "repatriation/hotline/entry.html")
    if request.method != "POST":
        form = OthersForm(**choices)
        form.focus()
        return _form_page(request, form, OtherPeopleFormSet(prefix=PREFIX))
    form = OthersForm(request.POST, **choices)
    people = OtherPeopleFormSet(request.POST, prefix=PREFIX)
    lines = [as_typed(one) for one in people]
    if {"more", "fill"} & set(request.POST) or any(_is_bare_card(line) for line in lines):
        return _typed_again(request, OthersForm(initial=as_typed(form), **choices), lines)
    if not all([form.is_valid(), people.is_valid()]):
        return _form_page(request, form, people, status=422)
    odd = _odd_numbers(form, people)
    if odd and odd != request.POST.get("kept"):
        return _form_page(request, form, people, status=422, odd=odd)
    try:
        row = _register(request, form, people)
    except Refused as refusal:
        return _refused(request, form, people, refusal)
    return _registered(request, form, row)


def _form_page(
    request: HttpRequest, form: OthersForm, people: OtherPeople, *, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {
        "form": form,
        "people": people,
        "points": consent.POINTS,
        "may_add": len(people.forms) < MAX_PEOPLE,
    }
    return render(request, "repatriation/hotline/entry.html", context, status=status)


def _typed_again(request: HttpRequest, form: OthersForm, lines: list[dict[str, Any]]) -> HttpResponse:
    """Show the form as typed, with cards read into their lines, and with one more line where it was asked
    for."""
    fill, more = "fill" in request.POST, "more" in request.POST
    cards = [n for n, line in enumerate(lines) if _is_bare_card(line) or (fill and line.get("card"))]
    for number in cards:
        lines[number] = _with_card(request, lines[number], number + 1)
    people = OtherPeopleFormSet(prefix=PREFIX, lines=(lines + [{}] * more)[:MAX_PEOPLE])
    if more:
        people.forms[-1].focus()
    elif cards:
        people.forms[cards[0]].focus()
    else:
        messages.info(request, _("Chưa gửi. Xong thì bấm “Gửi đăng ký” hoặc phím F4."))
        form.focus()
    return _form_page(request, form, people)


def _is_bare_card(line: dict[str, Any]) -> bool:
    """Return whether a line has a card's text beside an empty name: a scanner ends with Enter, so it is not
    sent."""
    return bool((line.get("card") or "").strip()) and not (line.get("full_name") or "").strip()


def _with_card(request: HttpRequest, line: dict[str, Any], number: int) -> dict[str, Any]:
    try:
        return line | card_values(line["card"]) | {"card": ""}
    except CardQrError as error:
        messages.error(request, _("Người thứ %(number)d: %(error)s") % {"number": number, "error": error})
        return line


def _odd_numbers(form: OthersForm, people: OtherPeople) -> str:
    """Put the doubts about its number beside each line. Return all of them as one text, which the form sends
    back to confirm the numbers."""
    texts = []
    entries = people.entries(form.cleaned_data["client_key"])
    for line, entry in zip(people.filled(), entries, strict=True):
        line.doubts = doubts(entry)
        texts += [f"{entry.identity}:{one.doubt}" for one in line.doubts]
    return " ".join(texts)


def _register(request: HttpRequest, form: OthersForm, people: OtherPeople) -> Registration:
    data = form.cleaned_data
    return register_others(
        form.draft(people.entries(data["client_key"])),
        campaign=data["campaign"],
        channel=RegistrationChannel(data["channel"]),
        client_key=data["client_key"],
        by=officer_of(request),
        address=client_address(request),
    )


def _registered(request: HttpRequest, form: OthersForm, row: Registration) -> HttpResponse:
    params = {"code": row.code, "phone": display(row.phone)}
    messages.success(
        request,
        _("Đã đăng ký, mã %(code)s. Vui lòng đọc mã cho gia đình. Đã nhắn đường dẫn tới %(phone)s.") % params,
    )
    for line in understood(form):
        messages.info(request, line)
    return redirect("repatriation:family", row.code)


def _refused(request: HttpRequest, form: OthersForm, people: OtherPeople, refusal: Refused) -> HttpResponse:
    """Show the form with the refusal where it was typed. Where somebody stands in another registration, offer
    to send its link."""
    context = {}
    if isinstance(refusal, IdentityTaken):
        keys = [entry.key for entry in people.entries(form.cleaned_data["client_key"])]
        people.filled()[keys.index(refusal.entry.key)].add_error("identity", sentence_for(request, refusal))
    else:
        form.add_error(None, sentence_for(request, refusal))
    if isinstance(refusal, AlreadyRegistered):
        other = refusal.other
        context["other"] = {
            "phone": mask(other.phone),
            "token": family_token(Family([], other), officer_of(request)),
        }
    return _form_page(request, form, people, status=422, **context)


@require_POST
@officer(Permission.REGISTER_OTHERS)
def entry_other_link(request: HttpRequest) -> HttpResponse:
    """Send the link of the registration in which somebody of the form stands already, to that family's
    phone."""
    family = family_from(request.POST.get("family", ""), officer_of(request))
    if family is None or family.registration is None:
        raise Http404
    send_link_of(request, family.registration)
    return redirect("repatriation:entry_list")
