"""The page on which an officer enters a vaccine dose."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.guards import OfficerRequest, officer
from portal.accounts.roles import Permission
from portal.ui.redirects import redirect_next
from portal.ui.refusals import run_or_add_error
from quarantine.doses.actions import record_dose
from quarantine.doses.forms import DoseForm
from quarantine.results.views_officer import _form_context, _person


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.EDIT_HEALTH)
def dose_add(request: OfficerRequest, person_id: int) -> HttpResponse:
    """Enter a vaccine dose of one person."""
    user, person = request.user, _person(request, person_id)
    next_number = min(person.doses.count() + 1, 5)
    form = DoseForm(request.POST if request.method == "POST" else None, initial={"number": next_number})
    if form.is_valid():
        dose = form.cleaned_data
        if run_or_add_error(request, form, lambda: record_dose(person, **dose, by=user), field="number"):
            messages.success(request, _("Đã ghi mũi tiêm của %(name)s.") % {"name": person.full_name})
            return redirect_next(request, "citizens:person", person.pk)
    return render(request, "quarantine/doses/dose_add.html", _form_context(request, person, form))
