"""What comes in by a request is cleaned before anything reads it, in every form and at every address."""

import importlib
import re
from urllib.parse import urlsplit

import pytest
from django import forms
from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from citizens.links import make_link
from portal.accounts.models import User
from portal.inputs import json_body
from portal.ui.incoming import AS_TYPED, HeadMiddleware, IncomingTextMiddleware, cleaned_fields
from tests.sources import ROOT, module_of, sources
from tests.test_access import addresses

READS_THE_BODY = re.compile(r"request\.(?:body|read\(|META\[.QUERY_STRING|META\.get\(.QUERY_STRING)")


def all_forms() -> set[type[forms.BaseForm]]:
    for path in sources():
        if path.name != "wsgi.py":  # it starts the portal
            importlib.import_module(module_of(path))
    found: set[type[forms.BaseForm]] = set()
    left = [forms.BaseForm]
    while left:
        for form in left.pop().__subclasses__():
            found.add(form)
            left.append(form)
    return {form for form in found if form.__module__.split(".")[0] not in ("django", "import_export")}


def test_every_field_is_cleaned_but_those_of_passwords() -> None:
    """Fields of passwords are compared as they were typed, and no other field may share their names."""
    passwords, others = set(), set()
    for form in all_forms():
        for name, field in getattr(form, "base_fields", {}).items():
            (passwords if isinstance(field.widget, forms.PasswordInput) else others).add(name)
    assert passwords == AS_TYPED
    assert not AS_TYPED & others


def test_texts_are_cleaned_before_any_view_and_anything_else_that_reads_them() -> None:
    """Behind the check of the form's token alone, which is the portal's own."""
    order = settings.MIDDLEWARE
    own = order.index("portal.ui.incoming.IncomingTextMiddleware")
    assert order[own - 1] == "django.middleware.csrf.CsrfViewMiddleware"
    readers = [path for path in order[own + 1 :] if "process_view" in dir(_imported(path))]
    assert own < min((order.index(path) for path in readers), default=len(order))


def _imported(path: str) -> type:
    module, _dot, name = path.rpartition(".")
    found: type = getattr(importlib.import_module(module), name)
    return found


def test_no_view_reads_a_body_by_itself() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in sources()
        if READS_THE_BODY.search(path.read_text(encoding="utf-8"))
    }
    assert readers <= {"portal/inputs.py", "portal/ui/incoming.py", "portal/ui/middleware.py"}


def test_names_values_and_files_are_cleaned() -> None:
    data = QueryDict("na%E2%80%8Bme=L%C2%ADan&q=B%C2%A0C&q=%EF%BB%BF1&password=a%E2%80%8Bb")
    clean = cleaned_fields(data)
    assert (clean["name"], clean.getlist("q")) == ("Lan", ["B C", "1"])
    assert clean["password"] == "a\u200bb"
    assert not clean._mutable
    plain = QueryDict("q=Lan")
    assert cleaned_fields(plain) is plain


def test_json_is_cleaned_and_a_deep_one_is_a_wrong_one() -> None:
    request = RequestFactory().post("/", '{"a": "L\u00adan\\u200b\\ud800"}', content_type="application/json")
    assert json_body(request) == {"a": "Lan"}
    for wrong in ("{", "[" * 50_000 + "]" * 50_000):
        with pytest.raises(ValueError):
            json_body(RequestFactory().post("/", wrong, content_type="application/json"))


@pytest.mark.django_db
def test_a_phone_with_signs_that_nobody_sees_is_a_phone(client: Client) -> None:
    sent = client.post(reverse("citizens:phone"), {"phone": "\u202d0903 123\u00a0456\u202c"})
    assert sent.status_code == 302
    assert client.session["asked_phone"]["phone"] == "+84903123456"


def test_head_keeps_the_headers_of_get_and_no_body() -> None:
    seen: list[str] = []

    def view(request: object) -> HttpResponse:
        seen.append(request.method)  # type: ignore[attr-defined]
        return HttpResponse("Xin chào", headers={"X-Own": "1"})

    response = HeadMiddleware(view)(RequestFactory().head("/"))
    assert seen == ["GET"]
    assert (response.content, response["Content-Length"], response["X-Own"]) == (b"", "9", "1")
    assert IncomingTextMiddleware(view)(RequestFactory().get("/")).content == "Xin chào".encode()


@pytest.mark.django_db
def test_every_address_answers_head_as_get(client: Client) -> None:
    tried = 0
    for name in addresses():
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        with_body, without = client.get(address), client.head(address)
        assert (without.status_code, without.get("Location")) == (
            with_body.status_code,
            with_body.get("Location"),
        )
        assert without.content == b""
        tried += 1
    assert tried > 40


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_link_of_a_message_answers_a_previewer(client: Client, method: str) -> None:
    link = make_link(User.objects.create_user("lan", "x", full_name="Lan"), "registration")
    response = getattr(client, method)(urlsplit(link).path)
    assert response.status_code == 302
    assert response["Location"].startswith("/")
