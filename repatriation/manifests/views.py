"""Pages of the closed lists: all of them; one on the screen, on paper and as a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.accounts.guards import officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.inputs import whole_number
from portal.records.ended import tell_who_cancelled
from portal.records.log import record_read
from portal.reporting.export import filters_in_words
from portal.reporting.workbook import sheet, workbook_response
from portal.ui.downloads import file_name
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
from repatriation.models.manifest import ManifestQuerySet
from repatriation.rules import may_board, may_record_at, may_see_whole_manifest, sees_people_of
from repatriation.views_shared import officer_of

MOST_VEHICLES = 60  # sheets of one file; more needs a narrower filter


@require_GET
@officer(Permission.SEE_MANIFESTS)
def manifest_list(request: HttpRequest) -> HttpResponse:
    """List the closed lists, the latest departure first: whole at the gateway, one's own people in a
    commune."""
    user = officer_of(request)
    form = ManifestFilter(request.GET)
    rows: QuerySet[Manifest] = _manifests(user).standing().order_by("-trip__departs_at", "-pk")
    if form.is_valid():
        rows = form.narrow(rows)
    if "export" in request.GET:
        return _vehicles(request, rows[:MOST_VEHICLES], form)
    page = paginate(request, rows)
    tell_who_cancelled([manifest.trip for manifest in page], names=True)
    for manifest in page:
        mine = rows_for(manifest, user)
        manifest.my_families, manifest.my_people = len(mine), people_in(mine)
        manifest.may_board = may_board(user, manifest.trip)
    return render(request, "repatriation/manifests/manifest_list.html", {"form": form, "page": page})


def _vehicles(request: HttpRequest, manifests: QuerySet[Manifest], form: ManifestFilter) -> HttpResponse:
    """Export a sheet for each vehicle, after one that lists them."""
    user = officer_of(request)
    vehicles = [(manifest, rows_for(manifest, user)) for manifest in manifests]
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
            for manifest, rows in vehicles
        ],
    )
    sheets = [vehicle_sheet(manifest, rows, manifest.head["trip"]) for manifest, rows in vehicles]
    return workbook_response(
        request,
        [overview, *sheets],
        _("Danh sách lên xe"),
        subject_type="repatriation.manifest",
        subject_ids=[manifest.pk for manifest, _rows in vehicles],
        reason=filters_in_words(form),
    )


@require_GET
@officer(Permission.SEE_MANIFESTS)
def manifest(request: HttpRequest, code: str) -> HttpResponse:
    """Show the user's part of one closed list, with what changed since; before closing, who has confirmed."""
    user = officer_of(request)
    closed = _chosen(request, user, code)
    if closed is None:
        return _not_closed(request, user, code)
    rows = rows_for(closed, user)
    if "export" in request.GET:
        return workbook_response(
            request,
            manifest_sheets(closed, rows),
            _("Danh sách lên xe %(trip)s") % {"trip": code},
            subject_type="citizens.person",
            subject_ids=_people(rows),
            reason=closed.number,
            place=closed.trip.gateway,
        )
    _log(request, user, "page", closed, rows)
    context = {
        "manifest": closed,
        "trip": closed.trip,
        "communes": by_commune(rows),
        "people": people_in(rows),
        "families": len(rows),
        "is_standing": closed.is_standing,
        "others": _manifests(user).filter(trip=closed.trip).exclude(pk=closed.pk),
        "changes": _my_changes(closed, user) if closed.is_standing else [],
        "may_board": may_board(user, closed.trip) and closed.trip.status in BOARDABLE,
        "may_count": user.may(Permission.SEE_QUEUE, closed.trip.gateway)
        or user.may(Permission.RECORD_ARRIVALS, closed.trip.gateway),
        "is_whole": may_see_whole_manifest(user, closed.trip),
        "may_record": may_record_at(user, closed.trip.gateway),
    }
    return render(request, "repatriation/manifests/manifest.html", context)


def _not_closed(request: HttpRequest, user: User, code: str) -> HttpResponse:
    """Show the confirmed families of a trip without a closed list to an officer who may see the trip."""
    trip = get_object_or_404(
        Trip.objects.visible_to(user).select_related("pickup__parent__parent", "gateway"), code=code
    )
    families = seated_families(trip)
    people = [member.person_id for family in families for member in family.members.all()]
    record_read(
        user, "page", subject_type="citizens.person", subject_ids=people, request=request, place=trip.gateway
    )
    context = {
        "trip": trip,
        "families": families,
        "people": len(people),
        "withdrawn": _manifests(user).filter(trip=trip).first(),
    }
    return render(request, "repatriation/manifests/manifest_open.html", context)


@require_GET
@officer(Permission.SEE_MANIFESTS)
def manifest_paper(request: HttpRequest, code: str) -> HttpResponse:
    """Return the closed list as a PDF to print and sign."""
    user = officer_of(request)
    closed = _chosen(request, user, code)
    if closed is None:
        raise Http404
    rows = rows_for(closed, user)
    _log(request, user, "export", closed, rows)
    return pdf_response(
        manifest_pdf(closed, rows), file_name(_("Danh sách lên xe %(trip)s") % {"trip": code}, "pdf")
    )


def _chosen(request: HttpRequest, user: User, code: str) -> Manifest | None:
    """Return the list of the trip that counts, or the one that the address names by its id."""
    rows = _manifests(user).filter(trip__code=code)
    chosen = request.GET.get("list", "")
    if not chosen:
        return rows.standing().first()
    return get_object_or_404(rows, pk=whole_number(chosen) or 0)


def _manifests(user: User) -> ManifestQuerySet:
    rows: ManifestQuerySet = Manifest.objects.visible_to(user).select_related(
        "trip__gateway", "trip__pickup__parent__parent", "trip__campaign"
    )
    return rows


def _people(rows: list[dict[str, Any]]) -> list[int]:
    return [one["person"] for row in rows for one in row["people"]]


def _log(request: HttpRequest, user: User, kind: str, closed: Manifest, rows: list[dict[str, Any]]) -> None:
    record_read(
        user,
        kind,
        subject_type="citizens.person",
        subject_ids=_people(rows),
        reason=closed.number,
        request=request,
        place=closed.trip.gateway,
    )


def _my_changes(closed: Manifest, user: User) -> list[ManifestChange]:
    changes = changes_since(closed)
    if may_see_whole_manifest(user, closed.trip):
        return changes
    mine = sees_people_of(user)
    return [change for change in changes if change.home in mine]
