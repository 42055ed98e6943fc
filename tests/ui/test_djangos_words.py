"""Nobody reads a sentence of Django's: each has one of ours, which says what to do next."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from babel.messages.extract import extract
from django import forms
from django.utils import translation

from portal.accounts.models import User
from portal.places.models import Place
from portal.ui.forms import HelperMixin
from tests import djangos, messages

SPEAKING = (
    *("forms/fields.py", "forms/models.py", "forms/formsets.py", "forms/forms.py", "forms/utils.py"),
    *("core/validators.py", "contrib/auth/password_validation.py", "contrib/postgres/validators.py"),
    *("db/models/base.py", "db/models/constraints.py"),
)
SILENT = {"Some keys were missing: %(keys)s", "Some unknown keys were provided: %(keys)s"}  # of hstore fields
RANGES = "bound of the range"  # no form has a range


def djangos_sentences() -> Iterator[str]:
    root = Path(django.__file__).parent
    for name in SPEAKING:
        with (root / name).open("rb") as source:
            for _line, message, _comments, _context in extract("python", source, messages.KEYWORDS):
                text = message if isinstance(message, str) else message[0]
                if text not in SILENT and RANGES not in text:
                    yield text


def test_every_sentence_of_djangos_forms_has_one_of_ours() -> None:
    ours = messages.translated(messages.DJANGO_PO)
    assert not {text for text in djangos_sentences() if text not in ours}


def own_forms() -> Iterator[type[forms.BaseForm]]:
    for name in messages.SOURCES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if module.name.rpartition(".")[2] == "forms" or ".forms" in module.name:
                importlib.import_module(module.name)

    def below(parent: type[Any]) -> Iterator[type[Any]]:
        for child in parent.__subclasses__():
            yield child
            yield from below(child)

    for form in below(forms.BaseForm):
        if form.__module__.split(".")[0] in messages.SOURCES:
            yield form


def test_every_form_speaks_through_the_mixin_of_the_house() -> None:
    """A form without it may only be a base of those that have it."""
    found = set(own_forms())
    assert len(found) > 50
    plain = {form for form in found if not issubclass(form, HelperMixin)}
    assert not [form for form in plain if not any(issubclass(other, form) for other in found - plain)]


class Everything(HelperMixin, forms.Form):
    text = forms.CharField(max_length=3)
    number = forms.IntegerField(max_value=9)
    decimal = forms.DecimalField()
    fraction = forms.FloatField()
    key = forms.UUIDField()
    pattern = forms.RegexField(r"\A[a-z]\Z")
    choice = forms.ChoiceField(choices=[("a", "A")])
    several = forms.MultipleChoiceField(choices=[("a", "A")])
    place = forms.ModelChoiceField(Place.objects.none())
    users = forms.ModelMultipleChoiceField(User.objects.none())


WRONG = {
    **dict.fromkeys(Everything.base_fields, "abcd"),
    "pattern": "9",
    "several": ["b"],
    "users": ["0", "x"],
}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_kind_of_field_speaks_for_itself(language: str, db: None) -> None:
    for data in ({}, WRONG):
        with translation.override(language):
            form = Everything(data)
            assert set(form.errors) == set(form.fields)
            shown = f"{form.errors} {form['place']}"
        assert not djangos.spoken(shown)
        assert ("Please" in shown) == (language == "en")
        assert ("Chưa chọn" in shown) == (language == "vi")


def test_the_watch_knows_djangos_words() -> None:
    assert djangos.spoken("<p>Enter a whole number.</p>")
    assert djangos.spoken("<p>Trường này là bắt buộc.</p>") or djangos.spoken("<p>Nhập một số tổng thể.</p>")
    assert djangos.spoken("<option>---------</option>")
    assert not djangos.spoken("<p>Vui lòng điền mục này.</p>")
