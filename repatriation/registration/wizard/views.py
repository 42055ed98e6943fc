"""The pages of the form from the start to the registration's code."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citizens.identity import IdentityWarning, warnings
from citizens.phones import display, mask
from citizens.verified import verified_phone
from portal.places.fields import understood
from portal.places.models import Place
from portal.records.log import client_address
from portal.ui.forms import understood_days
from portal.ui.refusals import flash_refusal, sentence_for
from repatriation.models.campaign import announcement, open_campaigns
from repatriation.models.registration import Reason, Status
from repatriation.queue.admission import admits, for_whom, refusal
from repatriation.queue.predicates import score, sentence
from repatriation.queue.standing import standing
from repatriation.registration import consent
from repatriation.registration.declared import declared_words, positives, positives_of
from repatriation.registration.drafts import Draft, PersonEntry
from repatriation.registration.people import IdentityTaken
from repatriation.registration.refusals import AlreadyRegistered, TooManyRefusals
from repatriation.registration.submitting import (
    CampaignClosed,
    DraftIncomplete,
    NotAdmitted,
    abandon,
    facts_of,
    family_actor,
    send_link_again,
    submit,
)
from repatriation.registration.wizard import steps
from repatriation.registration.wizard.forms import ConsentForm, StepForm
from repatriation.registration.wizard.papers import Paper
from repatriation.registration.wizard.session import (
    OTHER,
    current,
    forget_consent,
    of_session,
    remember_consent,
    with_draft,
)

FORM_METHODS = ["GET", "HEAD", "POST"]
LATER = "later"  # the button that saves the page and the draft for later


@never_cache
@login_not_required
@require_http_methods(FORM_METHODS)
def start(request: HttpRequest) -> HttpResponse:
    """Show who may register and what is asked, and ask for consent. The POST starts the draft."""
    campaigns = open_campaigns()
    if not campaigns:
        return render(request, "repatriation/registration/closed.html")
    begun = current(request)
    form = ConsentForm(request.POST if request.method == "POST" else None, campaigns=campaigns)
    if form.is_valid():
        if begun is None or begun.status != Status.DRAFT:
            remember_consent(request, form.cleaned_data["campaign"] or campaigns[0])
            return redirect("repatriation:register_step", steps.STEPS[0].slug)
        return redirect(Paper(begun, Draft.from_json(begun.draft)).first_missing())
    context = {
        "form": form,
        "announcements": [(campaign, announcement(campaign), for_whom(campaign)) for campaign in campaigns],
        "points": consent.POINTS,
        "begun": begun if begun and begun.status != Status.WITHDRAWN else None,
        "begun_is_draft": begun is not None and begun.status == Status.DRAFT,
        "resume_url": Paper(begun, Draft.from_json(begun.draft)).first_missing() if begun else "",
        "step": 1,
        "steps_total": steps.TOTAL,
    }
    return render(request, "repatriation/registration/step_start.html", context)


@require_http_methods(FORM_METHODS)
@with_draft
def step(request: HttpRequest, paper: Paper, step: str) -> HttpResponse:
    """Ask one question by its form. Questions without a form have views of their own."""
    current_step = steps.BY_SLUG.get(step)
    if current_step is None or current_step.form is None:
        raise Http404
    if not paper.may_open(current_step):
        return redirect(paper.first_missing())
    # A page of checkboxes sends an empty form when none is ticked, which is an answer too.
    data = request.POST if request.method == "POST" else None
    form = current_step.form(data, draft=paper.draft, campaign=paper.campaign)
    if LATER in request.POST and not paper.is_change:
        paper.save(form.partial_change())
        _flash_understood(request, form, paper.of_step(current_step))
        return redirect("repatriation:register_later")
    if form.is_valid():
        paper.save(form.change())
        _flash_understood(request, form, paper.of_step(current_step))
        return redirect(paper.after(current_step))
    return render(request, current_step.template, paper.page(current_step, form=form))


def _flash_understood(request: HttpRequest, form: StepForm, url: str) -> None:
    """Flash which place was chosen where its name differs from the typed text, and which day where the year was
    added, with a link back."""
    for line in understood(form):
        messages.info(request, format_html('{} <a href="{}">{}</a>', line, url, _("Sửa nơi này")))
    for line in understood_days(form):
        messages.info(request, format_html('{} <a href="{}">{}</a>', line, url, _("Sửa ngày này")))


@require_http_methods(FORM_METHODS)
@with_draft
def check(request: HttpRequest, paper: Paper) -> HttpResponse:
    """Show all answers with links back to their pages. The POST submits; a second press submits nothing."""
    check_step, registration, draft = steps.BY_SLUG[steps.CHECK], paper.registration, paper.draft
    if draft.missing():
        return redirect(paper.first_missing())
    if request.method == "POST":
        try:
            submit(registration, by=family_actor(draft.phone), address=client_address(request))
        except DraftIncomplete as error:
            return redirect(paper.of_question(error.question))
        except IdentityTaken as error:
            flash_refusal(request, error)
            return redirect(paper.of_person(error.entry.key)["edit"])
        except TooManyRefusals as error:
            flash_refusal(request, error)
            return redirect(paper.of_question("people"))
        except AlreadyRegistered as error:
            return show_already_registered(request, paper, error)
        except NotAdmitted:
            return redirect(paper.of_question("check"))  # the page shows the refusal
        except CampaignClosed as error:
            said = sentence_for(request, error)
            return render(request, "repatriation/registration/closed.html", {"said": said}, status=409)
        return redirect("repatriation:register_done")
    facts, campaign = facts_of(draft), registration.campaign
    scored = score(facts, campaign.rule_set.rules)
    context = paper.page(
        check_step,
        **answers(paper),
        sentence=sentence(scored.reasons),
        refusal="" if admits(campaign, facts) else refusal(campaign),
    )
    return render(request, check_step.template, context)


def doubts(entry: PersonEntry) -> list[IdentityWarning]:
    """Return the warnings about a member's identity number."""
    born = entry.born
    return warnings(entry.identity, sex=entry.sex, birth=born.date or born.year) if entry.identity else []


def answers(paper: Paper) -> dict[str, Any]:
    """Return the context of the list of all answers, with the address of each page."""
    draft = paper.draft
    places = Place.objects.with_ancestors().in_bulk([pk for pk in (draft.origin, draft.home) if pk])
    return {
        "draft": draft,
        "people": [
            {"entry": entry, "told": declared_words(entry), "warnings": doubts(entry)}
            for entry in draft.people
        ],
        "minors_alone": draft.are_minors_alone,
        "phone": display(draft.phone) if paper.shows_numbers else mask(draft.phone),
        "positives": positives(draft.people),
        "origin": places.get(draft.origin),
        "home": places.get(draft.home),
        "reasons": [Reason(reason).label for reason in draft.reasons or ()],
        "urls": {question: paper.of_question(question) for question in steps.BY_QUESTION},
    }


@never_cache
@login_not_required
@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """Show the code, the standing, and what happens next, to the browser that registered."""
    registration = current(request)
    if registration is None or registration.status in {Status.DRAFT, Status.WITHDRAWN}:
        return redirect("repatriation:register")
    context = {
        "registration": registration,
        "positives": positives_of(registration.members.select_related("person")),
        "standing": standing(registration),
        "sentence": sentence(registration.score_reasons),
    }
    return render(request, "repatriation/registration/done.html", context)


def show_already_registered(request: HttpRequest, paper: Paper, error: AlreadyRegistered) -> HttpResponse:
    known = {"registration": error.other.pk, "said": str(error), "people_url": paper.of_question("people")}
    request.session[OTHER] = known
    return redirect("repatriation:register_already")


@never_cache
@login_not_required
@require_GET
def already(request: HttpRequest) -> HttpResponse:
    """Show which member is registered already, and offer to send that registration's link again."""
    known = request.session.get(OTHER) or {}
    other = of_session(request, known.get("registration"))
    if other is None:
        return redirect("repatriation:register")
    context = {
        "said": known["said"],
        "phone": mask(other.phone),
        "own": other.code if verified_phone(request) == other.phone else "",
        "people_url": known["people_url"],
    }
    return render(request, "repatriation/registration/already.html", context)


@never_cache
@login_not_required
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Send the link of that registration again, only to its own phone."""
    known = request.session.get(OTHER) or {}
    other = of_session(request, known.get("registration"))
    if other is None:
        return redirect("repatriation:register")
    if send_link_again(other):
        messages.success(request, _("Đã gửi lại đường dẫn tới số %(phone)s.") % {"phone": mask(other.phone)})
    else:
        messages.info(
            request, _("Đường dẫn vừa được gửi. Vui lòng chờ tin nhắn, 10 phút sau mới gửi lại được.")
        )
    return redirect("repatriation:register_already")


@require_POST
@with_draft
def restart(request: HttpRequest, paper: Paper) -> HttpResponse:
    """Give up the draft and wipe its answers."""
    forget_consent(request)
    if paper.registration.pk is not None:
        abandon(paper.registration, by=family_actor(paper.draft.phone))
    messages.info(request, _("Đã xóa phần khai dở. Bắt đầu lại từ đầu."))
    return redirect("repatriation:register")
