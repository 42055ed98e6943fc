"""The logs of all processes: no token, code, phone, name or identity number, and no error that is none."""

from __future__ import annotations

import base64
import io
import logging
import logging.config
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.urls import path
from hypothesis import given
from hypothesis import strategies as st

import portal.urls
from citizens import codes
from portal.logs import MASK, NotAnError, PrivateFormatter, masked
from portal.records.refusals import Refused
from tests.sources import ROOT

NAME, PHONE, NUMBER, CODE = "Nguyễn Thị Lan", "0901234567", "072184004821", "TN-7K3M4-A"
SECRET = "482913"
PRIVATE = [NAME, PHONE, NUMBER, CODE, SECRET]


@login_not_required
def broken(request: HttpRequest, text: str) -> Any:
    try:
        raise KeyError(NAME, PHONE)
    except KeyError as error:
        raise ValueError(f"no such person: '{NAME}', {NUMBER}, code {SECRET}, {CODE}") from error


@login_not_required
def forbidden(request: HttpRequest, text: str) -> Any:
    raise PermissionDenied(f"{NAME} {NUMBER}")


urlpatterns = [*portal.urls.urlpatterns, path("x/<str:text>/", broken), path("y/<str:text>/", forbidden)]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the handler of the settings writes while a test runs."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PrivateFormatter("%(levelname)s %(name)s %(message)s"))
    handler.addFilter(NotAnError())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("number", [PHONE, "+84 901 234 567", "0901.234.567", "0901,234,567", "0901_234_567", "(0276) 382-1234", NUMBER, "072 184 004 821",
                                    "123456789", "C1234567", "482913", "lan@example.vn"])  # fmt: skip
def test_numbers_are_masked_however_they_are_written(number: str) -> None:
    text = masked(f"sent to {number}, done")
    assert text == f"sent to {MASK}, done"


@given(
    st.binary(min_size=20, max_size=20),
    st.sampled_from(["/l/%s/", "/dang-ky/%s/rut/", "GET /cho-ngoi/%s/ 404", "/dat-lich/%s"]),
)
def test_a_token_is_masked_in_every_address(bits: bytes, address: str) -> None:
    token = base64.urlsafe_b64encode(bits).rstrip(b"=").decode()
    assert token not in masked(address % token)


def test_tokens_beside_an_address_are_masked() -> None:
    for _number in range(200):
        token = secrets.token_urlsafe(20)
        assert token not in masked(f"token={token} was refused")
    session, form = "5h3kq0c9w1v7m2x8z4y6b1n0l9p8t7r6", "a1B2" * 16
    assert masked(f"{session} {form}") == f"{MASK} {MASK}"


def test_codes_are_masked_and_trips_are_not() -> None:
    for _number in range(50):
        code = codes.make("TN")
        assert masked(f"family {code.lower()} and {code}") == f"family tn-{MASK} and TN-{MASK}"
    assert (
        masked("offers of trip CX-1NEMG-R could not be ended")
        == "offers of trip CX-1NEMG-R could not be ended"
    )


def test_what_was_searched_for_is_masked() -> None:
    assert (
        masked('"GET /officer/people/?q=Lan&page=2 HTTP/1.1" 200')
        == f'"GET /officer/people/?{MASK} HTTP/1.1" 200'
    )


@pytest.mark.parametrize("line", ["Task portal.notifications.tasks.sweep[6f1c2f0e-7a51-4c1e-9d0a-0b9c3c6f1a2b] succeeded in 0.0123456s: 0",
                                  "Error 111 connecting to 127.0.0.1:6379. Connection refused.", "export 99999 could not be made",
                                  "relation person_identity_number_unique does not exist", "reference 3456-7899: KeyError at GET officer/people/<int:pk>/",
                                  "entry ran at 2026-11-24 12:00:01"])  # fmt: skip
def test_what_names_nobody_stays(line: str) -> None:
    assert masked(line) == line


@pytest.mark.django_db
def test_a_refused_form_writes_no_link(log: io.StringIO) -> None:
    token = secrets.token_urlsafe(20)
    for client in (Client(enforce_csrf_checks=True), Client()):
        for method in (client.post, client.get, client.put):
            method(f"/dang-ky/{token}/rut/?q={PHONE}")
            method(f"/l/{token}/")
    assert Client(enforce_csrf_checks=True).post(f"/dang-ky/{token}/rut/").status_code == 403
    assert log.getvalue() == ""  # 403, 404 and 405 are no errors


@override_settings(ROOT_URLCONF=__name__)
def test_an_error_is_written_without_the_values_in_it(log: io.StringIO) -> None:
    token = secrets.token_urlsafe(20)
    client = Client(raise_request_exception=False)
    assert client.get(f"/x/{token}/?q={NAME}").status_code == 500
    assert client.get(f"/y/{token}/").status_code == 403
    text = log.getvalue()
    assert "Internal Server Error: GET x/<str:text>/" in text
    assert "ValueError: " in text
    assert "KeyError" in text
    assert 'tests/test_logs.py", line' in text
    assert "PermissionDenied" not in text
    assert not [private for private in [*PRIVATE, token] if private in text]


def test_information_shows_refusals_without_their_address(log: io.StringIO, rf: RequestFactory) -> None:
    root = logging.getLogger()
    level, root.level = root.level, logging.INFO
    try:
        request = rf.get(f"/l/{secrets.token_urlsafe(20)}/")
        extra = {"status_code": 404, "request": request}
        logging.getLogger("django.request").warning("Not Found: %s", request.path, extra=extra)
    finally:
        root.level = level
    assert log.getvalue() == "WARNING django.request Not Found: GET ?\n"


@pytest.mark.django_db
def test_a_row_that_the_database_refuses_is_not_written(log: io.StringIO) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO citizens_person (full_name, phone) VALUES (%s, %s)", [NAME, PHONE])
    except IntegrityError as error:
        logging.getLogger("portal.errors").exception("row %s was refused: %s", 12, error)
    text = log.getvalue()
    assert "row 12 was refused" in text
    assert "null value in column" in text
    assert not [private for private in PRIVATE if private in text]


def test_names_in_values_and_in_refusals_are_masked(log: io.StringIO) -> None:
    logger = logging.getLogger("portal.errors")
    logger.warning("%s has %s", NAME, 5)
    logger.warning("because %s", Refused(f"Gia đình {NAME} đã có chỗ"))
    logger.warning("because %s", ValueError("invalid literal for int() with base 10: 'Nguyen Thi Lan'"))
    logger.warning(f"{NAME} came")
    text = log.getvalue()
    assert "Lan" not in text
    assert text.count("because") == 2
    assert "has 5" in text


def test_the_workers_task_is_written_without_its_arguments(log: io.StringIO) -> None:
    context = {"name": "t", "id": "6f1c2f0e-7a51-4c1e-9d0a-0b9c3c6f1a2b", "description": "raised unexpected",
               "exc": f"ValueError('{NAME} {PHONE}')", "args": f"['{NAME}']", "kwargs": f"{{'phone': '{PHONE}'}}"}  # fmt: skip
    message = "Task %(name)s[%(id)s] %(description)s: %(exc)s %(args)s %(kwargs)s"
    logging.getLogger("celery.app.trace").error(message, context)
    assert f"Task t[{context['id']}] raised unexpected: ValueError" in log.getvalue()
    assert not [private for private in PRIVATE if private in log.getvalue()]


def test_names_without_marks_in_arguments_and_values_are_masked(log: io.StringIO) -> None:
    plain = "Nguyen Thi Lan"
    context = {
        "name": "t",
        "id": "6f1c2f0e-7a51-4c1e-9d0a-0b9c3c6f1a2b",
        "args": f"('{plain}',)",
        "kwargs": {"name": plain},
    }
    logger = logging.getLogger("celery.app.trace")
    logger.error("Task %(name)s[%(id)s] %(args)s %(kwargs)s", context)
    logger.error(
        "Received unregistered task of type %s. The body was: %s", "t", f"[['{plain}'], {{'by': '{plain}'}}]"
    )
    logger.error("row %s of %s", {"full_name": plain, "tags": [plain]}, [plain])
    logger.error("constraint %s", "'person_identity_number_unique'", stack_info=False)
    text = log.getvalue()
    assert "Nguyen" not in text
    assert f"Task t[{context['id']}] {MASK} {MASK}" in text
    assert "person_identity_number_unique" in text


WORKER = """
import logging
from portal.celery import app
app.log.setup(loglevel="INFO")
logging.getLogger("celery.app.trace").info("Task took %s", "0901234567")
logging.getLogger("gunicorn.access").error('"POST /l/%s/ HTTP/1.1" 403', "AbCd1234" * 4)
logging.getLogger("somebody").debug("never")
"""


def test_worker_and_web_server_write_through_the_same_formatter() -> None:
    """In a process of its own: setting up logs takes the handlers of the tests away."""
    run = subprocess.run(
        [sys.executable, "-c", WORKER], capture_output=True, text=True, cwd=ROOT, env=os.environ, check=True
    )
    assert f"INFO celery.app.trace Task took {MASK}" in run.stderr
    assert f'POST /l/{MASK}/ HTTP/1.1" 403' in run.stderr
    assert "0901234567" not in run.stderr + run.stdout


def test_every_handler_of_the_settings_uses_formatter_and_filter() -> None:
    assert {"line"} == {handler["formatter"] for handler in settings.LOGGING["handlers"].values()}
    assert all("not_an_error" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
