from __future__ import annotations

import uuid
from hashlib import sha256
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from citizens import identity, phones
from citizens.actions import state_of
from citizens.matching import nfc
from citizens.models import Person
from citizens.models.person import NAME_LENGTH, NUMBER_LENGTH
from citizens.names import BadName, read_name
from citizens.onetime import DIGITS
from citizens.phones import PhoneError, normalise
from portal.places.models import Place
from portal.ui.formats import mask_identity, mask_phone, vn_date
from portal.ui.forms import (
    Birth,
    BirthField,
    CodeInput,
    HelperMixin,
    IdentityInput,
    NameInput,
    PhoneInput,
    offer_rows,
)


class NameField(forms.CharField):
    """A person's name, whoever types it: letters, marks and what parts them."""

    widget = NameInput
    default_error_messages = {"required": _("Vui lòng ghi họ và tên.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Họ và tên"), "max_length": NAME_LENGTH, **kwargs})

    def clean(self, value: str) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return read_name(nfc(text))
        except BadName as error:
            raise forms.ValidationError(str(error)) from error


class PhoneField(forms.CharField):
    """A Vietnamese phone number as people write it; the value is `+84…`."""

    widget = PhoneInput
    default_error_messages = {"required": _("Vui lòng nhập số điện thoại.")}

    def clean(self, value: str) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return normalise(text)
        except PhoneError as error:
            raise forms.ValidationError(str(error)) from error


class MobileField(PhoneField):
    """A Vietnamese mobile: one that gets messages, at the price of messages here."""

    def clean(self, value: str) -> str:
        phone = super().clean(value)
        if phone and not phones.is_mobile(phone):
            raise forms.ValidationError(
                _("Số này không nhận được tin nhắn của cổng. Vui lòng nhập số di động trong nước.")
            )
        return phone


class PhoneForm(HelperMixin, forms.Form):
    phone = MobileField(label=_("Số điện thoại"), help_text=_("Cổng sẽ nhắn một mã 6 số tới số này."))


def read_number(text: str) -> str:
    """An identity number as it is stored. Raises `ValidationError` with a sentence for people."""
    try:
        number = identity.parse(text).number
    except identity.IdentityError as error:
        raise forms.ValidationError(str(error)) from error
    if len(number) > NUMBER_LENGTH:
        raise forms.ValidationError(_("Số giấy tờ dài nhất là 12 ký tự. Vui lòng xem lại."))
    return number


class CodeForm(HelperMixin, forms.Form):
    code = forms.CharField(
        label=_("Mã 6 số"),
        max_length=12,
        widget=CodeInput,
        error_messages={"required": _("Vui lòng nhập mã 6 số trong tin nhắn.")},
    )

    # The same form sent twice in one moment carries the same key.
    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_code(self) -> str:
        """Five digits, or a name, are a slip and cost none of the five tries."""
        code: str = self.cleaned_data["code"]
        if sum(character.isdecimal() for character in code) != DIGITS:
            raise forms.ValidationError(self.fields["code"].error_messages["required"], code="required")
        return code


class PeopleFilter(HelperMixin, forms.Form):
    q = forms.CharField(
        label=_("Họ tên, số giấy tờ hoặc điện thoại"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"}),
    )
    commune = forms.ModelChoiceField(
        label=_("Xã, phường"), queryset=Place.objects.none(), required=False, empty_label=_("Tất cả")
    )

    def __init__(self, *args: Any, communes: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "commune", communes)


class PersonForm(HelperMixin, forms.Form):
    """What an officer corrects. A number's warnings are shown once, and saved over on a second press."""

    full_name = NameField()
    sex = forms.ChoiceField(label=_("Giới tính"), choices=[("", "—"), *Person.Sex.choices], required=False)
    birth = BirthField(label=_("Ngày sinh"))
    identity_number = forms.CharField(
        label=_("Số giấy tờ"), max_length=20, required=False, widget=IdentityInput
    )
    phone = PhoneField(label=_("Điện thoại"), required=False)
    address = forms.CharField(label=_("Địa chỉ"), max_length=200, required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        initial = {name: getattr(person, name) for name in ("full_name", "sex", "identity_number", "phone")}
        initial["phone"] = phones.display(person.phone) if person.phone else ""
        initial["address"] = person.address
        initial["birth"] = Birth(person.birth_date, person.birth_year)
        super().__init__(*args, initial=initial, **kwargs)
        self.person = person
        self.seen: str = self.data.get("seen", "") if self.is_bound else state_of(person)
        self.doubts: list[str] = []

    def show_others(self, person: Person, sentence: str) -> None:
        """Somebody else changed the record meanwhile: name what stands there now beside what was typed. The
        next press saves over just that."""
        self.seen = state_of(person)
        self.add_error(None, sentence)
        stands = {
            "full_name": person.full_name,
            "sex": person.get_sex_display() or "—",
            "birth": vn_date(person.birth_date) or str(person.birth_year),
            "identity_number": mask_identity(person.identity_number) or "—",
            "phone": mask_phone(person.phone) or "—",
            "address": person.address or "—",
        }
        typed = self.cleaned_data
        now = {name: getattr(person, name) or "" for name in stands if name != "birth"}
        now["birth"] = Birth(person.birth_date, person.birth_year)
        for name in [name for name in stands if (typed.get(name) or "") != now[name]]:
            self.add_error(name, _("Hiện đang ghi: %(value)s.") % {"value": stands[name]})

    @property
    def doubts_key(self) -> str:
        """Names what is doubted: another number with other warnings is asked about again."""
        text = "|".join([str(self.cleaned_data.get("identity_number")), *map(str, self.doubts)])
        return sha256(text.encode()).hexdigest()[:16]

    def may_be_saved(self) -> bool:
        """Whether all is well, or the officer has seen these very warnings."""
        return self.is_valid() and (not self.doubts or self.data.get("confirmed") == self.doubts_key)

    def clean_identity_number(self) -> str | None:
        text = self.cleaned_data["identity_number"]
        if not text:
            return None
        number = read_number(text)
        if Person.objects.filter(identity_number=number).exclude(pk=self.person.pk).exists():
            raise forms.ValidationError(
                _("Số giấy tờ này đã có ở hồ sơ của người khác. Vui lòng kiểm tra lại.")
            )
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        birth = data.get("birth")
        if birth and data.get("identity_number"):
            doubts = identity.warnings(
                data["identity_number"], sex=data.get("sex") or None, birth=birth.date or birth.year
            )
            self.doubts = [doubt.text for doubt in doubts]
        return data

    def changes(self) -> dict[str, Any]:
        """What `update_person` takes."""
        data = {
            name: self.cleaned_data[name]
            for name in ("full_name", "sex", "identity_number", "phone", "address")
        }
        birth = self.cleaned_data["birth"]
        return {**data, "birth_date": birth.date, "birth_year": birth.year}


class RevealForm(HelperMixin, forms.Form):
    reason = forms.CharField(
        label=_("Vì sao cần xem số đầy đủ"),
        max_length=300,
        error_messages={"required": _("Vui lòng ghi lý do; lượt xem được ghi vào nhật ký.")},
    )
