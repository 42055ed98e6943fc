"""The page on which the province names a facility for somebody who was sent to one without a name."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.guards import OfficerRequest, demand, officer
from portal.accounts.roles import Permission
from portal.ui.asking import Question
from portal.ui.redirects import redirect_next, safe_next
from portal.ui.refusals import run_or_add_error, run_or_flash
from quarantine.facilities.forms import NameFacilityForm
from quarantine.facilities.stays import cancel_stay, name_facility
from quarantine.models import Stay
from quarantine.rules import may_name_for


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.NAME_FACILITY)
def stay_name(request: OfficerRequest, pk: int) -> HttpResponse:
    """Name the facility; the family is told at once."""
    stay = _mine(request, pk)
    form = NameFacilityForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        facility = form.cleaned_data["facility"]
        words = {"name": stay.person.full_name, "place": facility.place.name}
        question = Question(_("Đưa %(name)s đến %(place)s?") % words, _("Chỉ định và báo gia đình"))
        act = lambda: name_facility(stay, facility=facility, by=request.user)  # noqa: E731
        if run_or_add_error(request, form, act, "facility", question=question):
            messages.success(request, _("Đã giữ chỗ cho %(name)s ở %(place)s.") % words)
            return redirect_next(request, "reporting:today")
    context = {
        "stay": stay,
        "form": form,
        "next": safe_next(request),
        "shows_health": request.user.may(Permission.SEE_HEALTH, stay.place),
    }
    status = 422 if form.is_bound else 200
    return render(request, "quarantine/facilities/stay_name.html", context, status=status)


@require_POST
@officer(Permission.NAME_FACILITY)
def stay_cancel(request: OfficerRequest, pk: int) -> HttpResponse:
    """Send nobody: the person goes home after all."""
    stay = _mine(request, pk)
    name = stay.person.full_name
    question = Question(_("%(name)s không đến cơ sở nào nữa?") % {"name": name}, _("Cho về nhà"), always=True)
    if run_or_flash(request, lambda: cancel_stay(stay, by=request.user), question=question):
        messages.success(request, _("Đã ghi: %(name)s về nhà theo dõi.") % {"name": name})
    return redirect_next(request, "reporting:today")


def _mine(request: OfficerRequest, pk: int) -> Stay:
    rows = Stay.objects.visible_to(request.user).select_related("person", "place", "facility__place")
    stay: Stay = get_object_or_404(rows, pk=pk)
    demand(may_name_for(request.user, stay))
    return stay
