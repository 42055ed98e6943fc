"""The pages of a change of a registration: start, review and confirmation, drop."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.records.log import client_address
from portal.ui.refusals import flash_refusal
from repatriation.models import Registration
from repatriation.queue.predicates import sentence
from repatriation.queue.standing import standing
from repatriation.registration.changing import (
    CHANGEABLE,
    SEATED,
    NotAdmittedAnyMore,
    NotChangeable,
    RegistrationChanged,
    Review,
    SeatsHeld,
    apply_change,
    begin_change,
    drop_change,
    rebase_change,
    review,
)
from repatriation.registration.corrections import RecordChecked
from repatriation.registration.people import IdentityTaken
from repatriation.registration.refusals import AlreadyRegistered, TooManyRefusals
from repatriation.registration.submitting import family_actor
from repatriation.registration.views_doors import Door
from repatriation.registration.wizard import steps
from repatriation.registration.wizard.change_words import lines
from repatriation.registration.wizard.papers import ChangePaper
from repatriation.registration.wizard.session import remember_link, with_draft
from repatriation.registration.wizard.views import FORM_METHODS, answers, show_already_registered

CHECK = steps.BY_QUESTION["check"]


@require_http_methods(FORM_METHODS)
def start(request: HttpRequest, door: Door) -> HttpResponse:
    """Show what may be changed now. The POST begins a change, resumes the open one, or begins anew."""
    row = door.registration
    known = row.changes.open().first() if row.status in CHANGEABLE else None
    if request.method == "POST":
        actor = family_actor(row.phone)
        try:
            if known is not None and "anew" in request.POST:
                drop_change(known, by=actor)
            begin_change(row, by=actor)
        except NotChangeable as refusal:
            flash_refusal(request, refusal)
            return redirect(door.page)
        if door.token:
            remember_link(request, row, door.token)
        return redirect("repatriation:change_step", code=row.code, step=steps.CHECK)
    context = {
        "registration": row,
        "door": door,
        "known": known,
        "refused": "" if row.status in CHANGEABLE else str(NotChangeable(row)),
        "seats_held": row.status in SEATED,
    }
    return render(request, "repatriation/registration/change_start.html", context)


@require_http_methods(FORM_METHODS)
@with_draft
def check(request: HttpRequest, paper: ChangePaper) -> HttpResponse:
    """Show all answers and the effect of the change: lines, points and standing. The POST confirms exactly that."""
    if request.method == "POST":
        return _confirm(request, paper)
    if paper.registration.status not in CHANGEABLE:
        flash_refusal(request, NotChangeable(paper.registration))
        return redirect(paper.home)
    outcome = review(paper.change)
    paper.draft = outcome.draft
    if paper.missing():
        return redirect(paper.first_missing())
    context = paper.page(CHECK, **answers(paper), **_compared(paper, outcome))
    return render(request, "repatriation/registration/change.html", context)


def _compared(paper: ChangePaper, outcome: Review) -> dict[str, object]:
    row = paper.registration
    return {
        "registration": row,
        "would": outcome,
        "lines": lines(outcome) if outcome.difference else [],
        "refused": _refused(outcome, row),
        "old_sentence": sentence(outcome.old.reasons),
        "new_sentence": sentence(outcome.new.reasons),
        "old_place": standing(row),
        "new_place": standing(row, score=outcome.new.points),
    }


def _refused(outcome: Review, row: Registration) -> str:
    """Return why the change cannot be confirmed, and what to do; empty when it can."""
    if outcome.needs_free_seats:
        return str(SeatsHeld())
    return "" if outcome.admitted else str(NotAdmittedAnyMore(row.campaign))


def _confirm(request: HttpRequest, paper: ChangePaper) -> HttpResponse:
    actor = family_actor(paper.registration.phone)
    address = client_address(request)
    try:
        apply_change(paper.change, by=actor, seen=request.POST.get("seen", ""), address=address)
    except RegistrationChanged as refusal:
        rebase_change(paper.change)
        flash_refusal(request, refusal, messages.WARNING)
        return redirect(paper.check_url)
    except (SeatsHeld, NotAdmittedAnyMore):
        return redirect(paper.check_url)  # the page shows the refusal
    except (IdentityTaken, RecordChecked) as refusal:
        flash_refusal(request, refusal)
        return redirect(paper.of_person(refusal.entry.key)["edit"])
    except TooManyRefusals as refusal:
        flash_refusal(request, refusal)
        return redirect(paper.of_question("people"))
    except AlreadyRegistered as refusal:
        return show_already_registered(request, paper, refusal)
    except NotChangeable as refusal:
        flash_refusal(request, refusal)
        return redirect(paper.home)
    messages.success(request, _("Đã ghi thay đổi. Giờ đăng ký của gia đình được giữ nguyên."))
    return redirect(paper.home)


@require_POST
@with_draft
def drop(request: HttpRequest, paper: ChangePaper) -> HttpResponse:
    """Drop the change; the registration stays as it was."""
    drop_change(paper.change, by=family_actor(paper.registration.phone))
    messages.info(request, _("Đã bỏ lần sửa. Đăng ký vẫn như cũ."))
    return redirect(paper.home)
