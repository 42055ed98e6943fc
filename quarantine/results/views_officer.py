"""The pages on which officers enter test results and mark positive ones as seen."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from citizens.models import Person
from portal.accounts.guards import OfficerRequest, demand, officer
from portal.accounts.roles import Permission
from portal.ui.asking import Question, run_or_ask
from portal.ui.formats import vn_date
from portal.ui.redirects import redirect_next, safe_next
from quarantine.models import TestResult
from quarantine.results.actions import record_test_result, see_positive
from quarantine.results.forms import TestResultForm
from quarantine.rules import may_add_health_record, place_for_health_records


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.EDIT_HEALTH)
def test_result_add(request: OfficerRequest, person_id: int) -> HttpResponse:
    """Enter a result. The citizen gets a message that there is one, without the result itself."""
    user, person = request.user, _person(request, person_id)
    form = TestResultForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        act = partial(
            record_test_result,
            person,
            **form.cleaned_data,
            place=place_for_health_records(user, person),
            by=user,
        )
        run_or_ask(
            request,
            act,
            Question(
                _("Ghi kết quả xét nghiệm của %(name)s?") % {"name": person.full_name},
                _("Ghi kết quả"),
                lines=[result_line(form.cleaned_data)],
            ),
        )
        messages.success(
            request, _("Đã ghi kết quả của %(name)s và nhắn tin cho người dân.") % {"name": person.full_name}
        )
        return redirect_next(request, "citizens:person", person.pk)
    return render(request, "quarantine/results/test_result_add.html", _form_context(request, person, form))


def result_line(data: dict[str, Any]) -> str:
    """Say the result that is to be recorded, so that the officer reads it once more."""
    row = TestResult(kind=data["kind"], outcome=data["outcome"])
    return f"{row.get_kind_display()}: {row.get_outcome_display()}, {vn_date(data['taken_on'])}."


@require_POST
@officer(Permission.SEE_HEALTH)
def result_seen(request: OfficerRequest, pk: int) -> HttpResponse:
    """Mark a positive result as seen."""
    results = TestResult.objects.visible_to(request.user).select_related(
        "person__responsible_place", "person__home_commune"
    )
    result = get_object_or_404(results, pk=pk)
    demand(may_add_health_record(request.user, result.person))
    see_positive(result, by=request.user)
    name = result.person.full_name
    messages.success(request, _("Đã ghi: anh/chị đang xử lý trường hợp của %(name)s.") % {"name": name})
    return redirect_next(request, "citizens:person", result.person_id)


def _person(request: OfficerRequest, pk: int) -> Person:
    """Return a person whom this officer sees (else 404) and whose health records they may write (else 403)."""
    people = Person.objects.visible_to(request.user).select_related("home_commune", "responsible_place")
    person: Person = get_object_or_404(people, pk=pk)
    demand(may_add_health_record(request.user, person))
    return person


def _form_context(request: OfficerRequest, person: Person, form: object) -> dict[str, object]:
    return {
        "person": person,
        "form": form,
        "next": safe_next(request),
    }
