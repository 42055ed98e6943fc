"""People who came: the list, one form as it was recorded, taking it back and correcting it, and who is still here."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citizens.models import Person
from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.inputs import whole_number
from portal.records.log import record_read
from portal.reporting.export import export_response
from portal.ui.asking import AtOnce
from portal.ui.pagination import paginate
from portal.ui.refusals import run_or_add_error, run_or_flash
from repatriation.checkpoint.corrections import CorrectionResult, correct_arrival
from repatriation.checkpoint.exports import ArrivalResource
from repatriation.checkpoint.forms_correct import ArrivalFilter, CorrectionForm, TakeBackForm
from repatriation.checkpoint.pages import checkpoint_of, choose_page, day_range, still_here
from repatriation.checkpoint.recorded import recorded_people
from repatriation.checkpoint.resending import FIELDS, HEALTH, in_words
from repatriation.checkpoint.undoing import last_links, may_take_back, take_back_arrival, undo_until
from repatriation.models import Arrival, ArrivalCorrection, Handover
from repatriation.rules import may_record_at, may_see_health_of_arrival
from repatriation.views_shared import officer_of

GIVEN_BACK = frozenset({Handover.Status.REFUSED, Handover.Status.WITHDRAWN})
CORRECTS = AtOnce("the officer has written the reason, and both values stay on the page")
TAKES_BACK = AtOnce("a form that was recorded by mistake is taken back while the family stands in the road")


@require_GET
@officer(Permission.RECORD_ARRIVALS, Permission.SEE_HANDOVERS)
def arrival_list(request: HttpRequest) -> HttpResponse:
    """List the people who passed the user's checkpoints, or are on the way to their communes."""
    user = officer_of(request)
    form = ArrivalFilter(request.GET)
    rows = Arrival.objects.visible_to(user).standing().with_answer()
    rows = rows.select_related("person", "checkpoint", "destination", "trip")
    if form.is_valid():
        if form.cleaned_data["day"]:
            rows = rows.filter(at__range=day_range(form.cleaned_data["day"]))
        rows = rows.named(form.cleaned_data["q"])
    rows = rows.order_by("-at", "pk")
    if "export" in request.GET:
        return export_response(request, ArrivalResource(user), rows, _("Người đã đến"), form)
    page = paginate(request, rows)
    for row in page:
        row.shows_health = may_see_health_of_arrival(
            user, row.checkpoint, None if row.is_sent_back else row.destination
        )
    shows_health = any(row.shows_health for row in page)
    context = {"form": form, "page": page, "shows_health": shows_health}
    return render(request, "repatriation/checkpoint/arrival_list.html", context)


@dataclass(frozen=True)
class Change:
    """One corrected value, before and after, in words."""

    correction: ArrivalCorrection
    label: str
    before: str
    after: str


@dataclass
class ArrivalLine:
    """One person of a form, with the last handover and what was corrected."""

    arrival: Arrival
    link: Handover | None
    shows_health: bool
    changes: list[Change] = field(default_factory=list)
    form: CorrectionForm | None = None


@require_GET
@officer(Permission.RECORD_ARRIVALS, Permission.SEE_HANDOVERS)
def arrival(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a form as it was recorded, and what was corrected since."""
    return _page(request, _rows(officer_of(request), key))


@require_POST
@officer(Permission.RECORD_ARRIVALS)
def arrival_take_back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take the form back, or one person of it."""
    user = officer_of(request)
    rows = _rows(user, key)
    demand(may_record_at(user, rows[0].checkpoint))
    form = TakeBackForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    one = request.POST.get("person", "")
    person = whole_number(one)
    people = [person] if person is not None else None
    taken = run_or_flash(
        request,
        lambda: take_back_arrival(key, by=user, people=people, reason=reason),
        question=TAKES_BACK,
    )
    if taken:
        messages.success(
            request,
            _("Đã bỏ lượt ghi nhầm của %(name)s (%(count)d người). Gia đình và nơi nhận đã được báo.")
            % {"name": taken[0].person.full_name, "count": len(taken)},
        )
    return redirect("repatriation:arrival", key)


@require_POST
@officer(Permission.RECORD_ARRIVALS)
def arrival_correct(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    """Correct one person of the form, with a reason."""
    user = officer_of(request)
    rows = _rows(user, key)
    row = next((one for one in rows if one.pk == pk), None)
    if row is None:
        raise Http404
    demand(may_record_at(user, row.checkpoint))
    form = CorrectionForm(request.POST, arrival=row)
    result: list[CorrectionResult] = []

    def act() -> None:
        data = form.cleaned_data
        result.append(
            correct_arrival(
                row, by=user, reason=data["reason"], changes=form.changes(), version=data["version"]
            )
        )

    if not form.is_valid() or not run_or_add_error(request, form, act, question=CORRECTS):
        return _page(request, rows, wrong=form, wrong_pk=pk)
    _flash_corrected(request, row, result[-1])
    return redirect("repatriation:arrival", key)


def _flash_corrected(request: HttpRequest, row: Arrival, result: CorrectionResult) -> None:
    name = {"name": row.person.full_name}
    if result.correction is None:
        messages.info(request, _("Không có gì khác trước nên không sửa gì."))
        return
    text = _("Đã sửa lượt đến của %(name)s.") % name
    if result.told:
        names = ", ".join(user.full_name for user in result.told)
        text += " " + _("Đã báo: %(names)s.") % {"names": names}
    messages.success(request, text)


def _rows(user: User, key: UUID) -> list[Arrival]:
    """Return the people of the form whom the user may see; 404 when there are none."""
    found = recorded_people(user, key)
    if not found:
        raise Http404
    return found


def _page(
    request: HttpRequest, rows: list[Arrival], *, wrong: CorrectionForm | None = None, wrong_pk: int = 0
) -> HttpResponse:
    user = officer_of(request)
    first = rows[0]
    record_read(
        user,
        "page",
        subject_type=Person._meta.label_lower,
        subject_ids=[row.person_id for row in rows],
        request=request,
        place=first.checkpoint,
    )
    links = last_links([row.pk for row in rows])
    asked = request.GET.get("correct", "")
    open_pk = wrong_pk or whole_number(asked) or 0
    may_correct = may_record_at(user, first.checkpoint)
    lines = []
    for row in rows:
        link = links.get(row.pk)
        receives = link.to_place if link is not None and link.status not in GIVEN_BACK else None
        shows = may_see_health_of_arrival(user, row.checkpoint, receives)
        form = None
        if may_correct and row.taken_back_at is None and row.pk == open_pk:
            form = wrong or CorrectionForm(arrival=row)
        lines.append(ArrivalLine(row, link, shows, _changes(row, shows=shows), form))
    standing = [row for row in rows if row.taken_back_at is None]
    accepted = any(line.link and line.link.status == Handover.Status.ACCEPTED for line in lines)
    until = undo_until(first)
    may_undo = bool(standing) and not accepted and may_take_back(user, standing) and timezone.now() <= until
    context = {
        "lines": lines,
        "first": first,
        "until": until,
        "may_undo": may_undo,
        "may_correct": may_correct,
        "take_back_form": TakeBackForm(),
        "wrong": wrong,
        "shows_health": True,  # whoever may not see it reads so
        "page_url": reverse("repatriation:arrival", args=[first.client_key]),
        "media": CorrectionForm(arrival=first).media,
        "sees_handover": user.may(Permission.SEE_HANDOVERS),
    }
    return render(request, "repatriation/checkpoint/arrival.html", context, status=422 if wrong else 200)


def _changes(row: Arrival, *, shows: bool) -> list[Change]:
    """Return the corrections of a row in words, the newest last; health for whom it is shown."""
    return [
        Change(correction, str(FIELDS[name]), in_words(name, before), in_words(name, after))
        for correction in row.corrections.all()
        for name, (before, after) in correction.changes.items()
        if name in FIELDS and (shows or name not in HEALTH)
    ]


@require_GET
@officer(Permission.RECORD_ARRIVALS)
def staying(request: HttpRequest) -> HttpResponse:
    """List the people for whom the checkpoint answers: those whom nobody has accepted, and whom a place sent back."""
    user = officer_of(request)
    place = checkpoint_of(request, user)
    if place is None:
        return choose_page(request, user)
    rows = still_here(user, place).select_related("person", "destination").order_by("at", "pk")
    page = paginate(request, rows)
    links = last_links([row.pk for row in page])
    for row in page:
        row.link = links.get(row.pk)
    return render(request, "repatriation/checkpoint/staying.html", {"place": place, "page": page})
