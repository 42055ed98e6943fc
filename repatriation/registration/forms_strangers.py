"""Forms for people without a registration, whom an officer enters from their cards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from citizens.forms import NameField, read_number
from citizens.identity import CardData
from citizens.models import Person
from portal.ui.formats import vn_date
from portal.ui.forms import BirthField, HelperMixin, IdentityInput, NameInput
from repatriation.registration.drafts import PersonEntry, written

WALK_IN_ROWS = 4


class WalkInPersonForm(HelperMixin, forms.Form):
    """One line: a person without a registration."""

    full_name = NameField(widget=NameInput(attrs={"autocomplete": "off"}))
    birth = BirthField(label=_("Ngày sinh hoặc năm sinh"), help_text="")
    sex = forms.ChoiceField(label=_("Giới tính"), choices=[("", "—"), *Person.Sex.choices], required=False)
    identity_number = forms.CharField(
        label=_("Số giấy tờ"), max_length=20, required=False, widget=IdentityInput
    )

    def clean_identity_number(self) -> str:
        text = self.cleaned_data["identity_number"]
        return read_number(text) if text else ""

    def entry(self, key: str) -> PersonEntry:
        data = self.cleaned_data
        return PersonEntry(
            key=key,
            full_name=data["full_name"],
            birth=written(data["birth"]),
            sex=data["sex"],
            identity=data["identity_number"],
        )


class WalkInPeople(BaseFormSet):
    """The lines of people. The first line is required, empty ones are left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for form in self.forms[:1]:
            form.empty_permitted = False

    def filled(self) -> list[WalkInPersonForm]:
        return [form for form in self.forms if form.cleaned_data.get("full_name")]

    def entries(self) -> list[PersonEntry]:
        return [form.entry(str(number)) for number, form in enumerate(self.filled())]

    def clean(self) -> None:
        if not self.forms:
            raise ValidationError(_("Trang đã cũ. Vui lòng tải lại trang rồi gửi lần nữa."))
        numbers = [form.cleaned_data.get("identity_number") for form in self.forms if form.is_valid()]
        given = [number for number in numbers if number]
        if len(given) != len(set(given)):
            raise ValidationError(_("Hai người có cùng số giấy tờ. Vui lòng xem lại."))


WalkInFormSet = formset_factory(
    WalkInPersonForm, formset=WalkInPeople, extra=WALK_IN_ROWS, max_num=WALK_IN_ROWS, validate_max=True
)


def card_initial(card: CardData | None) -> list[dict[str, Any]]:
    """Return the first line's initial values from the card's QR code."""
    if card is None:
        return []
    birth = card.birth if isinstance(card.birth, int) else vn_date(card.birth)
    return [
        {
            "full_name": card.full_name,
            "birth": birth,
            "sex": str(card.sex) if card.sex else "",
            "identity_number": card.number,
        }
    ]
