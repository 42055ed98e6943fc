"""The portal's own pages, its errors, and the headers of every answer."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, override_settings
from django.urls import reverse

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.urls")]
MAX_WIRE = 30_000  # bytes: the whole first page, assets included


@pytest.fixture
def quiet_client():
    """A client that gets the error page instead of the exception."""
    return Client(raise_request_exception=False)


def test_home_shows_the_choices_in_order(client):
    html = client.get(reverse("home")).content.decode()
    assert "Bà con cần làm việc gì?" in html
    assert "Phản ánh, nhờ hỗ trợ: 0276 1022" in html
    assert '<html lang="vi">' in html


def test_home_with_everything_fits_the_promised_weight(client):
    answer = client.get(reverse("home"), headers={"accept-encoding": "gzip"})
    html = gzip.decompress(answer.content)
    wire = len(answer.content)
    for path in re.findall(rb'(?:href|src)="/static/([^"]+)"', html):
        found = finders.find(path.decode())
        assert found, path
        with open(found, "rb") as file:  # noqa: PTH123
            wire += len(gzip.compress(file.read()))
    assert wire <= MAX_WIRE


def test_pages_have_no_inline_script_or_style_and_load_only_their_own(client):
    for name in ("home", "hotline"):
        html = client.get(reverse(name)).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', html)


def test_citizens_pages_are_compressed_and_officers_are_not(client):
    asked = {"accept-encoding": "gzip"}
    answer = client.get(reverse("hotline"), headers=asked)
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert "0276 1022" in gzip.decompress(answer.content).decode()
    assert "Content-Encoding" not in client.get(reverse("hotline")).headers
    assert "Content-Encoding" not in client.get(reverse("accounts:sign_in"), headers=asked).headers


def test_equal_pages_have_not_always_the_same_length(client):
    asked = {"accept-encoding": "gzip"}
    assert len({len(client.get(reverse("hotline"), headers=asked).content) for _ in range(20)}) > 1


def test_hotline_can_be_called_from_the_page(client, settings):
    html = client.get(reverse("hotline")).content.decode()
    assert 'href="tel:02761022"' in html
    assert 'href="tel:115"' in html


@pytest.mark.parametrize("name", ["home", "hotline"])
def test_pages_only_show(client, name):
    assert client.post(reverse(name)).status_code == 405


def test_reader_chooses_the_language_and_the_browser_does_not(client):
    assert '<html lang="vi">' in client.get("/", headers={"accept-language": "en"}).content.decode()
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/1022/"})
    assert answer.headers["Location"] == "/1022/"
    answer = client.get("/")
    assert '<html lang="en">' in answer.content.decode()
    assert answer.headers["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("path", "status"), [("/wrong/403/", 403), ("/wrong/400/", 400), ("/khong-co/", 404)]
)
def test_error_pages_say_what_to_do_next(quiet_client, path, status):
    answer = quiet_client.get(path)
    html = answer.content.decode()
    assert answer.status_code == status
    assert "Về trang chính" in html
    assert answer.headers["X-Reference"] in html


def test_wrong_method_gets_a_page_and_keeps_what_is_allowed(quiet_client):
    answer = quiet_client.get("/wrong/405/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "phải bấm từ trang của nó" in answer.content.decode()


def test_server_error_gives_the_reference_and_the_hotline_and_no_detail(quiet_client, caplog):
    answer = quiet_client.get("/wrong/500/")
    html = answer.content.decode()
    assert answer.status_code == 500
    assert answer.headers["X-Reference"] in html
    assert "0276 1022" in html
    assert "secret detail" not in html
    assert answer.headers["X-Reference"] in caplog.text


def test_form_without_its_token_is_told_what_to_do():
    answer = Client(enforce_csrf_checks=True).post(reverse("set_language"), {"language": "en"})
    assert answer.status_code == 403
    assert "tải lại trang" in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/khong-co/", "/wrong/500/", "/wrong/405/"])
def test_every_answer_carries_the_strict_headers(quiet_client, path):
    headers = quiet_client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Permissions-Policy"]


def test_page_that_knows_nobody_may_be_kept_and_is_asked_for_again(client):
    assert client.get("/").headers["Cache-Control"] == "private, no-cache"


def test_page_that_knows_who_looks_is_kept_nowhere(client):
    session = client.session
    session["phone"] = "+84901234567"
    session.save()
    with override_settings(MESSAGE_STORAGE="django.contrib.messages.storage.session.SessionStorage"):
        assert client.get("/").headers["Cache-Control"] == "private, no-store"


def test_style_page_needs_the_demo_and_a_sign_in(client, settings):
    settings.PORTAL_DEMO = True
    assert client.get(reverse("ui:style")).status_code == 302


@pytest.mark.urls("portal.urls")
@pytest.mark.parametrize(
    "behind", [".", ",", ")", "/.", "/)", "/”", "%E2%80%8B", "/%E2%80%8B", "%20", "/…", ").."]
)
def test_what_a_program_takes_for_a_part_of_a_link_is_left_out(client, behind):
    link = "/l/AbCdEfGhIjKlMnOpQrSt_-1/"
    answer = client.get(link.rstrip("/") + behind)
    assert (answer.status_code, answer["Location"]) == (302, link)
    assert client.get(link).status_code == 404
    assert client.post(link + ".").status_code in {403, 404}


@pytest.mark.urls("portal.urls")
@pytest.mark.parametrize(
    "path", ["/l/short.", "/officer/people/.", "/l/AbCdEfGhIjKlMnOpQrSt_-1/more", "/khong-co."]
)
def test_no_other_address_is_guessed(client, path):
    assert client.get(path, follow=True).status_code in {200, 404}
    assert client.get(path).status_code in {301, 302, 404}
