from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.signing_in import check_sign_in
from portal.places.fields import PlacePickerField
from portal.places.models import Place
from portal.records.refusals import Refused
from portal.ui.forms import HelperMixin

LONGEST_PASSWORD = 128


def not_too_long(password: str) -> None:
    """Refuse a longer password, the same when it is set and when it is entered.

    It is no `max_length`: the browser would cut a longer one silently.
    """
    if len(password) > LONGEST_PASSWORD:
        raise forms.ValidationError(_("Mật khẩu dài nhất 128 ký tự. Vui lòng rút ngắn lại."))


class SignInForm(HelperMixin, forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        validators=[not_too_long],
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, address: str | None = None, device: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address, self.device = address, device
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("username") and data.get("password")):
            return data
        try:
            self.user = check_sign_in(
                data["username"], data["password"], address=self.address, device=self.device
            )
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return data


class PasswordForm(HelperMixin, forms.Form):
    old = forms.CharField(
        label=_("Mật khẩu hiện nay"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("Mật khẩu mới"),
        validators=[not_too_long],
        strip=False,
        help_text=_(
            "Từ 10 đến 128 ký tự, không giống tên đăng nhập. Dễ nhớ mà khó đoán: ghép vài từ không liên quan."
        ),
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
        if self.user.check_password(new):
            raise forms.ValidationError(
                _("Mật khẩu mới phải khác mật khẩu hiện nay. Vui lòng đặt mật khẩu khác.")
            )
        password_validation.validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("Hai lần nhập mật khẩu mới chưa giống nhau."))
        return data


class UserForm(HelperMixin, forms.ModelForm):
    username = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=60,
        help_text=_("Chữ thường không dấu và số, ví dụ: hanh.hungthuan"),
        validators=[
            RegexValidator(
                r"^[a-z0-9][a-z0-9._-]*\Z",
                _(
                    "Tên đăng nhập chỉ gồm chữ thường không dấu, số, dấu chấm và gạch nối, "
                    "ví dụ hanh.hungthuan. Vui lòng sửa lại."
                ),
            )
        ],
    )
    taken = _("Tên đăng nhập này đã có. Vui lòng chọn tên khác.")

    class Meta:
        model = User
        fields = ["username", "full_name", "phone"]
        error_messages = {"username": {"unique": _("Tên đăng nhập này đã có. Vui lòng chọn tên khác.")}}

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(self.taken)
        return username


class AssignmentForm(HelperMixin, forms.Form):
    role = forms.ChoiceField(label=_("Vai trò"), choices=Role.choices)
    place = PlacePickerField(label=_("Nơi công tác"), kinds=Place.Kind.values)
