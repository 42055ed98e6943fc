"""The arrival form to print: blank, or with the families whom a trip still brings."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from citizens.models import Person
from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.inputs import whole_number
from portal.places.models import Place
from portal.records.log import record_read
from portal.ui.downloads import file_name
from portal.ui.pdf import pdf_response
from repatriation.manifests.closed_list import seated_families
from repatriation.models import Trip
from repatriation.on_paper.form import arrival_form_pdf, still_expected
from repatriation.on_paper.places import checkpoints_of
from repatriation.rules import may_record_at
from repatriation.views_shared import officer_of


@require_GET
@officer(Permission.RECORD_ARRIVALS)
def arrival_form(request: HttpRequest) -> HttpResponse:
    """Return the form as a PDF; `?trip=` fills it with a trip's families, `?at=` names the checkpoint."""
    user = officer_of(request)
    code = request.GET.get("trip", "")
    if not code:
        place = _checkpoint(user, request.GET.get("at", ""))
        return pdf_response(arrival_form_pdf(place, None, []), file_name(_("Phiếu ghi người đến"), "pdf"))
    trips = Trip.objects.visible_to(user, Permission.RECORD_ARRIVALS).select_related("gateway")
    trip = get_object_or_404(trips, code=code)
    demand(may_record_at(user, trip.gateway))
    families = still_expected(seated_families(trip))
    record_read(
        user,
        "export",
        subject_type=Person._meta.label_lower,
        subject_ids=[person.pk for row in families for person in row.still],  # type: ignore[attr-defined]
        reason=trip.code,
        request=request,
        place=trip.gateway,
    )
    name = file_name(_("Phiếu ghi người đến %(trip)s") % {"trip": trip.code}, "pdf")
    return pdf_response(arrival_form_pdf(trip.gateway, trip, families), name)


def _checkpoint(user: User, requested: str) -> Place:
    """Return the checkpoint that is asked for, else the first of the user's; 404 for one elsewhere."""
    mine = checkpoints_of(user)
    if requested:
        mine = [place for place in mine if place.pk == whole_number(requested)]
    if not mine:
        raise Http404
    return mine[0]
