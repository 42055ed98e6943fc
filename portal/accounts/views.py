"""Signing in and out, one's own password, and the accounts that an administrator manages."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts import actions, requesting
from portal.accounts.demo import demo_sign_ins
from portal.accounts.device_key import take_device_key
from portal.accounts.devices import device_of, remember_device
from portal.accounts.forms import AssignmentForm, PasswordForm, SignInForm, UserForm
from portal.accounts.guards import OfficerRequest, demand, officer
from portal.accounts.halves import first_half_for
from portal.accounts.models import RoleRequest, User
from portal.accounts.roles import FIRST_SCREENS, Permission
from portal.accounts.rules import (
    is_guarded,
    may_assign,
    may_decide_role,
    may_manage_account,
    may_renew_password,
    may_take_back,
)
from portal.places.order import given_name_first, vietnamese
from portal.records.log import client_address
from portal.ui.asking import Question, run_or_ask
from portal.ui.pagination import paginate
from portal.ui.redirects import redirect_next, safe_next


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    address = client_address(request)
    device = device_of(request, request.POST.get("username", "").strip())
    form = SignInForm(request.POST if request.method == "POST" else None, address=address, device=device)
    if form.is_valid() and form.user is not None:
        login(request, form.user)
        actions.note_sign_in(form.user, address=address)
        response = redirect_next(request, settings.LOGIN_REDIRECT_URL)
        remember_device(request, response, form.user.username)
        take_device_key(response)  # of whoever was signed in before
        return response
    context = {
        "form": form,
        "next": safe_next(request),
        "sign_ins": demo_sign_ins() if settings.PORTAL_DEMO else [],
    }
    return render(request, "accounts/sign_in.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    response = redirect("accounts:sign_in")
    take_device_key(response)
    return response


@require_GET
def first_screen(request: HttpRequest) -> HttpResponse:
    """Where this officer's work begins."""
    assert isinstance(request.user, User)
    for permission, url_name in FIRST_SCREENS:
        if request.user.may(permission):
            return redirect(url_name)
    waiting = request.user.role_requests.open().exclude(role="").select_related("place")
    return render(request, "accounts/no_assignment.html", {"waiting": waiting})


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    form = PasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        actions.change_password(request.user, form.cleaned_data["new"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Đã đổi mật khẩu."))
        return redirect("accounts:first_screen")
    return render(request, "accounts/password.html", {"form": form})


@require_GET
@officer(Permission.MANAGE_USERS)
def user_list(request: OfficerRequest) -> HttpResponse:
    query = request.GET.get("q", "").replace("\0", "").strip()
    users = User.objects.visible_to(request.user).search(query).prefetch_related("assignments__place")
    users = users.order_by(*vietnamese(given_name_first("full_name")), "pk")
    return render(request, "accounts/user_list.html", {"page": paginate(request, users), "query": query})


@require_http_methods(["GET", "HEAD", "POST"])
@officer(Permission.MANAGE_USERS)
def user_add(request: OfficerRequest) -> HttpResponse:
    form = UserForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user, password = actions.create_user(**form.cleaned_data, by=request.user)
        except IntegrityError:  # somebody else took the name a moment ago
            form.add_error("username", form.taken)
        else:
            text = _("Đã tạo tài khoản. Mật khẩu lần đầu: %(password)s") % {"password": password}
            messages.success(request, text)
            return redirect("accounts:user", user.pk)
    return render(request, "accounts/user_add.html", {"form": form})


@require_GET
@officer(Permission.MANAGE_USERS)
def user_page(request: OfficerRequest, pk: int) -> HttpResponse:
    return _user_page(request, _visible(request, pk), AssignmentForm())


@require_POST
@officer(Permission.MANAGE_USERS)
def user_assign(request: OfficerRequest, pk: int) -> HttpResponse:
    user = _visible(request, pk)
    form = AssignmentForm(request.POST)
    if not form.is_valid():
        return _user_page(request, user, form, status=422)
    demand(may_assign(request.user, user, form.cleaned_data["place"]))
    given = requesting.give_role(user, **form.cleaned_data, by=request.user)
    if isinstance(given, RoleRequest):
        text = _("Đã ghi đề nghị. Vai trò có hiệu lực khi một quản trị khác duyệt, chậm nhất trong 7 ngày.")
        messages.info(request, text)
    else:
        messages.success(request, _("Đã giao vai trò."))
    return redirect("accounts:user", user.pk)


@require_POST
@officer(Permission.MANAGE_USERS)
def user_end_assignment(request: OfficerRequest, pk: int, assignment_pk: int) -> HttpResponse:
    user = _visible(request, pk)
    assignment = get_object_or_404(user.assignments.select_related("place"), pk=assignment_pk)
    demand(may_assign(request.user, user, assignment.place))
    question = Question(
        _("Thôi giao vai trò này cho %(name)s?") % {"name": user.full_name},
        _("Thôi giao"),
        lines=[f"{assignment.get_role_display()}, {assignment.place.name}"],
        always=True,
    )
    run_or_ask(request, lambda: actions.end_assignment(assignment, by=request.user), question)
    messages.success(request, _("Đã thôi giao vai trò."))
    return redirect("accounts:user", user.pk)


@require_POST
@officer(Permission.MANAGE_USERS)
def user_reset_password(request: OfficerRequest, pk: int) -> HttpResponse:
    user = _visible(request, pk)
    demand(may_renew_password(request.user, user))
    question = _reset_question(user)
    given = run_or_ask(request, lambda: requesting.renew_password(user, by=request.user), question)
    if isinstance(given, RoleRequest):
        text = _("Đã ghi đề nghị. Mật khẩu cũ còn dùng được tới khi một quản trị khác duyệt, trong 7 ngày.")
        messages.info(request, text)
    else:
        messages.success(request, _("Mật khẩu mới, chỉ hiện một lần: %(password)s") % {"password": given})
    return redirect("accounts:user", user.pk)


def _reset_question(user: User) -> Question:
    if is_guarded(user):
        return Question(
            _("Đề nghị mật khẩu mới cho %(name)s?") % {"name": user.full_name},
            _("Gửi đề nghị"),
            lines=[
                _(
                    "Cán bộ này xem được sức khỏe, hàng chờ, nhật ký hoặc tài khoản, nên một quản trị khác phải duyệt."
                ),
                _(
                    "Khi được duyệt, anh/chị thấy nửa đầu của mật khẩu mới, người duyệt thấy nửa sau. Mỗi người đọc nửa "
                    "của mình cho cán bộ."
                ),
            ],
            always=True,
        )
    return Question(
        _("Đặt mật khẩu mới cho %(name)s?") % {"name": user.full_name},
        _("Đặt mật khẩu mới"),
        lines=[
            _("Mật khẩu cũ không dùng được nữa. Nơi nào đang đăng nhập bằng tài khoản này sẽ bị đăng xuất."),
            _("Mật khẩu mới chỉ hiện một lần, vui lòng đọc ngay cho người dùng."),
        ],
        always=True,
    )


@require_POST
@officer(Permission.MANAGE_USERS)
def user_set_active(request: OfficerRequest, pk: int) -> HttpResponse:
    user = _visible(request, pk)
    demand(user != request.user and may_manage_account(request.user, user))
    active = request.POST.get("active") == "1"
    run_or_ask(
        request,
        lambda: actions.set_active(user, active, by=request.user),
        Question(
            _("Mở lại tài khoản của %(name)s?") % {"name": user.full_name},
            _("Mở lại tài khoản"),
            always=True,
        )
        if active
        else Question(
            _("Ngừng tài khoản của %(name)s?") % {"name": user.full_name},
            _("Ngừng tài khoản"),
            lines=_roles_lines(user),
            always=True,
            is_grave=True,
        ),
    )
    messages.success(request, _("Đã lưu."))
    return redirect("accounts:user", user.pk)


def _roles_lines(user: User) -> list[str]:
    """Say what ends with the account: the sign-ins, and each role with its place."""
    roles = user.assignments.not_over().select_related("place")
    return [
        _("Nơi nào đang đăng nhập bằng tài khoản này sẽ bị đăng xuất. Mở lại được bất cứ lúc nào."),
        *(
            _("Vai trò %(role)s ở %(place)s ngừng theo tài khoản.")
            % {"role": one.get_role_display().lower(), "place": one.place.name}
            for one in roles
        ),
    ]


def _visible(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(User.objects.visible_to(request.user), pk=pk)


def _user_page(request: HttpRequest, account: User, form: AssignmentForm, status: int = 200) -> HttpResponse:
    assert isinstance(request.user, User)
    rows = [
        (assignment, may_assign(request.user, account, assignment.place))
        for assignment in account.assignments.not_over().select_related("place")
    ]
    requests = account.role_requests.open().select_related("user", "place", "requested_by")
    halves = (first_half_for(row, request.user) for row in account.role_requests.filter(gives_half=True))
    context = {
        "account": account,
        "assignments": rows,
        "role_requests": [
            (row, may_decide_role(request.user, row), may_take_back(request.user, row)) for row in requests
        ],
        "first_half": next(halves, ""),
        "form": form,
        "own": account == request.user,
        "is_guarded": is_guarded(account),
        "may_manage": may_manage_account(request.user, account),
    }
    return render(request, "accounts/user.html", context, status=status)
