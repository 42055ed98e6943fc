"""The people of the form: a list, a page about who somebody is, and one about their health."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from citizens.identity import CardQrError, IdentityWarning, parse_card_qr, warnings
from portal.ui.formats import vn_date
from repatriation.actions.registration import save_draft
from repatriation.drafts import MAX_PEOPLE, Draft, PersonEntry
from repatriation.models import Registration
from repatriation.wizard import steps
from repatriation.wizard.forms_people import HealthForm, PersonForm
from repatriation.wizard.session import with_draft
from repatriation.wizard.views import FORM_METHODS

PEOPLE = steps.BY_QUESTION["people"]


@require_http_methods(FORM_METHODS)
@with_draft
def people(request: HttpRequest, registration: Registration, draft: Draft) -> HttpResponse:
    """Who comes along. The first is the one who speaks for the family."""
    if not steps.may_open(PEOPLE, draft):
        return redirect(steps.first_missing(draft).url)
    if not draft.people:
        return redirect("repatriation:register_person_add")
    untold = next((entry for entry in draft.people if not entry.health_told), None)
    if request.method == "POST":
        if untold is not None:
            return redirect("repatriation:register_health", key=untold.key)
        return redirect(steps.after(PEOPLE, draft))
    rows = [{"entry": entry, "warnings": doubts(entry)} for entry in draft.people]
    context = steps.page(PEOPLE, rows=rows, may_add=len(draft.people) < MAX_PEOPLE, most=MAX_PEOPLE)
    return render(request, PEOPLE.template, context)


@require_http_methods(FORM_METHODS)
@with_draft
def person(request: HttpRequest, registration: Registration, draft: Draft, key: Any = None) -> HttpResponse:
    """Who somebody is: typed, or filled in from the card's QR text. Sent twice, it is one person."""
    if not steps.may_open(PEOPLE, draft):
        return redirect(steps.first_missing(draft).url)
    entry = draft.person(str(key)) if key else None
    if key and entry is None:
        raise Http404
    form = PersonForm(request.POST if request.method == "POST" else None, draft=draft, entry=entry)
    if _wants_card(request):
        form = _filled_from_card(request, draft, entry)
    elif form.is_valid():
        new = form.person()
        if draft.person(new.key) is None and len(draft.people) >= MAX_PEOPLE:
            messages.error(
                request, _("Một gia đình đăng ký nhiều nhất %(most)d người.") % {"most": MAX_PEOPLE}
            )
            return redirect(PEOPLE.url)
        save_draft(registration, lambda draft: draft.with_person(new))
        return redirect("repatriation:register_health", key=new.key)
    first = entry == draft.people[0] if entry else not draft.people
    back = PEOPLE.url if draft.people else steps.before(PEOPLE)
    context = steps.page(PEOPLE, form=form, entry=entry, is_first=first) | {"back_url": back}
    return render(request, "repatriation/citizen/person.html", context)


def _wants_card(request: HttpRequest) -> bool:
    """A scanner ends with Enter, so a card's text beside an empty name is a wish to fill the name in."""
    return bool(request.POST.get("card", "").strip()) and (
        "fill" in request.POST or not request.POST.get("full_name")
    )


def _filled_from_card(request: HttpRequest, draft: Draft, entry: PersonEntry | None) -> PersonForm:
    try:
        card = parse_card_qr(request.POST["card"])
    except CardQrError as error:
        form = PersonForm(request.POST, draft=draft, entry=entry)
        form.is_valid()
        form.errors.clear()
        form.add_error("card", str(error))
        return form
    messages.success(request, _("Đã điền từ thẻ. Vui lòng xem lại rồi bấm “Tiếp tục”."))
    first = {
        "client_key": request.POST.get("client_key") or str(uuid.uuid4()),
        "full_name": card.full_name.title() if card.full_name.isupper() else card.full_name,
        "birth": str(card.birth) if isinstance(card.birth, int) else vn_date(card.birth),
        "sex": str(card.sex or ""),
        "identity": card.number,
        "old_identity": card.old_number,
    }
    return PersonForm(draft=draft, entry=entry, initial=first)


@require_http_methods(FORM_METHODS)
@with_draft
def health(request: HttpRequest, registration: Registration, draft: Draft, key: Any) -> HttpResponse:
    """What counts for the priority; on top, what looks odd about the number just typed."""
    entry = draft.person(str(key))
    if entry is None:
        raise Http404
    form = HealthForm(request.POST if request.method == "POST" else None, entry=entry)
    if form.is_valid():
        told = form.person()
        save_draft(registration, lambda draft: draft.with_person(told) if draft.person(told.key) else draft)
        return redirect(PEOPLE.url)
    context = steps.page(PEOPLE, form=form, entry=entry, warnings=doubts(entry))
    context["back_url"] = reverse("repatriation:register_person", args=[entry.key])
    return render(request, "repatriation/citizen/health.html", context)


@require_POST
@with_draft
def remove(request: HttpRequest, registration: Registration, draft: Draft, key: Any) -> HttpResponse:
    """Take somebody out of the form. Pressed twice, nobody else goes."""
    entry = draft.person(str(key))
    save_draft(registration, lambda draft: draft.without_person(str(key)))
    if entry is not None:
        messages.info(request, _("Đã bỏ %(name)s khỏi danh sách.") % {"name": entry.full_name})
    return redirect(PEOPLE.url)


def doubts(entry: PersonEntry) -> list[IdentityWarning]:
    born = entry.born
    return warnings(entry.identity, sex=entry.sex, birth=born.date or born.year) if entry.identity else []
