"""One form for each question. Each reads its first values from the draft and gives back a changed one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens import identity
from citizens.forms import PhoneField
from citizens.models import Person
from citizens.phones import display, is_mobile
from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.places.models import Place, lower_type
from portal.ui.forms import BirthField, ClientKeyMixin, HelperMixin, IdentityInput, NameInput
from repatriation import consent
from repatriation.drafts import IDENTITY_AGE, Draft, PersonEntry, written
from repatriation.models import Campaign
from repatriation.models.registration import Reason

ADDRESS = forms.TextInput(attrs={"autocomplete": "street-address"})
LONGEST_NUMBER = 12
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
                % {"places": ", ".join(lower_type(origin) for origin in origins), "hotline": settings.PORTAL_HOTLINE}
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


class PersonForm(HelperMixin, ClientKeyMixin, forms.Form):
    """Who comes along. A card's QR text fills the fields in; what looks odd is said later, not refused."""

    card = forms.CharField(
        label=gettext_lazy("Nội dung mã QR trên thẻ căn cước"),
        help_text=gettext_lazy("Quét bằng máy quét hoặc dán vào đây, rồi bấm “Điền từ thẻ”."),
        required=False,
        max_length=600,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    full_name = forms.CharField(
        label=gettext_lazy("Họ và tên"),
        max_length=120,
        widget=NameInput,
        error_messages={"required": gettext_lazy("Vui lòng ghi họ và tên như trên giấy tờ.")},
    )
    birth = BirthField(label=gettext_lazy("Ngày sinh"))
    sex = forms.ChoiceField(
        label=gettext_lazy("Giới tính"),
        choices=Person.Sex.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Vui lòng chọn nam hoặc nữ.")},
    )
    identity = forms.CharField(
        label=gettext_lazy("Số căn cước, CMND hoặc hộ chiếu"),
        help_text=gettext_lazy("Trẻ dưới 14 tuổi chưa có thì bỏ trống."),
        required=False,
        max_length=30,
        widget=IdentityInput,
    )
    no_identity = forms.BooleanField(label=gettext_lazy("Không có hoặc đã mất giấy tờ"), required=False)
    old_identity = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    layout = (
        "client_key",
        "old_identity",
        HTML('{% include "repatriation/citizen/_card.html" %}'),
        "full_name",
        "birth",
        "sex",
        "identity",
        "no_identity",
    )

    def __init__(
        self, data: Any = None, *, draft: Draft, entry: PersonEntry | None = None, **kwargs: Any
    ) -> None:
        self.draft, self.entry = draft, entry
        first = {}
        if entry is not None:
            names = ("full_name", "birth", "sex", "identity", "no_identity", "old_identity")
            first = {"client_key": entry.key, **{name: getattr(entry, name) for name in names}}
        super().__init__(data, initial={**first, **kwargs.pop("initial", {})}, **kwargs)

    def clean_full_name(self) -> str:
        name = " ".join(self.cleaned_data["full_name"].split())
        if not any(character.isalpha() for character in name) or any(c.isdigit() for c in name):
            raise ValidationError(_("Họ tên chỉ gồm chữ. Vui lòng ghi như trên giấy tờ."))
        return name

    def clean_identity(self) -> str:
        text = self.cleaned_data["identity"]
        if not text:
            return ""
        try:
            number = identity.parse(text).number
        except identity.IdentityError as error:
            raise ValidationError(str(error)) from error
        if len(number) > LONGEST_NUMBER:
            raise ValidationError(_("Số giấy tờ dài nhất là 12 ký tự. Vui lòng xem lại."))
        return number

    def clean_old_identity(self) -> str:
        text = self.cleaned_data["old_identity"]
        return identity.normalise(text) if identity.classify(text) == identity.Kind.CMND else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        number, born = data.get("identity"), data.get("birth")
        for other in self.draft.people:
            if number and other.identity == number and other.key != self.key:
                self.add_error(
                    "identity", _("Số này đã ghi cho %(name)s. Vui lòng xem lại.") % {"name": other.full_name}
                )
        if number == "" and born and not data.get("no_identity"):
            age = timezone.localdate().year - born.year
            if age > IDENTITY_AGE:
                self.add_error(
                    "identity", _("Vui lòng ghi số giấy tờ, hoặc chọn “Không có hoặc đã mất giấy tờ” ở dưới.")
                )
        return data

    @property
    def key(self) -> str:
        return self.entry.key if self.entry else str(self.cleaned_data.get("client_key", ""))

    def person(self) -> PersonEntry:
        """The entry as it is now; what was told about health stays."""
        data = self.cleaned_data
        base = self.draft.person(self.key) or PersonEntry(key=self.key, full_name="", birth="", sex="")
        changed = replace(
            base,
            full_name=data["full_name"],
            birth=written(data["birth"]),
            sex=data["sex"],
            identity=data["identity"],
            no_identity=data["no_identity"] and not data["identity"],
            old_identity=data["old_identity"] if data["identity"] else "",
        )
        return changed if changed.may_be_pregnant else replace(changed, is_pregnant=False)


class HealthForm(HelperMixin, forms.Form):
    """What counts for the priority. Pregnancy is asked of women of 12 to 55 only."""

    is_pregnant = forms.BooleanField(label=gettext_lazy("Đang mang thai"), required=False)
    has_chronic_illness = forms.BooleanField(
        label=gettext_lazy("Có bệnh nền"),
        help_text=gettext_lazy("Tim mạch, tiểu đường, huyết áp, hen, ung thư, bệnh thận…"),
        required=False,
    )
    has_disability = forms.BooleanField(label=gettext_lazy("Là người khuyết tật"), required=False)

    def __init__(self, data: Any = None, *, entry: PersonEntry) -> None:
        self.entry = entry
        names = ("is_pregnant", "has_chronic_illness", "has_disability")
        super().__init__(data, initial={name: getattr(entry, name) for name in names})
        if not entry.may_be_pregnant:
            del self.fields["is_pregnant"]

    def person(self) -> PersonEntry:
        return replace(self.entry, health_told=True, **self.cleaned_data)
