from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.models import Office, Procedure, Slot
from citizens import phones
from citizens.forms import CodeForm, NameField, PhoneField
from portal.ui.forms import ClientKeyMixin, HelperMixin, offer_choices

# The text that a citizen agrees to; a new wording gets a new name, which the log stores with the booking.
CONSENT = "booking-1"


class ProcedureForm(HelperMixin, forms.Form):
    procedure = forms.ChoiceField(
        label=_("Thủ tục"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Vui lòng chọn một thủ tục."),
            "invalid_choice": _("Thủ tục này không còn nhận đặt lịch. Vui lòng chọn thủ tục khác."),
        },
    )

    def __init__(self, *args: Any, procedures: list[Procedure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "procedure", [(row.code, row.title) for row in procedures])


class OfficeForm(HelperMixin, forms.Form):
    office = forms.ChoiceField(
        label=_("Nơi làm thủ tục"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Vui lòng chọn một nơi."),
            "invalid_choice": _("Nơi này không còn nhận thủ tục đã chọn. Vui lòng chọn nơi khác."),
        },
    )

    def __init__(self, *args: Any, offices: list[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "office", [(row.slug, row.place.full_name) for row in offices])


class TimeForm(HelperMixin, forms.Form):
    slot = forms.TypedChoiceField(
        label=_("Giờ hẹn"),
        coerce=int,
        error_messages={
            "required": _("Vui lòng chọn một giờ còn chỗ."),
            "invalid_choice": _("Giờ này vừa hết chỗ. Vui lòng chọn giờ khác."),
        },
    )

    def __init__(self, *args: Any, slots: list[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "slot", [(slot.pk, str(slot.pk)) for slot in slots])


class DetailsForm(HelperMixin, ClientKeyMixin, forms.Form):
    full_name = NameField(
        label=_("Họ và tên người đến làm thủ tục"),
        help_text=_("Đặt giúp người nhà thì ghi tên người nhà."),
        error_messages={
            "max_length": _("Họ và tên dài nhất 120 chữ. Vui lòng ghi ngắn lại."),
        },
    )
    phone = PhoneField(
        label=_("Số điện thoại di động"), help_text=_("Cổng nhắn mã xác nhận và lịch hẹn tới số này.")
    )
    agree = forms.BooleanField(
        label=_("Tôi đồng ý để nơi làm thủ tục dùng họ tên và số điện thoại này cho lịch hẹn."),
        error_messages={"required": _("Cần anh/chị đồng ý thì mới ghi được lịch hẹn.")},
    )

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if not phones.is_mobile(phone):
            raise forms.ValidationError(
                _("Số này không nhận được tin nhắn. Vui lòng nhập số di động, ví dụ 0901 234 567.")
            )
        return phone


class ConfirmForm(ClientKeyMixin, CodeForm):
    """The form of the code from the message, with the client key of the details that it confirms."""
