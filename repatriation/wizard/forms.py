"""One form for each question. Each reads its first values from the draft and gives back a changed one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens.forms import PhoneField
from citizens.phones import display, is_mobile
from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.places.models import Place, lower_type
from portal.ui.forms import HelperMixin
from repatriation import consent
from repatriation.drafts import Draft
from repatriation.models import Campaign
from repatriation.models.registration import Reason

ADDRESS = forms.TextInput(attrs={"autocomplete": "street-address"})
Change = Callable[[Draft], Draft]


class ConsentForm(HelperMixin, forms.Form):
    """Which campaign, when several are open, and an agreement that nobody ticked beforehand."""

    campaign = forms.ModelChoiceField(
        label=gettext_lazy("Đăng ký đợt nào?"),
        queryset=Campaign.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": gettext_lazy("Vui lòng chọn một đợt.")},
    )
    agreed = forms.BooleanField(
        label=consent.STATEMENT,
        error_messages={
            "required": gettext_lazy("Cần anh/chị đồng ý thì mới ghi được thông tin của gia đình.")
        },
    )

    def __init__(self, data: Any = None, *, campaigns: list[Campaign]) -> None:
        super().__init__(data)
        field: Any = self.fields["campaign"]
        field.queryset = Campaign.objects.filter(pk__in=[campaign.pk for campaign in campaigns])
        if len(campaigns) == 1:
            field.required, field.widget, field.initial = False, forms.HiddenInput(), campaigns[0]


class StepForm(HelperMixin, forms.Form):
    """A question of the wizard. `change()` is what a valid answer does to the draft."""

    def __init__(self, data: Any = None, *, draft: Draft, campaign: Campaign) -> None:
        self.draft, self.campaign = draft, campaign
        super().__init__(data, initial=self.first_values(draft))

    def first_values(self, draft: Draft) -> dict[str, Any]:
        raise AssertionError("each question says what it reads from the draft")

    def change(self) -> Change:
        raise AssertionError("each question says what it changes in the draft")


class OriginForm(StepForm):
    origin = PlacePickerField(
        label=gettext_lazy("Tỉnh, thành phố hoặc xã, phường đang ở"),
        help_text=gettext_lazy("Gõ vài chữ, có dấu hay không dấu đều được. Ví dụ: tân bình, dĩ an."),
        kinds=(Place.Kind.PROVINCE, Place.Kind.COMMUNE),
    )
    address = forms.CharField(
        label=gettext_lazy("Số nhà, đường, khu trọ"),
        help_text=gettext_lazy("Để cán bộ tìm gặp khi cần."),
        max_length=200,
        required=False,
        widget=ADDRESS,
    )

    def first_values(self, draft: Draft) -> dict[str, Any]:
        return {"origin": draft.origin, "address": draft.origin_address}

    def clean_origin(self) -> Place:
        place: Place = self.cleaned_data["origin"]
        origins = list(self.campaign.origins.all())
        if origins and not any(origin.contains(place) for origin in origins):
            raise ValidationError(
                _("Đợt này chỉ đón từ: %(places)s. Nếu gia đình ở nơi khác, vui lòng gọi %(hotline)s.")
                % {
                    "places": ", ".join(lower_type(origin) for origin in origins),
                    "hotline": settings.PORTAL_HOTLINE,
                }
            )
        return place

    def change(self) -> Change:
        place, address = self.cleaned_data["origin"], self.cleaned_data["address"]
        return lambda draft: replace(draft, origin=place.pk, origin_address=address)


class HomeForm(StepForm):
    home = PlacePickerField(
        label=gettext_lazy("Xã, phường ở quê"),
        help_text=gettext_lazy("Tên mới hay tên cũ trước tháng 7/2025 đều được. Ví dụ: đôn thuận."),
        under=home_path,
    )
    address = forms.CharField(
        label=gettext_lazy("Ấp, khu phố, số nhà"),
        help_text=gettext_lazy("Nơi gia đình sẽ ở khi về."),
        max_length=200,
        widget=ADDRESS,
        error_messages={"required": gettext_lazy("Vui lòng ghi ấp hoặc khu phố, để xã biết đón ở đâu.")},
    )

    def first_values(self, draft: Draft) -> dict[str, Any]:
        return {"home": draft.home, "address": draft.home_address}

    def change(self) -> Change:
        place, address = self.cleaned_data["home"], self.cleaned_data["address"]
        return lambda draft: replace(draft, home=place.pk, home_address=address)


class ReasonsForm(StepForm):
    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("Lý do gia đình cần về"),
        help_text=gettext_lazy("Chọn mọi lý do đúng với gia đình. Không có lý do nào thì bỏ trống."),
        choices=Reason.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def first_values(self, draft: Draft) -> dict[str, Any]:
        return {"reasons": list(draft.reasons or ())}

    def change(self) -> Change:
        reasons = tuple(self.cleaned_data["reasons"])
        return lambda draft: replace(draft, reasons=reasons)


class FamilyPhoneForm(StepForm):
    phone = PhoneField(
        label=gettext_lazy("Số điện thoại di động"),
        help_text=gettext_lazy(
            "Cổng nhắn mã xác nhận và tin về chuyến xe tới số này. Cả nhà dùng chung được."
        ),
    )

    def first_values(self, draft: Draft) -> dict[str, Any]:
        return {"phone": display(draft.phone) if draft.phone else ""}

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if not is_mobile(phone):
            raise ValidationError(_("Số này không nhận được tin nhắn. Vui lòng nhập một số di động."))
        return phone

    def change(self) -> Change:
        phone = self.cleaned_data["phone"]
        # Another number is to be confirmed again.
        return lambda draft: (
            draft if draft.phone == phone else replace(draft, phone=phone, phone_confirmed="")
        )
