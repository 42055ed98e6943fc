"""Pages that save a draft and open it later, on any device, by a secret link or a proved phone."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from citizens.links import viewer_for
from citizens.models import SecretLink
from citizens.phones import mask
from citizens.verified import phone_required, viewer_of
from citizens.views_links import link_required
from repatriation.models import Registration
from repatriation.models.registration import RegistrationQuerySet, Status
from repatriation.registration.drafts import Draft
from repatriation.registration.saving import PURPOSE, kept_until, send_draft_link
from repatriation.registration.wizard import steps
from repatriation.registration.wizard.papers import Paper
from repatriation.registration.wizard.session import SAVING, remember, with_draft
from repatriation.registration.wizard.views import FORM_METHODS


@require_http_methods(FORM_METHODS)
@with_draft
def later(request: HttpRequest, paper: Paper) -> HttpResponse:
    """Send the draft's link to the proved phone; without one, lead to the page of the phone first."""
    if request.method == "POST" and not paper.draft.phone_confirmed:
        request.session[SAVING] = True
        return redirect(paper.of_question("phone"))
    if request.method == "POST":
        phone = {"phone": mask(paper.draft.phone)}
        if send_draft_link(paper.registration):
            messages.success(
                request,
                _("Đã lưu, đường dẫn khai tiếp đã nhắn tới %(phone)s. Có thể đóng trang này.") % phone,
            )
        else:
            messages.info(
                request,
                _("Đã lưu. Đường dẫn vừa được nhắn tới %(phone)s, 10 phút sau mới gửi lại được.") % phone,
            )
        return redirect("repatriation:register")
    context = {"paper": paper, "until": kept_until(paper.campaign), "back_url": paper.first_missing()}
    return render(request, "repatriation/registration/later.html", context)


@require_http_methods(FORM_METHODS)
@link_required(PURPOSE)
def resume(request: HttpRequest, link: SecretLink, _token: str) -> HttpResponse:
    """Open the draft by the link of the message. The POST goes on with it in this browser."""
    return _resume(request, Registration.objects.visible_to(viewer_for(link)))


@never_cache
@phone_required
@require_http_methods(FORM_METHODS)
def resume_mine(request: HttpRequest, code: str) -> HttpResponse:
    """Open the draft by the phone that was proved when it was saved."""
    rows = Registration.objects.visible_to(viewer_of(request)).filter(code=code)
    if not rows.exists():
        raise Http404
    return _resume(request, rows)


def _resume(request: HttpRequest, rows: RegistrationQuerySet) -> HttpResponse:
    row = rows.select_related("campaign").first()
    if row is None or row.status != Status.DRAFT:
        sent = row is not None and row.status != Status.WITHDRAWN
        return render(request, "repatriation/registration/draft_gone.html", {"sent": sent}, status=410)
    paper = Paper(row, Draft.from_json(row.draft))
    if request.method == "POST":
        remember(request, row)
        return redirect(paper.first_missing())
    answered = [step for step in steps.STEPS if step.number < steps.first_missing(paper.draft).number]
    context = {"people": len(paper.draft.people), "answered": len(answered) + 1, "total": steps.TOTAL}
    return render(request, "repatriation/registration/draft.html", context)
