"""Forms about a wrong phone: the family's request, and its home commune's decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens import codes
from citizens.forms import MobileField, read_number
from portal.places.models import Place
from portal.ui.forms import BirthField, HelperMixin, IdentityInput, offer_rows
from repatriation.models import PhoneCorrection
from repatriation.phones.actions import WrongPhone


class WrongPhoneForm(HelperMixin, forms.Form):
    """A request; only its shape is checked, so that nobody learns whether a registration matches."""

    identity = forms.CharField(
        label=gettext_lazy("Số căn cước, CMND hoặc hộ chiếu của một người trong đăng ký"),
        max_length=30,
        widget=IdentityInput,
        error_messages={"required": gettext_lazy("Vui lòng ghi số giấy tờ đã khai khi đăng ký.")},
    )
    birth = BirthField(
        label=gettext_lazy("Ngày sinh của người đó"),
        help_text=gettext_lazy("Ghi như khi đăng ký: ngày/tháng/năm, hoặc chỉ năm sinh."),
    )
    code = forms.CharField(
        label=gettext_lazy("Mã đăng ký"),
        help_text=gettext_lazy("Nếu còn giữ. Ví dụ: TN-4F7K2-9."),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone = MobileField(
        label=gettext_lazy("Số điện thoại đúng"),
        help_text=gettext_lazy("Cổng sẽ nhắn một mã 6 số tới số này."),
    )

    def clean_identity(self) -> str:
        return read_number(self.cleaned_data["identity"])

    def clean_code(self) -> str:
        text: str = self.cleaned_data["code"]
        if not text:
            return ""
        if not codes.is_code(text, settings.PORTAL_CODE_PREFIX):
            raise ValidationError(_("Mã này chưa đúng. Vui lòng xem lại trong tin nhắn, hoặc bỏ trống."))
        return codes.parse(text, settings.PORTAL_CODE_PREFIX)

    def claim(self) -> WrongPhone:
        data = self.cleaned_data
        return WrongPhone(data["identity"], data["birth"], data["phone"], data["code"])


class PhoneCheckedForm(HelperMixin, forms.Form):
    checked = forms.CharField(
        label=gettext_lazy("Đã kiểm tra thế nào?"),
        help_text=gettext_lazy("Ví dụ: gọi chị Hoa ở nhà, đọc đúng bốn số cuối. Ghi vào nhật ký."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Vui lòng ghi đã hỏi ai, đã so gì.")},
    )


class PhoneRevealForm(HelperMixin, forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Vì sao cần xem số đầy đủ?"),
        help_text=gettext_lazy("Ghi vào nhật ký cùng lượt xem."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Vui lòng ghi lý do, ví dụ: gọi người xin đổi để kiểm tra.")
        },
    )


class PhoneRefusalForm(HelperMixin, forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Vì sao chưa đổi được?"),
        help_text=gettext_lazy("Lý do được nhắn tới số mới."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Vui lòng ghi lý do, để gia đình biết cần làm gì.")},
    )


class PhoneCorrectionFilter(HelperMixin, forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Họ tên hoặc mã đăng ký"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Trạng thái"),
        required=False,
        choices=[*PhoneCorrection.Status.choices, ("all", gettext_lazy("Tất cả"))],
    )
    commune = forms.ModelChoiceField(
        label=gettext_lazy("Xã, phường"),
        queryset=Place.objects.none(),
        required=False,
        empty_label=gettext_lazy("Mọi nơi"),
    )

    def __init__(self, *args: Any, communes: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "commune", communes)
        if len(communes[:2]) < 2:  # an officer of one commune has nothing to choose
            del self.fields["commune"]
