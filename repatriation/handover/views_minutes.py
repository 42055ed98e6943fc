"""Minutes of a handover as PDF: of one family, or of everybody who came on a trip."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.accounts.guards import officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.log import record_read
from portal.ui.downloads import file_name
from portal.ui.pdf import pdf_response
from repatriation.handover.fetching import latest, party_of
from repatriation.handover.minutes import minutes_pdf
from repatriation.handover.parties import RELATED, with_flags
from repatriation.handover.shared import by_party
from repatriation.models import Handover, Trip
from repatriation.rules import may_read_people
from repatriation.views_shared import officer_of


@require_GET
@officer(Permission.SEE_HANDOVERS)
def party_minutes(request: HttpRequest, key: UUID) -> HttpResponse:
    """Return the minutes of one family."""
    user = officer_of(request)
    rows = latest(party_of(user, key))
    return _answer(request, user, rows, None, rows[0].person.full_name)


@require_GET
@officer(Permission.SEE_HANDOVERS)
def trip_minutes(request: HttpRequest, code: str) -> HttpResponse:
    """Return the minutes of those who came on a trip, as far as the officer may read them: a commune has its own."""
    user = officer_of(request)
    visible = Handover.objects.visible_to(user).filter(arrival__trip__code=code, arrival__taken_back_at=None)
    rows = with_flags(visible).select_related(*RELATED).order_by("pk")
    people = [row for row in latest(list(rows)) if may_read_people(user, row)]
    if not people:
        raise Http404
    people.sort(key=lambda row: (row.to_place.path, row.party, row.pk))
    arrival = people[0].arrival
    return _answer(request, user, people, arrival.trip if arrival else None, code)


def _answer(
    request: HttpRequest, user: User, rows: list[Handover], trip: Trip | None, name: str
) -> HttpResponse:
    record_read(
        user,
        "export",
        subject_type="citizens.person",
        subject_ids=[row.person_id for row in rows],
        reason=_("Biên bản bàn giao"),
        request=request,
        place=rows[0].from_place,
    )
    pdf = minutes_pdf(by_party(rows), user, trip)
    return pdf_response(pdf, file_name(_("Biên bản bàn giao %(name)s") % {"name": name}, "pdf"))
