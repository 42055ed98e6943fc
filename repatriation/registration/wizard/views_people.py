"""The pages of the members: the list, one member, and their health."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from citizens.identity import CardQrError
from repatriation.registration.declared import declared_words, positives
from repatriation.registration.drafts import MAX_PEOPLE, Draft, PersonEntry
from repatriation.registration.wizard import steps
from repatriation.registration.wizard.forms_people import HealthForm, MemberForm, card_values
from repatriation.registration.wizard.papers import Paper
from repatriation.registration.wizard.session import with_draft
from repatriation.registration.wizard.views import FORM_METHODS, LATER, doubts

PEOPLE = steps.BY_QUESTION["people"]


@require_http_methods(FORM_METHODS)
@with_draft
def people(request: HttpRequest, paper: Paper) -> HttpResponse:
    """List the members, the head first, who speaks for the family."""
    if not paper.may_open(PEOPLE):
        return redirect(paper.first_missing())
    draft = paper.draft
    if not draft.people:
        return redirect(paper.add_url)
    unanswered = next((entry for entry in draft.people if not entry.health_told), None)
    if request.method == "POST":
        if unanswered is not None:
            return redirect(paper.of_person(unanswered.key)["health"])
        if not draft.people_told:
            paper.save(lambda draft: replace(draft, people_told=True))
        return redirect(paper.after(PEOPLE))
    rows = [
        {
            "entry": entry,
            "warnings": doubts(entry),
            "told": declared_words(entry),
            "urls": paper.of_person(entry.key),
            "may_speak": draft.may_speak(entry),
        }
        for entry in draft.people
    ]
    context = paper.page(PEOPLE, rows=rows, may_add=len(draft.people) < MAX_PEOPLE, most=MAX_PEOPLE)
    context |= {"positives": positives(draft.people), "minors_alone": draft.are_minors_alone}
    return render(request, PEOPLE.template, context)


@require_http_methods(FORM_METHODS)
@with_draft
def person(request: HttpRequest, paper: Paper, key: Any = None) -> HttpResponse:
    """Add or edit one member, typed or filled in from a card's QR text. Sent twice, it adds one person."""
    if not paper.may_open(PEOPLE):
        return redirect(paper.first_missing())
    draft = paper.draft
    entry = draft.person(str(key)) if key else None
    if key and entry is None:
        raise Http404
    form = MemberForm(request.POST if request.method == "POST" else None, draft=draft, entry=entry)
    later = LATER in request.POST and not paper.is_change
    if later and not form.is_touched:
        return redirect("repatriation:register_later")
    if _wants_card(request):
        form = _filled_from_card(request, draft, entry)
    elif form.is_valid():
        new = form.person()
        if entry is None and new.key != str(form.cleaned_data["client_key"]):
            messages.info(request, _("%(name)s đã có trong danh sách.") % {"name": new.full_name})
        if draft.person(new.key) is None and len(draft.people) >= MAX_PEOPLE:
            messages.error(
                request, _("Một gia đình đăng ký nhiều nhất %(most)d người.") % {"most": MAX_PEOPLE}
            )
            return redirect(paper.of_step(PEOPLE))
        paper.save(lambda draft: draft.with_person(new))
        if entry is None and (other := paper.draft.namesake(new)):
            names = {"one": other.full_name, "other": new.full_name}
            messages.info(
                request,
                _("%(one)s và %(other)s là hai người. Nếu nhập trùng, vui lòng bỏ một người.") % names,
            )
        return redirect("repatriation:register_later" if later else paper.of_person(new.key)["health"])
    first = entry == draft.people[0] if entry else not draft.people
    back = paper.of_step(PEOPLE) if draft.people else paper.before(PEOPLE)
    context = paper.page(PEOPLE, form=form, entry=entry, is_first=first) | {"back_url": back}
    return render(request, "repatriation/registration/person.html", context)


def _wants_card(request: HttpRequest) -> bool:
    """Return whether the fields are to be filled in from a card.

    A scanner ends with Enter, which submits the form, so a card's text beside an empty name counts too.
    """
    return "fill" in request.POST or (
        bool(request.POST.get("card", "").strip()) and not request.POST.get("full_name")
    )


def _filled_from_card(request: HttpRequest, draft: Draft, entry: PersonEntry | None) -> MemberForm:
    try:
        values = card_values(request.POST.get("card", ""))
    except CardQrError as error:
        form = MemberForm(request.POST, draft=draft, entry=entry)
        form.is_valid()
        form.errors.clear()
        form.add_error("card", str(error))
        return form
    messages.success(request, _("Đã điền từ thẻ. Vui lòng xem lại rồi bấm “Tiếp tục”."))
    values["client_key"] = request.POST.get("client_key") or str(uuid.uuid4())
    return MemberForm(draft=draft, entry=entry, initial=values)


@require_http_methods(FORM_METHODS)
@with_draft
def health(request: HttpRequest, paper: Paper, key: Any) -> HttpResponse:
    """Ask for a member's health, with warnings about the number just typed."""
    entry = paper.draft.person(str(key))
    if entry is None:
        raise Http404
    form = HealthForm(request.POST if request.method == "POST" else None, entry=entry)
    later = LATER in request.POST and not paper.is_change
    if later and not form.has_changed():
        return redirect("repatriation:register_later")
    if form.is_valid():
        changed = form.person()
        paper.save(lambda draft: draft.with_person(changed) if draft.person(changed.key) else draft)
        return redirect("repatriation:register_later" if later else paper.of_step(PEOPLE))
    context = paper.page(PEOPLE, form=form, entry=entry, warnings=doubts(entry))
    context["back_url"] = paper.of_person(entry.key)["edit"]
    return render(request, "repatriation/registration/health.html", context)


@require_http_methods(FORM_METHODS)
@with_draft
def remove(request: HttpRequest, paper: Paper, key: Any) -> HttpResponse:
    """Ask for confirmation, then remove a member. A second press removes nobody else."""
    entry = paper.draft.person(str(key))
    if request.method != "POST":
        if entry is None:
            return redirect(paper.of_step(PEOPLE))
        context = paper.page(PEOPLE, entry=entry) | {"back_url": paper.of_step(PEOPLE)}
        return render(request, "repatriation/registration/person_remove.html", context)
    paper.save(lambda draft: draft.without_person(str(key)))
    if entry is not None:
        messages.info(request, _("Đã bỏ %(name)s khỏi danh sách.") % {"name": entry.full_name})
    return redirect(paper.of_step(PEOPLE))


@require_POST
@with_draft
def first(request: HttpRequest, paper: Paper, key: Any) -> HttpResponse:
    """Make another member the head, who speaks for the family; a minor only where all are minors."""
    entry = paper.draft.person(str(key))
    if entry is not None and not paper.draft.may_speak(entry):
        messages.error(request, _("Người đại diện phải từ 18 tuổi. Vui lòng chọn người lớn trong gia đình."))
        return redirect(paper.of_step(PEOPLE))
    paper.save(lambda draft: draft.with_first(str(key)))
    if entry is not None:
        messages.info(request, _("%(name)s đại diện cho gia đình.") % {"name": entry.full_name})
    return redirect(paper.of_step(PEOPLE))
