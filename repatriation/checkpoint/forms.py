"""Forms of the checkpoint: a family that was found, or people who come without a registration."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from citizens.models import Person
from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.places.models import Place
from portal.ui.forms import (
    ClientKeyMixin,
    HelperMixin,
)
from quarantine.facilities.rooms import facilities_with_room, room_label
from quarantine.models import Facility
from repatriation.checkpoint.actions import ArrivalFacts
from repatriation.checkpoint.fields import (
    ODD,
    TemperatureField,
    is_hardly_true,
    needs_field,
    papers_field,
    symptoms_field,
)
from repatriation.models import Arrival
from repatriation.registration.lookup import Family

FAMILY_TEST = [
    (Arrival.RapidTest.NONE, _("Không làm")),
    (Arrival.RapidTest.NEGATIVE, _("Cả nhà âm tính")),
]
DETAILS = ("signs", "needs", "papers", "sure")
CONFIRM_NAME = _("Tìm theo tên: vui lòng xem năm sinh và xã, đánh dấu “Đúng gia đình này” rồi ghi nhận.")
NOT_STRAIGHT_HOME = _("Người dương tính không về thẳng nhà. Vui lòng chọn cơ sở cách ly hoặc bệnh viện.")


class Row(NamedTuple):
    """One person's line on the card."""

    person: Person
    here: forms.BoundField
    compared: forms.BoundField
    positive: forms.BoundField
    symptoms: forms.BoundField
    temperature: forms.BoundField
    decision: forms.BoundField
    facility: forms.BoundField
    declared: list[str]  # doses and tests as the family declared them
    signs: forms.BoundField
    needs: forms.BoundField
    papers: forms.BoundField
    sure: forms.BoundField


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
    vehicle_plate = forms.CharField(
        label=_("Biển số xe"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )

    def clean_vehicle_plate(self) -> str:
        return str(self.cleaned_data["vehicle_plate"]).upper()


class ArrivalForm(ArrivalEntryForm):
    """The people of a family that was found.

    Each counts as present unless the mark is taken away, or others of the family were scanned at the vehicle
    and they were not. Health is asked for those who differ from the family: positive, symptoms, temperature,
    and where to.
    """

    def __init__(self, *args: Any, family: Family, by_name: bool = False, **kwargs: Any) -> None:
        first = family.people[0]
        registration = family.registration
        initial = {
            "destination": registration.home_commune_id if registration else first.home_commune_id,
            "address": registration.home_address if registration else first.address,
            "vehicle_plate": family.offer.trip.vehicle_plate[:12] if family.offer else "",
        }
        kwargs["initial"] = {**initial, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.family = family
        for person in family.expected_here:
            self._add_fields(person)
            self._add_details(person)
        if by_name:
            self.fields["confirmed"] = forms.BooleanField(
                label=_("Đúng gia đình này"), error_messages={"required": CONFIRM_NAME}
            )

    def _add_details(self, person: Person) -> None:
        values = {"name": person.full_name}
        self.fields |= {
            f"signs_{person.pk}": symptoms_field(_("Triệu chứng của %(name)s") % values),
            f"needs_{person.pk}": needs_field(_("%(name)s cần giúp") % values),
            f"papers_{person.pk}": papers_field(_("Giấy tờ đã xem của %(name)s") % values),
            f"sure_{person.pk}": forms.BooleanField(
                label=_("Đã đo lại nhiệt độ của %(name)s") % values, required=False
            ),
        }

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
        add[f"facility_{person.pk}"] = forms.ChoiceField(
            label=_("Nơi đưa %(name)s đến") % values,
            choices=self._facility_choices,
            required=False,
            error_messages={"invalid_choice": _("Nơi này vừa hết chỗ. Vui lòng chọn nơi khác.")},
        )

    @cached_property
    def rooms(self) -> dict[str, Facility]:
        """Return the facilities with a free bed, by the id of their place; read when they are shown or chosen."""
        return {str(facility.place_id): facility for facility in facilities_with_room()}

    def _facility_choices(self) -> list[tuple[str, str]]:
        rooms = [(key, room_label(facility)) for key, facility in self.rooms.items()]
        return [("", str(_("Tỉnh chỉ định"))), *rooms]

    def rows(self) -> Iterator[Row]:
        names = ("here", "compared", "positive", "symptoms", "temperature", "decision", "facility", *DETAILS)
        declared = self.family.declared
        for person in self.family.expected_here:
            fields = {name: self[f"{name}_{person.pk}"] for name in names}
            yield Row(person, **fields, declared=declared.get(person.pk, []))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for person in self.family.expected_here:
            if data.get(f"facility_{person.pk}"):  # a named place says whether it is a hospital
                data[f"decision_{person.pk}"] = self.rooms[data[f"facility_{person.pk}"]].kind
            if data.get(f"positive_{person.pk}") and data.get(f"decision_{person.pk}") in {"", "home"}:
                self.add_error(f"decision_{person.pk}", NOT_STRAIGHT_HOME)
            temperature = data.get(f"temperature_{person.pk}")
            if is_hardly_true(temperature) and not data.get(f"sure_{person.pk}"):
                self.add_error(
                    f"temperature_{person.pk}", ODD % {"value": str(temperature).replace(".", ",")}
                )
        return data

    @property
    def asks_health(self) -> bool:
        """Return whether the health part is open: somebody was marked there, or it has an error."""
        marks = ("positive_", "symptoms_", "signs_", "temperature_", "sure_", "decision_", "facility_")
        touched = any(name.startswith(marks) and name in self.changed_data for name in self.fields)
        return self.is_bound and (touched or any(name.startswith(marks) for name in self.errors))

    @property
    def asks_papers(self) -> bool:
        """Return whether the part of papers, needs and vehicle is open."""
        marks = ("needs_", "papers_", "vehicle_plate")
        return self.is_bound and any(
            name.startswith(marks) and (name in self.changed_data or name in self.errors)
            for name in self.fields
        )

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
                symptoms=data[f"signs_{person.pk}"],
                needs=data[f"needs_{person.pk}"],
                papers=data[f"papers_{person.pk}"],
                rapid_test=Arrival.RapidTest.POSITIVE
                if data[f"positive_{person.pk}"]
                else data["rapid_test"],
                decision=data[f"decision_{person.pk}"] or Arrival.Decision.HOME,
                facility=self._facility(person),
            )
            for person in self.family.expected_here
            if data[f"here_{person.pk}"]
        ]

    def _facility(self, person: Person) -> Place | None:
        chosen = self.cleaned_data[f"facility_{person.pk}"]
        return self.rooms[chosen].place if chosen else None


class BusForm(HelperMixin, ClientKeyMixin):
    """One family of a trip (`line`), or everybody on its vehicle, whose number the officer has read (`people`)."""

    line = forms.RegexField(r"^[rp][0-9]{1,18}$", required=False, widget=forms.HiddenInput)
    people = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    rapid_test = forms.ChoiceField(
        label=_("Test nhanh"),
        choices=[FAMILY_TEST[0], (Arrival.RapidTest.NEGATIVE, _("Cả xe âm tính"))],
        widget=forms.RadioSelect,
        initial=Arrival.RapidTest.NONE,
    )
