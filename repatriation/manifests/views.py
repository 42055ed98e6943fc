"""The closed lists: which there are, one of them on the screen, on paper and as a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.accounts.guards import officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.log import record_read
from portal.reporting.export import filters_as_text
from portal.reporting.workbook import sheet, workbook_response
from portal.ui.formats import vn_datetime
from portal.ui.pagination import paginate
from portal.ui.pdf import pdf_response
from repatriation.boarding.actions import BOARDABLE
from repatriation.manifests.closed_list import (
    ManifestChange,
    by_commune,
    changes_since,
    rows_for,
    seated_families,
)
from repatriation.manifests.forms import ManifestFilter
from repatriation.manifests.paper import manifest_pdf, manifest_sheets, people_in, vehicle_sheet
from repatriation.models import Manifest, Trip
from repatriation.rules import may_board, may_see_whole_manifest, sees_people_of
from repatriation.views_shared import officer_of

MOST_VEHICLES = 60  # sheets of one file; more needs a narrower filter


@require_GET
@officer(Permission.SEE_MANIFESTS)
def manifest_list(request: HttpRequest) -> HttpResponse:
    """The lists that concern me, the next departure first: whole at the gateway, my own people in a commune."""
    user = officer_of(request)
    form = ManifestFilter(request.GET)
    rows = _manifests(user).order_by("-trip__departs_at", "-pk")
    if form.is_valid():
        rows = form.narrow(rows)
    if "export" in request.GET:
        return _vehicles(request, rows[:MOST_VEHICLES])
    page = paginate(request, rows)
    for manifest in page:
        mine = rows_for(manifest, user)
        manifest.my_families, manifest.my_people = len(mine), people_in(mine)
        manifest.may_board = may_board(user, manifest.trip)
    return render(request, "repatriation/manifests/manifest_list.html", {"form": form, "page": page})


def _vehicles(request: HttpRequest, manifests: QuerySet[Manifest]) -> HttpResponse:
    """A sheet for each vehicle, after one that lists them."""
    user = officer_of(request)
    kept = [(manifest, rows_for(manifest, user)) for manifest in manifests]
    overview = sheet(
        _("Các chuyến"),
        [_("Chuyến"), _("Biển số xe"), _("Khởi hành"), _("Điểm đón"), _("Chốt"), _("Gia đình"), _("Người")],
        [
            (
                manifest.head["trip"],
                manifest.head["plate"],
                vn_datetime(manifest.trip.departs_at),
                manifest.head["pickup"],
                manifest.head["gateway"],
                len(rows),
                people_in(rows),
            )
            for manifest, rows in kept
        ],
    )
    sheets = [vehicle_sheet(manifest, rows, manifest.head["trip"]) for manifest, rows in kept]
    return workbook_response(
        request,
        [overview, *sheets],
        "manifests",
        subject_type="repatriation.manifest",
        subject_ids=[manifest.pk for manifest, _rows in kept],
        reason=filters_as_text(request),
    )


@require_GET
@officer(Permission.SEE_MANIFESTS)
def manifest(request: HttpRequest, code: str) -> HttpResponse:
    """One closed list as I may read it, with what changed since; before closing, who has confirmed so far."""
    user = officer_of(request)
    found = _manifests(user).filter(trip__code=code).first()
    if found is None:
        return _not_closed(request, user, code)
    rows = rows_for(found, user)
    if "export" in request.GET:
        return workbook_response(
            request,
            manifest_sheets(found, rows),
            f"manifest-{code}",
            subject_type="citizens.person",
            subject_ids=_people(rows),
            reason=found.number,
            place=found.trip.gateway,
        )
    _log(request, user, "page", found, rows)
    context = {
        "manifest": found,
        "trip": found.trip,
        "communes": by_commune(rows),
        "people": people_in(rows),
        "families": len(rows),
        "changes": _my_changes(found, user),
        "may_board": may_board(user, found.trip) and found.trip.status in BOARDABLE,
        "may_count": user.may(Permission.SEE_QUEUE, found.trip.gateway)
        or user.may(Permission.RECORD_ARRIVALS, found.trip.gateway),
        "is_whole": may_see_whole_manifest(user, found.trip),
    }
    return render(request, "repatriation/manifests/manifest.html", context)


def _not_closed(request: HttpRequest, user: User, code: str) -> HttpResponse:
    """The trip has no closed list yet: who may see the trip sees who has confirmed."""
    trip = get_object_or_404(
        Trip.objects.visible_to(user).select_related("pickup__parent__parent", "gateway"), code=code
    )
    families = seated_families(trip)
    people = [member.person_id for family in families for member in family.members.all()]
    record_read(
        user, "page", subject_type="citizens.person", subject_ids=people, request=request, place=trip.gateway
    )
    context = {"trip": trip, "families": families, "people": len(people)}
    return render(request, "repatriation/manifests/manifest_open.html", context)


@require_GET
@officer(Permission.SEE_MANIFESTS)
def manifest_paper(request: HttpRequest, code: str) -> HttpResponse:
    """The closed list as a PDF to print and sign."""
    user = officer_of(request)
    found = get_object_or_404(_manifests(user), trip__code=code)
    rows = rows_for(found, user)
    _log(request, user, "export", found, rows)
    return pdf_response(manifest_pdf(found, rows), f"manifest-{code}.pdf")


def _manifests(user: User) -> QuerySet[Manifest]:
    rows: QuerySet[Manifest] = Manifest.objects.visible_to(user).select_related(
        "trip__gateway", "trip__pickup__parent__parent", "trip__campaign"
    )
    return rows


def _people(rows: list[dict[str, Any]]) -> list[int]:
    return [one["person"] for row in rows for one in row["people"]]


def _log(request: HttpRequest, user: User, kind: str, found: Manifest, rows: list[dict[str, Any]]) -> None:
    record_read(
        user,
        kind,
        subject_type="citizens.person",
        subject_ids=_people(rows),
        reason=found.number,
        request=request,
        place=found.trip.gateway,
    )


def _my_changes(found: Manifest, user: User) -> list[ManifestChange]:
    changes = changes_since(found)
    if may_see_whole_manifest(user, found.trip):
        return changes
    mine = sees_people_of(user)
    return [change for change in changes if change.home in mine]
