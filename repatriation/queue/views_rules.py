"""The officers' pages of the rules of the queue: versions, their preview, and their approval by two officers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.guards import demand, officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.log import history
from portal.records.transitions import allowed
from portal.ui.asking import Question
from portal.ui.refusals import run_or_flash
from repatriation.forms import ReasonForm
from repatriation.models import Campaign, Registration, RuleSet
from repatriation.queue import actions as rule_sets
from repatriation.queue import rescoring
from repatriation.queue.forms import RulesFormSet, SourceForm, StartForm, lines_of
from repatriation.queue.predicates import sentence
from repatriation.queue.preview import QueueMove, preview
from repatriation.queue.rule_words import compare
from repatriation.rules import may_set_rules
from repatriation.views_shared import officer_of

STEPS = {"propose": rule_sets.propose, "publish": rule_sets.publish, "cancel": rule_sets.cancel}
IN_WORK = (RuleSet.Status.DRAFT, RuleSet.Status.PROPOSED)


@require_GET
@officer(Permission.SEE_QUEUE)
def rule_list(request: HttpRequest) -> HttpResponse:
    """List the versions of each campaign: the one in force, the one in work, and the earlier ones."""
    user = officer_of(request)
    campaigns = Campaign.objects.select_related("rule_set").prefetch_related("versions")
    context = {"rows": [_row(campaign) for campaign in campaigns], "may_set": may_set_rules(user)}
    return render(request, "repatriation/queue/rule_list.html", context)


def _row(campaign: Campaign) -> dict[str, Any]:
    versions = sorted(campaign.versions.all(), key=lambda version: -version.pk)
    start = {"campaign": campaign.pk, "based_on": campaign.rule_set_id}
    return {
        "campaign": campaign,
        "in_work": next((one for one in versions if one.status in IN_WORK), None),
        "earlier": [one for one in versions if one.status == RuleSet.Status.REPLACED],
        "start": StartForm(initial=start, auto_id=f"start-{campaign.pk}-%s"),
    }


@require_POST
@officer(Permission.PUBLISH_RULES)
def rule_add(request: HttpRequest) -> HttpResponse:
    user = _setter(request)
    form = StartForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Vui lòng chọn bản để soạn từ đó."))
        return redirect("repatriation:rule_list")
    data = form.cleaned_data
    created = run_or_flash(
        request, lambda: rule_sets.draft_version(data["campaign"], data["based_on"], by=user)
    )
    return redirect("repatriation:rule_edit", created.pk) if created else redirect("repatriation:rule_list")


@require_GET
@officer(Permission.SEE_QUEUE)
def rule_set(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version: its rules beside those before, and its preview or the progress of the rescoring."""
    user = officer_of(request)
    version = get_object_or_404(RuleSet.objects.select_related("campaign__rule_set", "based_on"), pk=pk)
    campaign, may_set = version.campaign, may_set_rules(user)
    in_work = version.status in IN_WORK
    context: dict[str, Any] = {
        "version": version,
        "campaign": campaign,
        "steps": _steps(version),
        "before": campaign.rule_set if campaign and in_work else version.based_on,
        "may_edit": may_set and allowed(version, "propose"),
        "may_publish": may_set and allowed(version, "publish") and version.proposed_by_id != user.pk,
        "may_send_back": may_set and allowed(version, "redraft"),
        "may_cancel": may_set and allowed(version, "cancel"),
        "own_proposal": may_set and version.proposed_by_id == user.pk and allowed(version, "publish"),
        "reason_form": ReasonForm(),
    }
    context["lines"] = compare(context["before"].rules if context["before"] else [], version.rules)
    if campaign and in_work:
        context["preview"] = moves = preview(version, campaign)
        context["directions"] = [
            (_("Lên cao hơn"), moves.rise, _shown(moves.risers, user)),
            (_("Xuống thấp hơn"), moves.fall, _shown(moves.fallers, user)),
        ]
    elif campaign and campaign.rule_set_id == version.pk and campaign.rescoring_since:
        context["progress"] = rescoring.progress(campaign)
    return render(request, "repatriation/queue/rule_set.html", context)


def _shown(moves: list[QueueMove], user: User) -> list[dict[str, Any]]:
    """Return the moves of families that the officer may see, with their reasons by the new rules."""
    wanted = [move.registration_id for move in moves]
    rows = (
        Registration.objects.visible_to(user, Permission.SEE_QUEUE)
        .select_related("home_commune")
        .in_bulk(wanted)
    )
    return [
        {"move": move, "family": rows[move.registration_id], "why": sentence(move.reasons)}
        for move in moves
        if move.registration_id in rows
    ]


def _steps(version: RuleSet) -> list[dict[str, Any]]:
    """Return the version's history, oldest first, for `ui/_steps.html`."""
    return [
        {
            "title": event.verb_label,
            "time": event.at,
            "text": " · ".join(filter(None, [event.actor_label, event.reason])),
            "state": "done",
        }
        for event in history(version)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.PUBLISH_RULES)
def rule_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the draft. Saving leads to its preview."""
    user = _setter(request)
    version = get_object_or_404(RuleSet.objects.select_related("campaign"), pk=pk)
    if not allowed(version, "propose"):
        messages.info(request, _("Bản này không còn ở bước soạn nên không sửa được."))
        return redirect("repatriation:rule_set", pk)
    source = SourceForm(
        request.POST or None, initial={"source": version.source, "source_en": version.source_en}
    )
    stored = None if request.method == "POST" else lines_of(version)
    lines: Any = RulesFormSet(request.POST or None, initial=stored, prefix="rules")
    if request.method == "POST" and all([source.is_valid(), lines.is_valid()]):
        texts, rules = source.cleaned_data, lines.rules()
        if run_or_flash(request, lambda: rule_sets.edit_version(version, rules, **texts, by=user)):
            messages.success(request, _("Đã lưu bản soạn. Dưới đây là những gì bản này sẽ làm thay đổi."))
        return redirect("repatriation:rule_set", pk)
    context = {"version": version, "form": source, "lines": lines}
    return render(
        request, "repatriation/queue/rule_edit.html", context, status=422 if source.is_bound else 200
    )


@require_POST
@officer(Permission.PUBLISH_RULES)
def rule_step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Propose, publish or cancel the version."""
    user = _setter(request)
    if verb not in STEPS:
        raise Http404
    version = get_object_or_404(RuleSet.objects.all(), pk=pk)
    question = Question(
        _("Áp dụng bộ tiêu chí này cho hàng chờ?"),
        _("Áp dụng"),
        lines=[_("Cả hàng chờ được tính lại điểm. Muốn trở lại, cần soạn và duyệt một bản mới.")],
        always=True,
    )
    changed_version = run_or_flash(
        request, lambda: STEPS[verb](version, by=user), question=question if verb == "publish" else None
    )
    if changed_version is not None:
        sentences = {
            "propose": _("Đã đề nghị. Một cán bộ điều phối khác cần duyệt."),
            "publish": _("Đã áp dụng. Hàng chờ đang được tính lại điểm."),
            "cancel": _("Đã bỏ bản soạn."),
        }
        messages.success(request, sentences[verb])
    return redirect("repatriation:rule_set", pk)


@require_POST
@officer(Permission.PUBLISH_RULES)
def rule_send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the version back to its draft, with a reason."""
    user = _setter(request)
    version = get_object_or_404(RuleSet.objects.all(), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Vui lòng ghi lý do trả lại."))
    elif run_or_flash(
        request, lambda: rule_sets.send_back(version, by=user, reason=form.cleaned_data["reason"])
    ):
        messages.success(request, _("Đã trả lại để sửa."))
    return redirect("repatriation:rule_set", pk)


def _setter(request: HttpRequest) -> User:
    """Return the officer; 403 unless they hold the right over the whole home province."""
    user = officer_of(request)
    demand(may_set_rules(user))
    return user
