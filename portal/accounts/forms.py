from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate, password_validation
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.places.fields import PlacePickerField
from portal.ui.forms import HelperMixin


class SignInForm(HelperMixin, forms.Form):
    """Name and password. A locked account is told so only when the password is right."""

    username = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    wrong = _("Tên đăng nhập hoặc mật khẩu chưa đúng. Sai năm lần liền, tài khoản sẽ tạm khóa 15 phút.")
    locked = _(
        "Tài khoản đang tạm khóa vì nhập sai nhiều lần. Vui lòng thử lại sau 15 phút, hoặc gọi quản trị."
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None
        self.failed = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("username") and data.get("password")):
            return data
        user = authenticate(self.request, username=data["username"], password=data["password"])
        if not isinstance(user, User):
            self.failed = True
            raise forms.ValidationError(self.wrong, code="wrong")
        if user.is_locked:
            raise forms.ValidationError(self.locked, code="locked")
        self.user = user
        return data


class PasswordForm(HelperMixin, forms.Form):
    old = forms.CharField(
        label=_("Mật khẩu hiện nay"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("Mật khẩu mới"),
        strip=False,
        help_text=_("Ít nhất 10 ký tự, không chỉ toàn số, không giống tên đăng nhập."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Nhập lại mật khẩu mới"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self.user.check_password(old):
            raise forms.ValidationError(_("Mật khẩu hiện nay chưa đúng."))
        return old

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        password_validation.validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("Hai lần nhập mật khẩu mới chưa giống nhau."))
        return data


class UserForm(HelperMixin, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["username", "full_name", "phone"]
        help_texts = {"username": _("Chữ thường không dấu và số, ví dụ: hanh.hungthuan")}
        error_messages = {"username": {"unique": _("Tên đăng nhập này đã có. Vui lòng chọn tên khác.")}}


class AssignmentForm(HelperMixin, forms.Form):
    role = forms.ChoiceField(label=_("Vai trò"), choices=Role.choices)
    place = PlacePickerField(label=_("Nơi công tác"))
