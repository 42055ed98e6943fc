"""Transfers: asked for by the commune that answers, withdrawn by it, or given up after a refusal."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from citizens.models import Person
from portal.accounts.guards import demand, officer
from portal.accounts.roles import Permission
from portal.records.log import record_read
from portal.ui.asking import Question
from portal.ui.refusals import run_or_add_error, run_or_flash
from repatriation.forms import ReasonForm
from repatriation.handover import routing
from repatriation.handover.fetching import back, mine_as_sender, party_of
from repatriation.handover.forms import TransferForm
from repatriation.handover.transferring import may_transfer, people_around, transfer
from repatriation.handover.views import party_page
from repatriation.models import Handover
from repatriation.views_shared import officer_of


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.DECIDE_HANDOVERS)
def handover_transfer(request: HttpRequest, person_id: int) -> HttpResponse:
    """Ask another commune to take somebody, with those of the family who go along."""
    user = officer_of(request)
    visible = Person.objects.visible_to(user).select_related("responsible_place")
    person = get_object_or_404(visible, pk=person_id)
    demand(may_transfer(user, person))
    people = people_around(person, user)
    form = TransferForm(request.POST if request.method == "POST" else None, people=people)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        chosen = [one for one in people if one.pk in form.chosen()]
        names = ", ".join(f"{one.full_name}, {one.birth_year}" for one in chosen)
        question = Question(
            _("Chuyển %(name)s đến %(place)s?")
            % {"name": chosen[0].full_name, "place": data["to_place"].name},
            _("Gửi đề nghị chuyển"),
            lines=[
                ngettext("%(n)d người: %(names)s.", "%(n)d người: %(names)s.", len(chosen))
                % {"n": len(chosen), "names": names},
                _("Tới khi nơi đến tiếp nhận, %(place)s vẫn phụ trách.")
                % {"place": person.responsible_place.name if person.responsible_place else ""},
            ],
            always=True,
        )
        fields = {name: data[name] for name in ("to_place", "client_key", "reason", "address", "needs")}
        if run_or_add_error(request, form, lambda: transfer(chosen, by=user, **fields), question=question):
            messages.success(request, _("Đã gửi đề nghị đến %(place)s.") % {"place": data["to_place"].name})
            return redirect("repatriation:party", data["client_key"])
    record_read(
        user,
        "page",
        subject_type=Person._meta.label_lower,
        subject_ids=[one.pk for one in people],
        request=request,
        place=person.responsible_place,
    )
    waits = Handover.objects.visible_to(user).open().filter(person=person).select_related("to_place").first()
    context = {"form": form, "person": person, "waits": waits}
    status = 422 if form.is_bound else 200
    return render(request, "repatriation/handover/transfer.html", context, status=status)


@require_POST
@officer(Permission.DECIDE_HANDOVERS)
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take back a transfer that nobody has answered."""
    user = officer_of(request)
    rows = mine_as_sender(user, key)
    form = ReasonForm(request.POST, prefix="withdraw")
    if not form.is_valid():
        return party_page(request, party_of(user, key), withdraw_form=form)
    question = Question(
        _("Rút lại việc chuyển %(name)s?") % {"name": rows[0].person.full_name}, _("Rút lại"), always=True
    )
    reason = form.cleaned_data["reason"]
    if not run_or_add_error(
        request, form, lambda: routing.withdraw(rows, by=user, reason=reason), question=question
    ):
        return party_page(request, party_of(user, key), withdraw_form=form)
    messages.success(request, _("Đã rút lại. Nơi của anh/chị vẫn phụ trách."))
    return back(request, key)


@require_POST
@officer(Permission.DECIDE_HANDOVERS)
def keep(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give up a transfer that was refused: the people stay."""
    user = officer_of(request)
    rows = mine_as_sender(user, key)
    if run_or_flash(request, lambda: routing.keep(rows, by=user)):
        messages.success(request, _("Đã giữ lại. Nơi của anh/chị vẫn phụ trách."))
    return back(request, key)
