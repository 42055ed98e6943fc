"""The board of the checkpoints: figures that renew themselves, and the people behind each."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_GET

from citizens.models import Person
from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.inputs import whole_number
from portal.places.models import Place
from portal.records.log import record_read
from portal.ui.pagination import paginate
from repatriation.checkpoint.board import BY_KEY, CheckpointLine, checkpoints_of, may_open_list, read_board
from repatriation.checkpoint.board_people import people_of, rows_behind
from repatriation.views_shared import officer_of

MARK = "X-Board"  # by which the page knows an answer of the portal from a stranger's page
VERSION = 1  # of the fragment; a new one is not answered with 304


@require_GET
@officer(Permission.RECORD_ARRIVALS, Permission.SEE_FIGURES)
def board(request: HttpRequest) -> HttpResponse:
    """Show the figures of the user's checkpoints, or of the one that the address names."""
    places, several = _places(request)
    return render(request, "repatriation/checkpoint/board.html", _context(request, places, several))


@require_GET
@officer(Permission.RECORD_ARRIVALS, Permission.SEE_FIGURES)
def board_figures(request: HttpRequest) -> HttpResponse:
    """Send the figures alone; 304 without a body where none has changed."""
    places, several = _places(request)
    context = _context(request, places, several)
    mark = _mark(context["lines"])
    response: HttpResponse
    if request.headers.get("If-None-Match") == mark:
        response = HttpResponseNotModified()
    else:
        response = render(request, "repatriation/checkpoint/_board.html", context)
    response["ETag"] = mark
    response[MARK] = context["now"].isoformat()
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
@officer(Permission.RECORD_ARRIVALS, Permission.ROUTE_HANDOVERS)
def board_people(request: HttpRequest, figure: str) -> HttpResponse:
    """List the people whom a figure of the board counts."""
    if figure not in BY_KEY:
        raise Http404
    user = officer_of(request)
    places, _several = _places(request)
    demand(bool(places) and may_open_list(user, places))
    chosen = BY_KEY[figure]
    page = paginate(request, rows_behind(chosen, places, timezone.now()))
    people = people_of(chosen, page.rows, places)
    _record_people(request, user, [line.person for line in people], places)
    context = {
        "figure": chosen,
        "page": page,
        "people": people,
        "place": places[0] if len(places) == 1 else None,
        "at": request.GET.get("at", ""),
    }
    return render(request, "repatriation/checkpoint/board_people.html", context)


def _places(request: HttpRequest) -> tuple[list[Place], bool]:
    """Return the checkpoints that are asked for, and whether the user has several; 404 for one elsewhere."""
    mine = checkpoints_of(officer_of(request))
    requested = request.GET.get("at", "")
    if not requested:
        return mine, len(mine) > 1
    chosen = [place for place in mine if place.pk == whole_number(requested)]
    if not chosen:
        raise Http404
    return chosen, len(mine) > 1


def _context(request: HttpRequest, places: list[Place], several: bool) -> dict[str, Any]:
    now = timezone.now()
    return {
        "lines": read_board(places, officer_of(request), now),
        "now": now,
        "several": several,
        "place": places[0] if len(places) == 1 else None,
        "at": request.GET.get("at", ""),
    }


def _mark(lines: list[CheckpointLine]) -> str:
    """Return what the fragment depends on, digested: the figures, whether they open, and the language."""
    figures = [[line.key, *((cell.number, cell.opens) for cell in line.cells)] for line in lines]
    text = repr((VERSION, translation.get_language(), figures))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _record_people(request: HttpRequest, user: User, people: list[Person], places: list[Place]) -> None:
    if people:
        record_read(
            user,
            "page",
            subject_type=Person._meta.label_lower,
            subject_ids=sorted({person.pk for person in people}),
            request=request,
            place=places[0] if len(places) == 1 else None,
        )
