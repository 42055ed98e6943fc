"""Forms of the questions. Each reads its initial values from the draft and returns a change of the draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens.forms import NameField, PhoneField
from citizens.phones import display, is_mobile
from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.places.models import Place, lower_type
from portal.places.order import by_name
from portal.ui.formats import vn_date
from portal.ui.forms import HelperMixin, VietnameseDateField
from repatriation.models import Campaign
from repatriation.models.registration import Reason
from repatriation.registration import consent
from repatriation.registration.drafts import Draft, DraftChange

OWN, RELATIVES = "own", "relatives"
FOR_WHOM = [
    (OWN, gettext_lazy("Cho gia đình tôi, tôi cùng về")),
    (RELATIVES, gettext_lazy("Cho người thân, tôi không đi cùng")),
]
ADDRESS = forms.TextInput(attrs={"autocomplete": "street-address"})


class ConsentForm(HelperMixin, forms.Form):
    """The consent, which is not ticked beforehand, and the campaign when several are open."""

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
    """The form of one question."""

    def __init__(self, data: Any = None, *, draft: Draft, campaign: Campaign) -> None:
        self.draft, self.campaign = draft, campaign
        super().__init__(data, initial=self.first_values(draft))

    def first_values(self, draft: Draft) -> dict[str, Any]:
        raise AssertionError("each question reads its own fields of the draft")

    def change(self) -> DraftChange:
        """Return the effect of a valid answer on the draft."""
        raise AssertionError("each question changes its own fields of the draft")

    def partial_change(self) -> DraftChange:
        """Return the effect of a half-filled page that is saved for later."""
        return self.change() if self.is_valid() and self.has_changed() else lambda draft: draft


class PlaceStepForm(StepForm):
    """The form of a place and an address; `COLUMNS` maps its fields to fields of the draft."""

    COLUMNS: Mapping[str, str]

    def first_values(self, draft: Draft) -> dict[str, Any]:
        return {name: getattr(draft, column) for name, column in self.COLUMNS.items()}

    def change(self) -> DraftChange:
        """Return the change by all valid fields, also when another field is not valid."""
        data = {name: getattr(value, "pk", value) for name, value in self.cleaned_data.items()}
        values = {column: data[name] for name, column in self.COLUMNS.items() if name in data}
        return lambda draft: replace(draft, **values)

    def partial_change(self) -> DraftChange:
        self.full_clean()
        return self.change()


def require_origin(place: Place, campaign: Campaign) -> None:
    """Require a place from which the campaign brings people home. Raises `ValidationError`."""
    origins = list(campaign.origins.all())
    if origins and not any(origin.contains(place) for origin in origins):
        raise ValidationError(origins_sentence(origins))


def origins_sentence(origins: Iterable[Place]) -> str:
    return _("Đợt này chỉ đón từ: %(places)s. Nếu gia đình ở nơi khác, vui lòng gọi %(hotline)s.") % {
        "places": ", ".join(lower_type(origin) for origin in by_name(origins)),
        "hotline": settings.PORTAL_HOTLINE,
    }


def offer_origins(field: PlacePickerField, campaigns: Iterable[Campaign]) -> None:
    """Offer only the places from which one of the campaigns brings people home."""
    origins_of_each = [list(campaign.origins.all()) for campaign in campaigns]
    if not all(origins_of_each):
        return  # a campaign without origins takes people from everywhere
    origins = {origin.pk: origin for one in origins_of_each for origin in one}
    field.offer_only(origin.path for origin in origins.values())
    if len(origins_of_each) == 1:
        field.error_messages["outside"] = origins_sentence(origins.values()).replace("%", "%%")


class OriginForm(PlaceStepForm):
    COLUMNS = MappingProxyType({"origin": "origin", "address": "origin_address"})
    origin = PlacePickerField(
        label=gettext_lazy("Tỉnh, thành phố hoặc xã, phường đang ở"),
        help_text=gettext_lazy("Gõ vài chữ, có dấu hay không dấu đều được. Ví dụ: phường 5, gò vấp."),
        kinds=(Place.Kind.PROVINCE, Place.Kind.COMMUNE),
    )
    address = forms.CharField(
        label=gettext_lazy("Số nhà, đường, khu trọ"),
        help_text=gettext_lazy("Để cán bộ tìm gặp khi cần."),
        max_length=200,
        required=False,
        widget=ADDRESS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        origin: Any = self.fields["origin"]
        offer_origins(origin, [self.campaign])

    def clean_origin(self) -> Place:
        place: Place = self.cleaned_data["origin"]
        require_origin(place, self.campaign)
        return place


class HomeForm(PlaceStepForm):
    COLUMNS = MappingProxyType({"home": "home", "address": "home_address"})
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

    def change(self) -> DraftChange:
        reasons = tuple(self.cleaned_data["reasons"])
        return lambda draft: replace(draft, reasons=reasons)


class TravelForm(StepForm):
    travel_from = VietnameseDateField(
        ahead=True,
        label=gettext_lazy("Đi được từ ngày"),
        help_text=gettext_lazy("Chưa đi được ngay thì ghi ngày sớm nhất đi được."),
        required=False,
    )
    travel_until = VietnameseDateField(
        ahead=True,
        label=gettext_lazy("Đi được đến hết ngày"),
        help_text=gettext_lazy("Chỉ ghi nếu sau ngày này gia đình không đi được nữa."),
        required=False,
    )

    def first_values(self, draft: Draft) -> dict[str, Any]:
        first, last = draft.travel_days
        return {"travel_from": first, "travel_until": last}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("travel_from"), data.get("travel_until")
        told_before, _last = self.draft.travel_days
        for name, sentence in travel_errors(first, last, self.campaign, told_before=told_before).items():
            self.add_error(name, sentence)
        return data

    def change(self) -> DraftChange:
        data = self.cleaned_data
        days: dict[str, Any] = {name: str(data[name] or "") for name in ("travel_from", "travel_until")}
        return lambda draft: replace(draft, **days, travel_told=True)


def travel_errors(
    first: dt.date | None, last: dt.date | None, campaign: Campaign, *, told_before: dt.date | None = None
) -> dict[str, str]:
    """Return the errors of a family's travel days, by field.

    A first day in the past is an error, unless it is the day `told_before` that has passed since.
    """
    errors = {}
    if first and first < timezone.localdate() and first != told_before:
        errors["travel_from"] = _("Ngày này đã qua. Đi được ngay thì vui lòng bỏ trống ô này.")
    elif first and first > campaign.ends_on:
        errors["travel_from"] = _(
            "Đợt này kết thúc ngày %(date)s. Vui lòng ghi ngày sớm hơn, hoặc chờ đợt sau."
        ) % {"date": vn_date(campaign.ends_on)}
    if last and last < timezone.localdate():
        errors["travel_until"] = _("Ngày này đã qua. Vui lòng ghi ngày sắp tới, hoặc bỏ trống.")
    elif first and last and last < first:
        errors["travel_until"] = _("Ngày cuối phải bằng hoặc sau ngày %(date)s.") % {"date": vn_date(first)}
    elif last and last < campaign.starts_on:
        errors["travel_until"] = _("Đợt này bắt đầu ngày %(date)s. Vui lòng ghi ngày muộn hơn.") % {
            "date": vn_date(campaign.starts_on)
        }
    return errors


class FamilyPhoneForm(StepForm):
    """The family's phone, and the name of a contact who registers relatives."""

    for_whom = forms.ChoiceField(
        label=gettext_lazy("Anh/chị đăng ký cho ai?"),
        choices=FOR_WHOM,
        widget=forms.RadioSelect,
        required=False,
    )
    contact_name = NameField(label=gettext_lazy("Họ và tên của anh/chị"), required=False)
    contact_relation = forms.CharField(
        label=gettext_lazy("Anh/chị là gì của gia đình?"),
        help_text=gettext_lazy("Ví dụ: con gái, anh trai, hàng xóm."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = PhoneField(
        label=gettext_lazy("Số điện thoại di động"),
        help_text=gettext_lazy(
            "Cổng nhắn mã xác nhận và tin về chuyến xe tới số này. Cả nhà dùng chung được."
        ),
    )
    layout = (
        "for_whom",
        Div("contact_name", "contact_relation", css_class="for-relatives"),
        "phone",
    )
    depends = ("for_whom", "contact_name", "contact_relation")

    def first_values(self, draft: Draft) -> dict[str, Any]:
        return {
            "for_whom": RELATIVES if draft.contact_name else OWN,
            "contact_name": draft.contact_name,
            "contact_relation": draft.contact_relation,
            "phone": display(draft.phone) if draft.phone else "",
        }

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if not is_mobile(phone):
            raise ValidationError(_("Số này không nhận được tin nhắn. Vui lòng nhập một số di động."))
        return phone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("for_whom") == RELATIVES:
            if not data.get("contact_name"):
                self.add_error("contact_name", _("Vui lòng ghi họ tên, để xã biết hỏi lại ai."))
            if not data.get("contact_relation"):
                self.add_error("contact_relation", _("Vui lòng ghi quan hệ với gia đình, ví dụ con gái."))
        elif "for_whom" not in self.errors:
            data["contact_name"] = data["contact_relation"] = ""
        return data

    def change(self) -> DraftChange:
        data = self.cleaned_data
        contact = {name: data[name] for name in ("contact_name", "contact_relation")}

        def changed(draft: Draft) -> Draft:
            draft = replace(draft, **contact)
            if draft.phone == data["phone"]:
                return draft
            return replace(draft, phone=data["phone"], phone_confirmed="")  # the new phone must be proved

        return changed
