"""Forms about one family: actions by hand, corrections of an entry, and the family's own withdrawal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from citizens import codes
from citizens.forms import MobileField
from portal.ui.formats import vn_time, vn_weekday
from portal.ui.forms import HelperMixin, PhoneInput, offer_rows
from repatriation.forms import reason_field
from repatriation.models import Member, Registration, Trip


class HoldForm(HelperMixin, forms.Form):
    reason = reason_field()


class DuplicateForm(HelperMixin, forms.Form):
    """The other registration in which the family stands, by its code."""

    of = forms.CharField(
        label=_("Trùng với đăng ký mã"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Vui lòng ghi mã của đăng ký kia, ví dụ TN-7KQ2M-X.")},
    )
    reason = reason_field()

    def __init__(self, *args: Any, registrations: QuerySet[Registration], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.registrations = registrations

    def clean_of(self) -> Registration:
        try:
            code = codes.parse(self.cleaned_data["of"], settings.PORTAL_CODE_PREFIX)
        except codes.CodeError as error:
            raise forms.ValidationError(str(error)) from error
        registration = self.registrations.filter(code=code).first()
        if registration is None:
            raise forms.ValidationError(_("Không thấy đăng ký nào mang mã này. Vui lòng xem lại mã."))
        return registration


class ChosenTripForm(HelperMixin, forms.Form):
    """A trip that a coordinator chooses for one family."""

    trip = forms.ModelChoiceField(
        label=_("Chuyến"), queryset=Trip.objects.none(), empty_label=_("Chọn chuyến")
    )
    reason = reason_field()

    def __init__(self, *args: Any, trips: QuerySet[Trip], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "trip", trips, label=trip_label)


def trip_label(trip: Trip) -> str:
    return _("%(time)s %(day)s · %(pickup)s · còn %(free)d chỗ · %(code)s") % {
        "time": vn_time(trip.departs_at),
        "day": vn_weekday(trip.departs_at),
        "pickup": trip.pickup.name,
        "free": trip.seats_free,
        "code": trip.code,
    }


class SplitForm(HelperMixin, forms.Form):
    """The members who go into a registration of their own."""

    members = forms.ModelMultipleChoiceField(
        label=_("Tách ra thành đăng ký riêng"),
        queryset=Member.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Vui lòng đánh dấu ít nhất một người.")},
    )
    reason = reason_field()

    def __init__(self, *args: Any, members: QuerySet[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "members", members, label=lambda member: member.person.full_name)


class SpokenReasonForm(HelperMixin, forms.Form):
    """The reason that a family gives an officer for leaving the queue."""

    reason = forms.CharField(
        label=gettext_lazy("Vì sao không về nữa?"),
        help_text=gettext_lazy("Theo lời gia đình. Ghi vào nhật ký."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Vui lòng ghi vì sao, vài chữ cũng được.")},
    )


class EntryPhoneForm(HelperMixin, forms.Form):
    """The corrected phone of a family, from the officer who entered it."""

    phone = MobileField(
        label=gettext_lazy("Số di động đúng"),
        help_text=gettext_lazy("Vui lòng đọc lại số cho gia đình nghe. Đường dẫn được nhắn tới số này."),
        widget=PhoneInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Vui lòng ghi số di động nhận tin của gia đình.")},
    )


class WithdrawForm(HelperMixin, forms.Form):
    """The reason that a family writes itself when it withdraws; may be empty."""

    reason = forms.CharField(
        label=_("Vì sao?"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("Lý do dài nhất 300 ký tự. Vui lòng ghi ngắn lại.")},
    )

    def clean_reason(self) -> str:
        return " ".join(self.cleaned_data["reason"].split())
