"""What a stranger met: blank pages for a wrong method, a language switch that led nowhere, words that do not help."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from citizens.forms import PhoneForm
from portal.ui.forms import HelperMixin


class Sample(HelperMixin, forms.Form):
    text = forms.CharField(max_length=5)
    choice = forms.ChoiceField(choices=[("a", "A")])
    number = forms.IntegerField(min_value=1, max_value=9)


def errors_of(**data: str) -> dict[str, list[str]]:
    form = Sample({"text": "a", "choice": "a", "number": "1", **data})
    return {name: [str(error) for error in found] for name, found in form.errors.items()}


@pytest.mark.django_db
def test_the_page_for_a_wrong_method_says_its_length() -> None:
    answer = Client().get(reverse("set_language"))
    assert answer.status_code == 405
    assert int(answer["Content-Length"]) == len(answer.content) > 500


@pytest.mark.django_db
def test_the_language_switch_of_a_refused_form_leads_to_the_page_it_was_sent_from() -> None:
    client = Client()
    came_from = "http://testserver/xac-nhan/?next=/cua-toi/"
    answer = client.post(reverse("citizens:phone"), {"phone": "1"}, headers={"referer": came_from})
    assert 'name="next" value="/xac-nhan/?next=/cua-toi/"' in answer.content.decode()
    elsewhere = client.post(
        reverse("citizens:phone"), {"phone": "1"}, headers={"referer": "https://elsewhere.example/x"}
    )
    assert 'name="next" value="/"' in elsewhere.content.decode()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"text": "abcdef"}, "text"),
        ({"choice": "zz"}, "choice"),
        ({"number": "10"}, "number"),
        ({"text": "a\x00b"}, "text"),
    ],
)
def test_an_error_says_what_to_do_next(data: dict[str, str], field: str) -> None:
    assert "Vui lòng" in errors_of(**data)[field][0]


def test_djangos_own_missing_words_are_vietnamese() -> None:
    with translation.override("vi"), pytest.raises(ValidationError) as refused:
        forms.CharField().clean("a\x00b")
    assert "Vui lòng" in str(refused.value.messages[0])


@pytest.mark.parametrize("phone", ["0276 382 2222", "+1 415 555 2671"])
def test_no_code_goes_to_a_line_that_gets_none_or_abroad(phone: str) -> None:
    assert "di động" in PhoneForm({"phone": phone}).errors["phone"][0]


@pytest.mark.django_db
def test_leaving_a_shared_phone_forgets_the_whole_session() -> None:
    client = Client()
    session = client.session
    session["registration_done"] = 1
    session.save()
    key = session.session_key
    client.post(reverse("citizens:forget"))
    assert client.session.session_key != key
    assert "registration_done" not in client.session
