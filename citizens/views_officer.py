"""The people of an officer's places: the list, one person's page, corrections."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citizens import actions
from citizens.export import PersonResource
from citizens.forms import PeopleFilter, PersonForm, RevealForm
from citizens.models import Person
from citizens.rules import may_edit, may_reveal
from portal.accounts.guards import OfficerRequest, demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place
from portal.records.limits import require_few_look_ups
from portal.records.log import history, record_read
from portal.records.models import Read
from portal.reporting.export import export_response, filters_in_words
from portal.ui import parts
from portal.ui.asking import Question, run_or_ask
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_flash, sentence_for


@require_GET
@officer(Permission.SEE_PEOPLE)
def person_list(request: OfficerRequest) -> HttpResponse:
    """People of my places by given name; search by name without marks, or by a full number."""
    user = request.user
    assert isinstance(user, User)
    communes = Place.objects.filter(
        pk__in=user.place_ids(Permission.SEE_PEOPLE), kind=Place.Kind.COMMUNE
    ).by_name()
    form = PeopleFilter(request.GET, communes=communes)
    people = Person.objects.visible_to(user, Permission.SEE_PEOPLE).select_related(
        "home_commune", "responsible_place"
    )
    if form.is_valid():
        if form.cleaned_data["q"] and run_or_flash(request, lambda: _log_search(request, user, form)) is None:
            people = people.none()
        people = people.search(form.cleaned_data["q"])
        if form.cleaned_data["commune"]:
            people = people.in_commune(form.cleaned_data["commune"])
    people = people.by_given_name()
    if "export" in request.GET:
        return export_response(request, PersonResource(), people, _("Người dân"), form)
    return render(request, "citizens/person_list.html", {"form": form, "page": paginate(request, people)})


def _log_search(request: HttpRequest, user: User, form: PeopleFilter) -> Read:
    """Log that people were searched for. Raises `TooManyLookUps`."""
    require_few_look_ups(user, request=request)
    return record_read(
        user,
        "search",
        subject_type=Person._meta.label_lower,
        reason=filters_in_words(form),
        request=request,
        place=user.main_place,
    )


@require_GET
@officer(Permission.SEE_PEOPLE, Permission.SEE_HEALTH)
def person(request: OfficerRequest, pk: int) -> HttpResponse:
    """Everything about one person that this officer may see. The visit is logged."""
    user = request.user
    found = _visible(user, pk)
    record_read(user, "page", subject=found, request=request, place=_log_place(found))
    panels = [
        (panel.template, context)
        for panel in parts.person_panels.all_for(user)
        if (context := panel.context(found, user)) is not None
    ]
    family = Person.objects.visible_to(user).filter(household=found.household_id).exclude(pk=pk)
    context = {
        "person": found,
        "panels": panels,
        "family": family.by_given_name()[:30] if found.household_id else [],
        "events": history(found).select_related("place")[:50],
        "may_edit": may_edit(user, found),
        "may_reveal": may_reveal(user, found),
    }
    return render(request, "citizens/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.EDIT_PEOPLE)
def person_edit(request: OfficerRequest, pk: int) -> HttpResponse:
    found = _visible(request.user, pk)
    demand(may_edit(request.user, found))
    form = PersonForm(request.POST if request.method == "POST" else None, person=found)
    if request.method == "GET":
        record_read(
            request.user,
            "reveal",
            subject=found,
            reason=_("Sửa hồ sơ"),
            request=request,
            place=_log_place(found),
        )
    if form.may_be_saved():
        try:
            followed = run_or_ask(
                request,
                lambda: actions.correct_record(found, by=request.user, seen=form.seen, **form.changes()),
                Question(_("Sửa hồ sơ của %(name)s và báo?") % {"name": found.full_name}, _("Lưu và báo")),
            )
        except actions.NumberTaken as refusal:
            form.add_error("identity_number", sentence_for(request, refusal))
        except actions.RecordChanged as refusal:
            form.show_others(_visible(request.user, pk), sentence_for(request, refusal))
        else:
            messages.success(request, " ".join([_("Đã lưu hồ sơ."), *followed]))
            return redirect("citizens:person", pk)
    return render(request, "citizens/person_edit.html", {"form": form, "person": found})


@require_POST
@officer(Permission.SEE_PEOPLE)
def person_reveal(request: OfficerRequest, pk: int) -> HttpResponse:
    """The full numbers, once, for a reason that goes into the log."""
    found = _visible(request.user, pk)
    demand(may_reveal(request.user, found))
    form = RevealForm(request.POST)
    if not form.is_valid():
        return render(request, "citizens/person_reveal.html", {"person": found, "form": form}, status=422)
    reason = form.cleaned_data["reason"]
    record_read(
        request.user, "reveal", subject=found, reason=reason, request=request, place=_log_place(found)
    )
    return render(request, "citizens/person_reveal.html", {"person": found, "shown": True})


def _log_place(person: Person) -> Place:
    """Where a look at this person counts in the log: the same place as their events."""
    return person.responsible_place or person.home_commune


def _visible(user: User, pk: int) -> Person:
    people = Person.objects.visible_to(user).select_related("home_commune", "responsible_place", "household")
    found: Person = get_object_or_404(people, pk=pk)
    return found
