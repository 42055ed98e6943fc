"""Forms of the checkpoint: a family that was found, or people who come without a registration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.forms.formsets import formset_factory
from django.utils.translation import gettext_lazy as _

from citizens.forms import PhoneField
from citizens.models import Person
from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.ui.forms import (
    ClientKeyMixin,
    HelperMixin,
    NumberInput,
    VietnameseDateField,
)
from repatriation.checkpoint.actions import ArrivalFacts
from repatriation.forms import search_box
from repatriation.models import Arrival
from repatriation.registration.forms_strangers import WALK_IN_ROWS, WalkInPeople, WalkInPersonForm
from repatriation.registration.lookup import Family

FAMILY_TEST = [
    (Arrival.RapidTest.NONE, _("Không làm")),
    (Arrival.RapidTest.NEGATIVE, _("Cả nhà âm tính")),
]
NOT_STRAIGHT_HOME = _("Người dương tính không về thẳng nhà. Vui lòng chọn cơ sở cách ly hoặc bệnh viện.")


class TemperatureField(forms.DecimalField):
    """A body temperature in degrees Celsius; accepts a comma or a point."""

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
    compared: forms.BoundField
    positive: forms.BoundField
    symptoms: forms.BoundField
    temperature: forms.BoundField
    decision: forms.BoundField
    declared: list[str]  # doses and tests as the family declared them


class ArrivalEntryForm(HelperMixin, ClientKeyMixin):
    """The fields that hold for the whole family."""

    destination = PlacePickerField(
        label=_("Về xã, phường"),
        under=home_path,
        error_messages={"required": _("Vui lòng chọn xã, phường nơi gia đình về.")},
    )
    address = forms.CharField(label=_("Số nhà, ấp, khu phố"), max_length=200, required=False)
    rapid_test = forms.ChoiceField(
        label=_("Test nhanh"), choices=FAMILY_TEST, widget=forms.RadioSelect, initial=Arrival.RapidTest.NONE
    )


class ArrivalForm(ArrivalEntryForm):
    """The people of a family that was found.

    Each counts as present unless the mark is taken away, or others of the family were scanned at the vehicle
    and they were not. Health is asked for those who differ from the family: positive, symptoms, temperature,
    and where to.
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
        values = {"name": person.full_name}
        add = self.fields
        add[f"here_{person.pk}"] = forms.BooleanField(
            label=_("%(name)s có mặt") % values,
            required=False,
            initial=person.pk not in self.family.stayed,
        )
        add[f"compared_{person.pk}"] = forms.BooleanField(
            label=_("Đã đối chiếu giấy tờ của %(name)s") % values, required=False
        )
        add[f"positive_{person.pk}"] = forms.BooleanField(
            label=_("%(name)s dương tính") % values, required=False
        )
        add[f"symptoms_{person.pk}"] = forms.BooleanField(
            label=_("%(name)s có triệu chứng") % values, required=False
        )
        add[f"temperature_{person.pk}"] = TemperatureField(
            label=_("Nhiệt độ của %(name)s (°C)") % values, required=False
        )
        add[f"decision_{person.pk}"] = forms.ChoiceField(
            label=_("Hướng xử lý với %(name)s") % values, choices=Arrival.Decision.choices, required=False
        )

    def rows(self) -> Iterator[Row]:
        names = ("here", "compared", "positive", "symptoms", "temperature", "decision")
        declared = self.family.declared
        for person in self.family.expected_here:
            here, compared, positive, symptoms, temperature, decision = (
                self[f"{name}_{person.pk}"] for name in names
            )
            words = declared.get(person.pk, [])
            yield Row(person, here, compared, positive, symptoms, temperature, decision, words)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for person in self.family.expected_here:
            if data.get(f"positive_{person.pk}") and data.get(f"decision_{person.pk}") in {"", "home"}:
                self.add_error(f"decision_{person.pk}", NOT_STRAIGHT_HOME)
        return data

    @property
    def asks_health(self) -> bool:
        """Return whether the health part is open: somebody was marked there, or it has an error."""
        marks = ("positive_", "symptoms_", "temperature_", "decision_")
        touched = any(name.startswith(marks) and name in self.changed_data for name in self.fields)
        return self.is_bound and (touched or any(name.startswith(marks) for name in self.errors))

    @property
    def asks_place(self) -> bool:
        """Return whether the destination is open: it was changed, or it has an error."""
        names = ("destination", "address")
        return self.is_bound and any(name in self.changed_data or name in self.errors for name in names)

    def facts(self) -> list[ArrivalFacts]:
        """Return the facts about those who are present, as the action takes them."""
        data = self.cleaned_data
        return [
            ArrivalFacts(
                person,
                identity_checked=data[f"compared_{person.pk}"],
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


class WalkInForm(ArrivalEntryForm):
    """The fields that hold for all of the people without a registration."""

    phone = PhoneField(label=_("Điện thoại"), required=False)


class ArrivedPersonForm(WalkInPersonForm):
    """One line of the short form: a person, and whether the officer compared their papers."""

    compared = forms.BooleanField(label=_("Đã đối chiếu giấy tờ"), required=False)


class ArrivedPeople(WalkInPeople):
    def compared(self) -> set[str]:
        """Return the keys of the entries whose papers the officer compared."""
        return {
            entry.key
            for form, entry in zip(self.filled(), self.entries(), strict=True)
            if form.cleaned_data["compared"]
        }


ArrivedFormSet = formset_factory(
    ArrivedPersonForm, formset=ArrivedPeople, extra=WALK_IN_ROWS, max_num=WALK_IN_ROWS, validate_max=True
)


class ArrivalFilter(HelperMixin, forms.Form):
    q = forms.CharField(label=_("Họ tên"), required=False, max_length=120, widget=search_box())
    day = VietnameseDateField(label=_("Ngày đến"), required=False)
