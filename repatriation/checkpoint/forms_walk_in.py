"""The form for people who come without a registration: one line a person, as many as came."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.formsets import formset_factory
from django.utils.translation import gettext_lazy as _

from citizens.forms import PhoneField
from repatriation.checkpoint.fields import (
    ODD,
    TemperatureField,
    is_hardly_true,
    needs_field,
    symptoms_field,
)
from repatriation.checkpoint.forms import NOT_STRAIGHT_HOME, ArrivalEntryForm
from repatriation.checkpoint.walkins import Seen
from repatriation.models import Arrival
from repatriation.registration.forms_strangers import WALK_IN_ROWS, WalkInPeople, WalkInPersonForm

MOST_ROWS = 60  # more than any vehicle that is no bus of a trip carries


class WalkInForm(ArrivalEntryForm):
    """The fields that hold for all of the people without a registration."""

    phone = PhoneField(label=_("Điện thoại"), required=False)


class ArrivedPersonForm(WalkInPersonForm):
    """One line: a person, what was seen of them, and whether the officer compared their papers."""

    compared = forms.BooleanField(label=_("Đã đối chiếu giấy tờ"), required=False)
    positive = forms.BooleanField(label=_("Dương tính"), required=False)
    symptoms = forms.BooleanField(label=_("Có triệu chứng khác"), required=False)
    signs = symptoms_field(_("Triệu chứng"))
    temperature = TemperatureField(label=_("Nhiệt độ (°C)"), required=False)
    sure = forms.BooleanField(label=_("Đã đo lại nhiệt độ"), required=False)
    needs = needs_field(_("Cần giúp"))
    decision = forms.ChoiceField(
        label=_("Hướng xử lý"),
        choices=Arrival.Decision.choices,
        required=False,
        initial=Arrival.Decision.HOME,
    )
    HEALTH = ("positive", "temperature", "sure", "signs", "symptoms", "needs", "decision")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("positive") and data.get("decision") in {"", "home"}:
            self.add_error("decision", NOT_STRAIGHT_HOME)
        temperature = data.get("temperature")
        if is_hardly_true(temperature) and not data.get("sure"):
            self.add_error("temperature", ODD % {"value": str(temperature).replace(".", ",")})
        return data

    def person_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.HEALTH]

    def health_fields(self) -> list[forms.BoundField]:
        """Return the fields of health; the one about a second measuring only where it is asked for."""
        asks = "temperature" in self.errors
        return [self[name] for name in self.HEALTH if name != "sure" or asks]

    @property
    def asks_health(self) -> bool:
        return self.is_bound and any(name in self.changed_data or name in self.errors for name in self.HEALTH)

    def has_changed(self) -> bool:
        """Return whether anything but the preset decision was filled in."""
        return bool(set(self.changed_data) - {"decision"})

    def seen(self, family_test: str) -> Seen:
        """Return what the officer saw of this person."""
        data = self.cleaned_data
        return Seen(
            compared=data["compared"],
            temperature=data["temperature"],
            has_symptoms=data["symptoms"],
            symptoms=data["signs"],
            needs=data["needs"],
            rapid_test=Arrival.RapidTest.POSITIVE if data["positive"] else family_test,
            decision=data["decision"] or Arrival.Decision.HOME,
        )


class ArrivedPeople(WalkInPeople):
    def initial_form_count(self) -> int:
        """Let every line of a sent form be empty but the first, also one that a card had filled in."""
        return 0 if self.is_bound else super().initial_form_count()

    def seen(self, family_test: str) -> dict[str, Seen]:
        """Return what was seen of each entry, by its key."""
        return {
            entry.key: form.seen(family_test)  # type: ignore[attr-defined]
            for form, entry in zip(self.filled(), self.entries(), strict=True)
        }


def _formset(blank: int) -> Any:
    return formset_factory(
        ArrivedPersonForm,
        formset=ArrivedPeople,
        extra=blank,
        max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
        validate_max=True,
    )


ArrivedFormSet = _formset(WALK_IN_ROWS)


def filled_lines(lines: list[dict[str, Any]], blank: int = 0) -> ArrivedPeople:
    """Return the lines with these values, and so many blank ones after them."""
    people: ArrivedPeople = _formset(blank)(initial=lines)
    return people
