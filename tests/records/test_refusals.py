"""What is refused is said in words, the same way on every page."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.test import RequestFactory

from portal.accounts.models import User
from portal.records.refusals import Refused
from portal.ui.refusals import flash_refusal, run_or_add_error, run_or_flash


class Shut(Refused):
    def __str__(self) -> str:
        return "Cửa đóng. Vui lòng gọi 1022."

    def to_officer(self) -> str:
        return "Cửa đóng. Vui lòng nói gia đình chờ."


class OneForm(forms.Form):
    code = forms.CharField()


def refuse() -> Any:
    raise Shut


@pytest.fixture
def request_of_citizen(rf: RequestFactory) -> HttpRequest:
    request = rf.post("/")
    request.user = AnonymousUser()
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


@pytest.fixture
def request_of_officer(request_of_citizen: HttpRequest) -> HttpRequest:
    request_of_citizen.user = User(username="hanh")
    return request_of_citizen


def said(request: HttpRequest) -> list[tuple[int, str]]:
    return [(one.level, one.message) for one in messages.get_messages(request)]


def test_run_or_flash_returns_what_came_of_it(request_of_citizen: HttpRequest) -> None:
    assert run_or_flash(request_of_citizen, lambda: [1]) == [1]
    assert said(request_of_citizen) == []


def test_run_or_flash_says_a_refusal_to_a_citizen(request_of_citizen: HttpRequest) -> None:
    assert run_or_flash(request_of_citizen, refuse) is None
    assert said(request_of_citizen) == [(messages.ERROR, "Cửa đóng. Vui lòng gọi 1022.")]


def test_run_or_flash_says_it_to_an_officer_as_to_an_officer(request_of_officer: HttpRequest) -> None:
    assert run_or_flash(request_of_officer, refuse, level=messages.WARNING) is None
    assert said(request_of_officer) == [(messages.WARNING, "Cửa đóng. Vui lòng nói gia đình chờ.")]


def test_run_or_flash_lets_a_fault_through(request_of_citizen: HttpRequest) -> None:
    with pytest.raises(ZeroDivisionError):
        run_or_flash(request_of_citizen, lambda: 1 / 0)


def test_run_or_add_error_puts_a_refusal_at_its_field(request_of_citizen: HttpRequest) -> None:
    form = OneForm({"code": "1"})
    assert form.is_valid()
    assert not run_or_add_error(request_of_citizen, form, refuse, field="code")
    assert form.errors == {"code": ["Cửa đóng. Vui lòng gọi 1022."]}


def test_run_or_add_error_without_a_field_is_an_error_of_the_form(request_of_officer: HttpRequest) -> None:
    form = OneForm({"code": "1"})
    assert not run_or_add_error(request_of_officer, form, refuse)
    assert form.non_field_errors() == ["Cửa đóng. Vui lòng nói gia đình chờ."]


def test_run_or_add_error_tells_that_it_was_done(request_of_citizen: HttpRequest) -> None:
    form = OneForm({"code": "1"})
    assert run_or_add_error(request_of_citizen, form, lambda: None, field="code")
    assert form.is_valid()


def test_a_refusal_without_words_for_officers_says_the_same(request_of_officer: HttpRequest) -> None:
    flash_refusal(request_of_officer, Refused("Đã có người làm."))
    assert said(request_of_officer) == [(messages.ERROR, "Đã có người làm.")]
