"""The second administrator's answer to a role that another one asked for."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts import requesting
from portal.accounts.guards import OfficerRequest, demand, officer
from portal.accounts.models import RoleRequest
from portal.accounts.roles import Permission
from portal.accounts.rules import may_decide_role, may_take_back
from portal.ui.refusals import run_or_flash


@require_POST
@officer(Permission.MANAGE_USERS)
def role_request_step(request: OfficerRequest, pk: int, verb: str) -> HttpResponse:
    """Confirm, refuse or take back a requested role."""
    rows = RoleRequest.objects.visible_to(request.user).select_related("user", "place", "requested_by")
    row: RoleRequest = get_object_or_404(rows, pk=pk)
    match verb:
        case "confirm":
            demand(may_decide_role(request.user, row))
            if run_or_flash(request, lambda: requesting.confirm_role(row, by=request.user)):
                messages.success(request, _("Đã duyệt. Cán bộ làm việc được với vai trò này."))
        case "refuse":
            demand(may_decide_role(request.user, row))
            if run_or_flash(request, lambda: requesting.refuse_role(row, by=request.user)):
                messages.success(request, _("Đã ghi không duyệt. Người đề nghị sẽ thấy ở “Hôm nay”."))
        case "take-back":
            demand(may_take_back(request.user, row))
            if run_or_flash(request, lambda: requesting.refuse_role(row, by=request.user)):
                messages.success(request, _("Đã rút đề nghị."))
        case _:
            raise Http404
    return redirect("accounts:user", row.user_id)
