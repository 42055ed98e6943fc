"""The second administrator's answer to what another one asked for: a role, or a new password."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts import requesting
from portal.accounts.guards import OfficerRequest, demand, officer
from portal.accounts.models import RoleRequest, User
from portal.accounts.roles import Permission
from portal.accounts.rules import may_decide_role, may_take_back
from portal.ui.asking import Question
from portal.ui.refusals import run_or_flash


@require_POST
@officer(Permission.MANAGE_USERS)
def role_request_step(request: OfficerRequest, pk: int, verb: str) -> HttpResponse:
    """Confirm, refuse or take back what was asked for."""
    rows = RoleRequest.objects.visible_to(request.user).select_related("user", "place", "requested_by")
    row: RoleRequest = get_object_or_404(rows, pk=pk)
    match verb:
        case "confirm":
            demand(may_decide_role(request.user, row))
            _confirm(request, row, request.user)
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


def _confirm(request: HttpRequest, row: RoleRequest, user: User) -> None:
    """Confirm, and show the second half of the password where the account gets a new one."""
    question = None
    if requesting.gives_password(row):
        question = Question(
            _("Duyệt %(what)s cho %(name)s?") % {"what": row.title.lower(), "name": row.user.full_name},
            _("Duyệt"),
            lines=[
                _(
                    "Mật khẩu cũ không dùng được nữa. Nơi nào đang đăng nhập bằng tài khoản này sẽ bị đăng xuất."
                ),
                _("Mật khẩu mới chia hai nửa: %(name)s thấy nửa đầu, anh/chị thấy nửa sau, chỉ hiện một lần.")
                % {"name": row.requester},
                _("Vui lòng đọc nửa sau cho chính cán bộ, không qua người đề nghị."),
            ],
            always=True,
        )
    half = run_or_flash(request, lambda: requesting.confirm_role(row, by=user), question=question)
    if half is None:
        return
    if not row.is_for_password:
        messages.success(request, _("Đã duyệt. Cán bộ làm việc được với vai trò này."))
    if half:
        text = _("Nửa sau của mật khẩu mới, chỉ hiện một lần: %(half)s. Nửa đầu do %(name)s đọc cho cán bộ.")
        messages.success(request, text % {"half": half, "name": row.requester})
