"""The commune's answers: accepted, one family or several at once; refused; at home; and taken back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import UUIDField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from portal.accounts.guards import officer
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.ui.asking import Question
from portal.ui.redirects import redirect_next
from portal.ui.refusals import run_or_add_error, run_or_flash
from repatriation.editing import decided_sentence
from repatriation.handover import actions, undoing
from repatriation.handover.fetching import back, mine_to_decide, party_of, readable, waiting_for
from repatriation.handover.forms import RefuseForm
from repatriation.handover.parties import RELATED, with_flags
from repatriation.handover.shared import by_party
from repatriation.handover.views import party_page
from repatriation.handover.words import acceptance_lines, home_lines
from repatriation.models import Handover
from repatriation.rules import may_decide
from repatriation.views_shared import officer_of

ROW = "row"  # the name of the tick boxes
MOST_TICKED = 50  # families of one page


@require_POST
@officer(Permission.DECIDE_HANDOVERS)
def accept(request: HttpRequest, key: UUID) -> HttpResponse:
    """Accept everybody of the party, after the people and what they need were read."""
    user = officer_of(request)
    rows = mine_to_decide(user, key)
    question = Question(
        _("Tiếp nhận %(name)s và gia đình?") % {"name": rows[0].person.full_name}
        if len(rows) > 1
        else _("Tiếp nhận %(name)s?") % {"name": rows[0].person.full_name},
        _("Tiếp nhận"),
        lines=acceptance_lines(user, [rows]),
        always=True,
    )
    taken = run_or_flash(request, lambda: actions.accept(rows, by=user), question=question)
    if taken is not None:
        messages.success(
            request,
            _("Đã tiếp nhận %(name)s (%(count)d người). Quyết định cách ly đã được lập.")
            % {"name": rows[0].person.full_name, "count": len(taken)},
        )
    return back(request, key)


@require_POST
@officer(Permission.DECIDE_HANDOVERS)
def accept_many(request: HttpRequest) -> HttpResponse:
    """Accept the ticked families. Whoever needs somebody at once is named before."""
    user = officer_of(request)
    keys = {key for text in request.POST.getlist(ROW)[:MOST_TICKED] if (key := _key(text)) is not None}
    ticked = Handover.objects.visible_to(user).filter(party__in=keys)
    rows = list(with_flags(ticked & waiting_for(user)).select_related(*RELATED).order_by("pk"))
    if not rows:
        _flash_nothing_to_accept(request, user, keys)
        return redirect_next(request, "repatriation:handover_list")
    families = by_party(rows)
    question = Question(
        ngettext("Tiếp nhận %(n)d gia đình?", "Tiếp nhận %(n)d gia đình?", len(families))
        % {"n": len(families)},
        _("Tiếp nhận tất cả"),
        lines=acceptance_lines(user, families),
        always=True,
    )
    result = run_or_flash(request, lambda: actions.accept_many(rows, by=user), question=question)
    if result is not None:
        taken = {"families": len(by_party(result.taken)), "people": len(result.taken)}
        messages.success(request, _("Đã tiếp nhận %(families)d gia đình, %(people)d người.") % taken)
        for family in by_party(result.late):
            messages.info(request, decided_sentence(family))
    return redirect_next(request, "repatriation:handover_list")


def _key(text: str) -> UUID | None:
    try:
        key: UUID | None = UUIDField(required=False).clean(text)
    except ValidationError:
        return None
    return key


def _flash_nothing_to_accept(request: HttpRequest, user: User, keys: set[UUID]) -> None:
    """Say why none of the ticked families can be accepted: none was ticked, or others were faster."""
    rows = Handover.objects.visible_to(user).filter(party__in=keys)
    gone = list(rows.select_related("person", "to_place", "decided_by").order_by("pk"))
    late = [row for row in gone if may_decide(user, row)]
    if not late:
        messages.error(request, _("Chưa chọn gia đình nào. Vui lòng đánh dấu rồi bấm lại."))
    for family in by_party(late)[:3]:
        messages.error(request, decided_sentence(family))


@require_POST
@officer(Permission.DECIDE_HANDOVERS)
def refuse(request: HttpRequest, key: UUID) -> HttpResponse:
    """Refuse the party; the sending place and the province are told at once."""
    user = officer_of(request)
    rows = mine_to_decide(user, key)
    form = RefuseForm(request.POST, prefix="refuse")
    if not form.is_valid():
        return party_page(request, party_of(user, key), refuse_form=form)
    question = Question(
        _("Trả lại %(name)s cho nơi gửi?") % {"name": rows[0].person.full_name}, _("Trả lại"), always=True
    )
    data = form.cleaned_data
    done = run_or_add_error(
        request,
        form,
        lambda: actions.refuse(
            rows, by=user, reason=data["reason"], proposed_place=data.get("proposed_place")
        ),
        question=question,
    )
    if not done:
        return _kept(request, user, key, form)
    messages.success(
        request, _("Đã trả lại. Nơi gửi vẫn lo cho gia đình, tỉnh đã được báo để thu xếp nơi khác.")
    )
    return back(request, key)


def _kept(request: HttpRequest, user: User, key: UUID, form: RefuseForm) -> HttpResponse:
    """Show what was typed with the refusal; whoever may not read the party any more reads the refusal alone."""
    rows = readable(user, key)
    if rows:
        return party_page(request, rows, refuse_form=form)
    for sentence in form.non_field_errors():
        messages.error(request, str(sentence))
    return redirect("repatriation:handover_list")


@require_POST
@officer(Permission.DECIDE_HANDOVERS)
def undo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take back one's own answer, some minutes after it."""
    user = officer_of(request)
    rows = mine_to_decide(user, key)
    question = Question(
        _("Rút lại câu trả lời về %(name)s?") % {"name": rows[0].person.full_name},
        _("Rút lại"),
        lines=[_("Gia đình trở lại trạng thái chờ tiếp nhận, nơi gửi lo cho họ trong lúc chờ.")],
        always=True,
    )
    if run_or_flash(request, lambda: undoing.undo(rows, by=user), question=question):
        messages.success(request, _("Đã rút lại. Gia đình đang chờ tiếp nhận."))
    return back(request, key)


@require_POST
@officer(Permission.DECIDE_HANDOVERS)
def confirm_home(request: HttpRequest, key: UUID) -> HttpResponse:
    """Confirm that those of the party who go home reached it."""
    user = officer_of(request)
    rows = mine_to_decide(user, key)
    question = Question(
        _("%(name)s đã về nhà an toàn?") % {"name": _home_first(rows).person.full_name},
        _("Đã về nhà an toàn"),
        lines=home_lines(user, rows),
        always=True,
    )
    if run_or_flash(request, lambda: actions.confirm_home(rows, by=user), question=question):
        messages.success(request, _("Đã xác nhận về nhà an toàn."))
    return back(request, key)


def _home_first(rows: list[Handover]) -> Handover:
    return next((row for row in rows if row.waits_for_home), rows[0])
