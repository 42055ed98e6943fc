"""A person's name is held to the same letters in every form, whoever types it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django import forms

from appointments.booking.forms import DetailsForm
from citizens.forms import NameField, PersonForm
from repatriation.hotline.forms import OtherPersonForm, OthersForm
from repatriation.registration.forms_strangers import WalkInPersonForm
from repatriation.registration.wizard.forms import FamilyPhoneForm
from repatriation.registration.wizard.forms_people import MemberForm, PersonFields
from tests.sources import ROOT, sources

ODD = ["<b>Lan</b>", "Nguyễn\u202eThị Lan", "Lan\u200b", "{{ name }}", "Lan 5", "=Lan()", "'; --", "Lan\ufffd", "12", "…",
 "Lan|An", "lan@x", "L\u0430n", "Nguyá»n", "Sok \u179f"]  # fmt: skip
GOOD = {"Nguyễn  Thị Lan": "Nguyễn Thị Lan", "H'Hen Niê": "H'Hen Niê", "Y–Blok".replace("–", "-"): "Y-Blok", "Lê V. An": "Lê V. An",
        "Nguye\u0302\u0303n": "Nguyễn", "Y\u2011Blok": "Y-Blok", "\uff2eguyễn": "Nguyễn", "O´Brien": "O'Brien",
        "Müller": "Müller", "Łukasz Ý": "Łukasz Ý"}  # fmt: skip
CLASSES: list[tuple[Any, str]] = [
    (PersonForm, "full_name"),  # person correction
    (WalkInPersonForm, "full_name"),  # walk-in of the checkpoint, strangers at a vehicle
    (DetailsForm, "full_name"),
    (FamilyPhoneForm, "contact_name"),
    (OthersForm, "contact_name"),  # hotline, associations
]


@pytest.mark.parametrize("text", ODD)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(forms.ValidationError, match="Họ tên chỉ gồm chữ"):
        NameField().clean(text)


@pytest.mark.parametrize("text", sorted(GOOD))
def test_names_of_the_country_are_taken(text: str) -> None:
    assert NameField().clean(text) == GOOD[text]


@pytest.mark.parametrize(("form", "field"), CLASSES, ids=lambda value: getattr(value, "__name__", value))
def test_every_form_of_a_name_has_this_field(form: Any, field: str) -> None:
    assert isinstance(form.base_fields[field], NameField)


@pytest.mark.parametrize("text", ["<b>Lan</b>", "Nguyễn\u202eThị Lan"])
def test_the_citizens_form_and_the_hotlines_refuse_the_same(text: str) -> None:
    for form in (MemberForm, OtherPersonForm):
        assert issubclass(form, PersonFields)
        bound = PersonFields({"full_name": text})
        assert "full_name" in bound.errors


def test_no_other_form_asks_for_a_name_in_a_field_of_its_own() -> None:
    """`PersonFields` has its sentence for a name that is missing; `portal.accounts` names officers."""
    known = {ROOT / "repatriation/registration/wizard/forms_people.py"}
    wrong: list[Path] = [
        path
        for path in sources("citizens", "quarantine", "repatriation", "appointments")
        if path not in known
        and any(
            f"{name} = forms.CharField" in path.read_text(encoding="utf-8")
            for name in ("full_name", "contact_name")
        )
    ]
    assert not wrong
