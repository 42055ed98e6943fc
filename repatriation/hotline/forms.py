"""Forms of the hotline: a whole family on one page, the filter of entries, and a caller's wishes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens.forms import MobileField, NameField
from citizens.identity import IdentityWarning
from citizens.models import Person
from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.places.models import Place
from portal.ui.forms import BirthField, ClientKeyMixin, HelperMixin, PhoneInput, VietnameseDateField
from repatriation.models import Campaign, Member
from repatriation.models.declared import RegistrationChannel
from repatriation.models.registration import Reason
from repatriation.registration import consent
from repatriation.registration.drafts import MAX_PEOPLE, Draft, PersonEntry
from repatriation.registration.forms_declared import DeclaredForm
from repatriation.registration.wizard.forms import offer_origins, require_origin, travel_errors
from repatriation.registration.wizard.forms_people import PersonFields

ROWS_AT_FIRST = 3


class OthersForm(HelperMixin, ClientKeyMixin):
    """The answers about the family as a whole."""

    campaign = forms.ModelChoiceField(
        label=gettext_lazy("Đợt"), queryset=Campaign.objects.none(), empty_label=None
    )
    channel = forms.ChoiceField(label=gettext_lazy("Cách đăng ký"))
    origin = PlacePickerField(
        label=gettext_lazy("Đang ở tỉnh, thành phố hoặc xã, phường"),
        kinds=(Place.Kind.PROVINCE, Place.Kind.COMMUNE),
    )
    origin_address = forms.CharField(
        label=gettext_lazy("Số nhà, đường, khu trọ"), max_length=200, required=False
    )
    home = PlacePickerField(label=gettext_lazy("Xã, phường ở quê"), under=home_path)
    home_address = forms.CharField(
        label=gettext_lazy("Ấp, khu phố, số nhà ở quê"),
        max_length=200,
        error_messages={"required": gettext_lazy("Vui lòng ghi ấp hoặc khu phố, để xã biết đón ở đâu.")},
    )
    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("Lý do về"),
        choices=Reason.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    travel_from = VietnameseDateField(ahead=True, label=gettext_lazy("Đi được từ ngày"), required=False)
    travel_until = VietnameseDateField(ahead=True, label=gettext_lazy("Đi được đến hết ngày"), required=False)
    phone = MobileField(
        label=gettext_lazy("Số di động của gia đình"),
        help_text=gettext_lazy(
            "Cổng nhắn đường dẫn xem đăng ký tới số này. Vui lòng đọc lại số cho gia đình nghe."
        ),
        error_messages={"required": gettext_lazy("Vui lòng ghi số di động nhận tin của gia đình.")},
    )
    contact_name = NameField(
        label=gettext_lazy("Người gọi, nếu không cùng về"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact_relation = forms.CharField(
        label=gettext_lazy("Là gì của gia đình"), max_length=60, required=False
    )
    agreed = forms.BooleanField(
        label=consent.SPOKEN,
        error_messages={"required": gettext_lazy("Cần người đăng ký đồng ý thì mới ghi được thông tin.")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        campaigns: list[Campaign],
        channels: list[RegistrationChannel],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        campaign: Any = self.fields["campaign"]
        campaign.queryset = Campaign.objects.filter(pk__in=[campaign.pk for campaign in campaigns])
        campaign.initial = campaigns[0]
        origin: Any = self.fields["origin"]
        offer_origins(origin, campaigns)
        channel: Any = self.fields["channel"]
        channel.choices = [(channel.value, channel.label) for channel in channels]
        if len(campaigns) == 1:
            campaign.widget = forms.HiddenInput()

    def focus(self) -> None:
        """Make the first box ready for typing when the page opens."""
        first = "phone" if self["campaign"].is_hidden else "campaign"
        self.fields[first].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        campaign, origin = data.get("campaign"), data.get("origin")
        if campaign and origin:
            try:
                require_origin(origin, campaign)
            except ValidationError as error:
                self.add_error("origin", error)
        if campaign:
            days = data.get("travel_from"), data.get("travel_until")
            for name, sentence in travel_errors(*days, campaign).items():
                self.add_error(name, sentence)
        if bool(data.get("contact_name")) != bool(data.get("contact_relation")):
            missing = "contact_relation" if data.get("contact_name") else "contact_name"
            if missing not in self.errors:
                self.add_error(missing, _("Vui lòng ghi cả họ tên và quan hệ, hoặc bỏ trống cả hai."))
        return data

    def draft(self, people: list[PersonEntry]) -> Draft:
        data = self.cleaned_data
        return Draft(
            origin=data["origin"].pk,
            origin_address=data["origin_address"],
            home=data["home"].pk,
            home_address=data["home_address"],
            people=tuple(people),
            reasons=tuple(data["reasons"]),
            phone=data["phone"],
            travel_from=str(data["travel_from"] or ""),
            travel_until=str(data["travel_until"] or ""),
            contact_name=data["contact_name"],
            contact_relation=data["contact_relation"],
        )


class OtherPersonForm(HelperMixin, PersonFields, DeclaredForm):
    """One member on one line; an empty line is ignored."""

    sex = forms.ChoiceField(
        label=gettext_lazy("Giới tính"),
        choices=[("", "—"), *Person.Sex.choices],
        error_messages={"required": gettext_lazy("Vui lòng chọn nam hoặc nữ.")},
    )
    birth = BirthField(label=gettext_lazy("Ngày sinh hoặc năm sinh"), help_text="")
    no_identity = forms.BooleanField(label=gettext_lazy("Không có giấy tờ"), required=False)
    is_pregnant = forms.BooleanField(label=gettext_lazy("Mang thai"), required=False)
    has_chronic_illness = forms.BooleanField(label=gettext_lazy("Bệnh nền"), required=False)
    has_disability = forms.BooleanField(label=gettext_lazy("Khuyết tật"), required=False)
    no_number = gettext_lazy("Vui lòng ghi số giấy tờ, hoặc chọn “Không có giấy tờ”.")

    WHO = ("full_name", "birth", "sex", "identity", "card")
    MARKS = ("no_identity", "is_pregnant", "has_chronic_illness", "has_disability")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"].widget.attrs["autocomplete"] = "off"
        self.fields["card"].widget.attrs["data-enter"] = "fill"  # a scanner ends with Enter
        self.fields["identity"].help_text = self.fields["card"].help_text = ""
        self.doubts: list[IdentityWarning] = []  # about the number; set once the form is read

    def focus(self) -> None:
        """Make this line ready for typing when the page opens."""
        self.fields["full_name"].widget.attrs["autofocus"] = True

    def parts(self) -> dict[str, list[forms.BoundField]]:
        """Return the fields in the groups of a line: who it is, marks, and the folded ones."""
        marks = [name for name in self.fields if name in self.MARKS]
        folded = list(DeclaredForm.base_fields)
        return {
            name: [self[field] for field in fields]
            for name, fields in (("who", self.WHO), ("marks", marks), ("folded", folded))
        }

    @property
    def folded_open(self) -> bool:
        return any(self[name].value() not in (None, "") for name in DeclaredForm.base_fields)

    def entry(self, key: str) -> PersonEntry:
        marks = {name: self.cleaned_data[name] for name in self.MARKS if name != "no_identity"}
        base = PersonEntry(key=key, full_name="", birth="", sex="", health_told=True)
        return self.apply_to(replace(base, **marks, **self.declared()))


class OtherPeople(BaseFormSet):
    """The lines of the members; the first must be filled."""

    def __init__(self, data: Any = None, *, lines: list[dict[str, Any]] | None = None, **kwargs: Any) -> None:
        self.extra = len(lines) if lines else ROWS_AT_FIRST
        super().__init__(data, initial=lines, **kwargs)
        if self.forms:
            self.forms[0].empty_permitted = False

    def initial_form_count(self) -> int:
        """Return 0, so that any line but the first may stay empty."""
        return 0

    def filled(self) -> list[OtherPersonForm]:
        return [form for form in self.forms if form.cleaned_data.get("full_name")]

    def entries(self, client_key: UUID) -> list[PersonEntry]:
        return [form.entry(key_of(client_key, number)) for number, form in enumerate(self.filled())]

    def clean(self) -> None:
        seen: dict[str, str] = {}
        for form in self.forms:
            number = getattr(form, "cleaned_data", {}).get("identity")
            if number and number in seen:
                form.add_error(
                    "identity", _("Số này đã ghi cho %(name)s. Vui lòng xem lại.") % {"name": seen[number]}
                )
            elif number:
                seen[number] = form.cleaned_data.get("full_name", "")


def key_of(client_key: UUID, number: int) -> str:
    """Return a member's key, which is the same when the form is sent again."""
    return str(uuid5(client_key, str(number)))


OtherPeopleFormSet: type[OtherPeople] = formset_factory(  # type: ignore[assignment]
    OtherPersonForm,
    formset=OtherPeople,
    extra=0,
    max_num=MAX_PEOPLE,
    validate_max=True,
    absolute_max=MAX_PEOPLE,
)


def as_typed(form: forms.Form) -> dict[str, Any]:
    """Return the values of a form that was sent, valid or not, as the initial values of the next one."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }


class EntryFilter(HelperMixin, forms.Form):
    """The filter of an officer's own entries."""

    q = forms.CharField(
        label=gettext_lazy("Mã đăng ký, điện thoại hoặc họ tên"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(label=gettext_lazy("Trạng thái"), required=False)
    day = VietnameseDateField(label=gettext_lazy("Ngày đăng ký"), required=False)

    def __init__(self, *args: Any, statuses: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        status: Any = self.fields["status"]
        status.choices = [("", _("Mọi trạng thái")), *statuses]


class CallerPhoneForm(HelperMixin, forms.Form):
    """A caller's request for another phone."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Ai xin đổi?"),
        help_text=gettext_lazy("Người trong đăng ký. Xã, phường hỏi lại người này."),
        queryset=Member.objects.none(),
        empty_label=None,
    )
    phone = MobileField(
        label=gettext_lazy("Số di động đúng"),
        help_text=gettext_lazy("Vui lòng đọc lại số cho người gọi nghe."),
        widget=PhoneInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Vui lòng ghi số người gọi muốn nhận tin.")},
    )

    def __init__(self, *args: Any, members: QuerySet[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person: Any = self.fields["person"]
        person.queryset = members.select_related("person")
        person.label_from_instance = lambda member: member.person.full_name

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"person": data["person"].person, "phone": data["phone"]}


class CallerForm(HelperMixin, forms.Form):
    """A caller's code or number, and the reason to look it up."""

    q = forms.CharField(
        label=gettext_lazy("Mã đăng ký, số điện thoại hoặc số giấy tờ"),
        help_text=gettext_lazy("Gõ đủ số. Không tìm theo tên."),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-search": ""}),
        error_messages={"required": gettext_lazy("Vui lòng hỏi người gọi mã đăng ký hoặc số điện thoại.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Người gọi hỏi gì?"),
        help_text=gettext_lazy("Ví dụ: hỏi thứ tự, mất đường dẫn. Ghi vào nhật ký cùng lượt tra cứu."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Vui lòng ghi người gọi hỏi gì, vài chữ cũng được.")},
    )
