"""The entry at the barrier: a family that was found, or people who come without a registration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from citizens.forms import PhoneField, read_number
from citizens.identity import CardData
from citizens.models import Person
from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.ui.forms import BirthField, ClientKeyMixin, HelperMixin, IdentityInput, NameInput, NumberInput
from repatriation.checkpoint.actions import PersonFacts
from repatriation.models import Arrival
from repatriation.registration.drafts import PersonEntry, written
from repatriation.registration.lookup import Family

WALK_IN_ROWS = 4
FAMILY_TEST = [
    (Arrival.RapidTest.NONE, _("Không làm")),
    (Arrival.RapidTest.NEGATIVE, _("Cả nhà âm tính")),
]
NOT_STRAIGHT_HOME = _("Người dương tính không về thẳng nhà. Vui lòng chọn cơ sở cách ly hoặc bệnh viện.")


class TemperatureField(forms.DecimalField):
    """Degrees Celsius of a living person; a comma is as good as a point."""

    widget = NumberInput(attrs={"inputmode": "decimal", "maxlength": "5"})
    default_error_messages = {
        "invalid": _("Vui lòng ghi số như 37,5."),
        "min_value": _("Nhiệt độ từ 34 đến 43 °C. Vui lòng xem lại."),
        "max_value": _("Nhiệt độ từ 34 đến 43 °C. Vui lòng xem lại."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=34, max_value=43, max_digits=3, decimal_places=1, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class Row(NamedTuple):
    """One person's line on the card."""

    person: Person
    here: forms.BoundField
    positive: forms.BoundField
    symptoms: forms.BoundField
    temperature: forms.BoundField
    decision: forms.BoundField
    told: list[str]  # doses and tests as the family declared them


class EntryForm(HelperMixin, ClientKeyMixin):
    """What is said of the whole family."""

    destination = PlacePickerField(
        label=_("Về xã, phường"),
        under=home_path,
        error_messages={"required": _("Vui lòng chọn xã, phường nơi gia đình về.")},
    )
    address = forms.CharField(label=_("Số nhà, ấp, khu phố"), max_length=200, required=False)
    rapid_test = forms.ChoiceField(
        label=_("Test nhanh"), choices=FAMILY_TEST, widget=forms.RadioSelect, initial=Arrival.RapidTest.NONE
    )


class ArrivalForm(EntryForm):
    """The people of a family that was found; each is here unless the mark is taken away, or
    others of the family were scanned at the vehicle and they were not.

    Health is asked for those who differ from the family: positive, symptoms, temperature, and where to.
    """

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        first = family.people[0]
        registration = family.registration
        initial = {
            "destination": registration.home_commune_id if registration else first.home_commune_id,
            "address": registration.home_address if registration else first.address,
        }
        kwargs["initial"] = {**initial, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.family = family
        for person in family.expected_here:
            self._add_fields(person)

    def _add_fields(self, person: Person) -> None:
        said = {"name": person.full_name}
        add = self.fields
        add[f"here_{person.pk}"] = forms.BooleanField(
            label=_("%(name)s có mặt") % said,
            required=False,
            initial=person.pk not in self.family.stayed,
        )
        add[f"positive_{person.pk}"] = forms.BooleanField(
            label=_("%(name)s dương tính") % said, required=False
        )
        add[f"symptoms_{person.pk}"] = forms.BooleanField(
            label=_("%(name)s có triệu chứng") % said, required=False
        )
        add[f"temperature_{person.pk}"] = TemperatureField(
            label=_("Nhiệt độ của %(name)s (°C)") % said, required=False
        )
        add[f"decision_{person.pk}"] = forms.ChoiceField(
            label=_("Hướng xử lý với %(name)s") % said, choices=Arrival.Decision.choices, required=False
        )

    def rows(self) -> Iterator[Row]:
        names = ("here", "positive", "symptoms", "temperature", "decision")
        told = self.family.told
        for person in self.family.expected_here:
            here, positive, symptoms, temperature, decision = (self[f"{name}_{person.pk}"] for name in names)
            words = told.get(person.pk, [])
            yield Row(person, here, positive, symptoms, temperature, decision, words)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for person in self.family.expected_here:
            if data.get(f"positive_{person.pk}") and data.get(f"decision_{person.pk}") in {"", "home"}:
                self.add_error(f"decision_{person.pk}", NOT_STRAIGHT_HOME)
        return data

    @property
    def asks_health(self) -> bool:
        """Whether the health part stands open: somebody was marked there, or an error is in it."""
        marks = ("positive_", "symptoms_", "temperature_", "decision_")
        touched = any(name.startswith(marks) and name in self.changed_data for name in self.fields)
        return self.is_bound and (touched or any(name.startswith(marks) for name in self.errors))

    @property
    def asks_place(self) -> bool:
        """Whether the destination stands open: it was changed, or an error is in it."""
        names = ("destination", "address")
        return self.is_bound and any(name in self.changed_data or name in self.errors for name in names)

    def facts(self) -> list[PersonFacts]:
        """Those who are here, as the action takes them."""
        data = self.cleaned_data
        return [
            PersonFacts(
                person,
                identity_checked=bool(person.identity_number),
                temperature=data[f"temperature_{person.pk}"],
                has_symptoms=data[f"symptoms_{person.pk}"],
                rapid_test=Arrival.RapidTest.POSITIVE
                if data[f"positive_{person.pk}"]
                else data["rapid_test"],
                decision=data[f"decision_{person.pk}"] or Arrival.Decision.HOME,
            )
            for person in self.family.expected_here
            if data[f"here_{person.pk}"]
        ]


class WalkInPersonForm(HelperMixin, forms.Form):
    """One line: somebody without a registration."""

    full_name = forms.CharField(
        label=_("Họ và tên"),
        max_length=120,
        widget=NameInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Vui lòng ghi họ và tên.")},
    )
    birth = BirthField(label=_("Ngày sinh hoặc năm sinh"), help_text="")
    sex = forms.ChoiceField(label=_("Giới tính"), choices=[("", "—"), *Person.Sex.choices], required=False)
    identity_number = forms.CharField(
        label=_("Số giấy tờ"), max_length=20, required=False, widget=IdentityInput
    )

    def clean_full_name(self) -> str:
        name = " ".join(self.cleaned_data["full_name"].split())
        if not any(character.isalpha() for character in name):
            raise ValidationError(_("Vui lòng ghi họ và tên bằng chữ."))
        return name

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
    """The lines that were filled; the first one must be."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for form in self.forms[:1]:
            form.empty_permitted = False

    def entries(self) -> list[PersonEntry]:
        filled = [form for form in self.forms if form.cleaned_data.get("full_name")]
        return [form.entry(str(number)) for number, form in enumerate(filled)]

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


class WalkInForm(EntryForm):
    """What is said of the people without a registration together."""

    phone = PhoneField(label=_("Điện thoại"), required=False)


def card_initial(card: CardData | None) -> list[dict[str, Any]]:
    """The first line as the card's QR code says it."""
    if card is None:
        return []
    birth = card.birth if isinstance(card.birth, int) else f"{card.birth:%d/%m/}{card.birth.year:04d}"
    return [
        {
            "full_name": card.full_name,
            "birth": birth,
            "sex": str(card.sex) if card.sex else "",
            "identity_number": card.number,
        }
    ]
