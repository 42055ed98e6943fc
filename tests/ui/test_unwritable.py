"""A full disk, or a database that only reads: pages that only read still open, and others say what is wrong."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.session import SessionStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from citizens.models import Person
from portal.accounts.models import Assignment
from portal.accounts.roles import FIRST_SCREENS, Role
from portal.places.models import Place
from portal.records.models import Read
from portal.ui.unwritable import cannot_write
from tests.factories import PASSWORD, PersonFactory, client_of, make_user
from tests.repatriation.world.places import make_places

pytestmark = pytest.mark.django_db(transaction=True)
FULL = "tạm thời không ghi được"


@contextmanager
def database_that_only_reads() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")


@contextmanager
def full_disk() -> Iterator[None]:
    """The error that PostgreSQL gives when a table cannot grow, for whoever adds a row or a new version of one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            "'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"
        )
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = [table for (table,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(
                f'CREATE TRIGGER a_no_room BEFORE INSERT OR UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION no_room()'
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION no_room() CASCADE")


@pytest.fixture(params=[database_that_only_reads, full_disk], ids=["read-only", "full"])
def unwritable(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def places() -> SimpleNamespace:
    return make_places()


@pytest.fixture
def officer(places: SimpleNamespace) -> Client:
    """An officer with every role."""
    user = make_user(Role.COMMUNE, places.home, username="moi", full_name="Trần Mọi Vai")
    for role in set(Role) - {Role.COMMUNE}:
        Assignment.objects.create(user=user, role=role, place=places.home)
    return client_of(user)


def test_what_citizens_read_still_opens(unwritable: Any, places: SimpleNamespace, client: Client) -> None:
    pages = ["/", "/1022/", "/dot-don/", "/dang-ky/", "/dat-lich/", "/khai-bao/", "/ket-qua/", "/xac-nhan/"]
    with unwritable():
        statuses = {page: client.get(page, follow=True).status_code for page in pages}
    assert statuses == dict.fromkeys(pages, 200)


def test_the_first_screen_of_every_role_still_opens(unwritable: Any, officer: Client) -> None:
    names = [name for _permission, name in FIRST_SCREENS]
    with unwritable():
        statuses = {name: officer.get(reverse(name), follow=True).status_code for name in names}
    assert statuses == dict.fromkeys(names, 200)


def test_a_page_whose_message_cannot_be_marked_as_shown_opens_and_shows_it_again(
    unwritable: Any, officer: Client
) -> None:
    session = officer.session
    storage = SessionStorage(SimpleNamespace(session=session))  # type: ignore[arg-type]
    storage._store([Message(constants.SUCCESS, "Đã lưu hồ sơ.")], None)  # type: ignore[arg-type]
    session.save()
    with unwritable():
        for _time in range(2):
            page = officer.get("/officer/password/")
            assert (page.status_code, "Đã lưu hồ sơ." in page.content.decode()) == (200, True)
    assert "Đã lưu hồ sơ." in officer.get("/officer/password/").content.decode()
    assert "Đã lưu hồ sơ." not in officer.get("/officer/password/").content.decode()


def test_a_person_is_not_shown_while_nobody_can_write_down_who_looked(
    unwritable: Any, places: SimpleNamespace, officer: Client
) -> None:
    lan = PersonFactory(home_commune=places.commune)
    address = reverse("citizens:person", args=[lan.pk])
    officer.raise_request_exception = False
    with unwritable():
        page = officer.get(address)
    assert page.status_code == 503
    text = page.content.decode()
    assert FULL in text
    assert "ai đã xem" in text
    assert lan.full_name not in text
    assert officer.get(address).status_code == 200
    assert Read.objects.count() == 1


def test_a_form_that_cannot_be_saved_says_so_and_saves_nothing(
    unwritable: Any, places: SimpleNamespace, client: Client
) -> None:
    make_user(Role.COMMUNE, places.commune, username="hanh")
    client.raise_request_exception = False
    with unwritable():
        page = client.post("/officer/sign-in/", {"username": "hanh", "password": PASSWORD})
    assert (page.status_code, "chưa được lưu" in page.content.decode()) == (503, True)
    assert client.post("/officer/sign-in/", {"username": "hanh", "password": PASSWORD}).status_code == 302


def test_a_file_that_finds_no_room_on_the_web_host_says_so(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_args: Any, **_options: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", no_room)
    officer.raise_request_exception = False
    large = SimpleUploadedFile("x.csv", b"x" * 3_000_000)
    page = officer.post(reverse("repatriation:import_add"), {"file": large})
    assert (page.status_code, FULL in page.content.decode()) == (503, True)


def test_any_other_fault_is_told_as_before(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    officer.raise_request_exception = False
    monkeypatch.setattr("portal.accounts.views.PasswordForm", lambda *_a, **_o: 1 / 0)
    page = officer.get("/officer/password/")
    assert (page.status_code, FULL in page.content.decode()) == (500, False)


def test_errors_are_told_apart_through_what_led_to_them() -> None:
    full = OSError(errno.ENOSPC, "x")
    outer = ValueError("x")
    outer.__cause__ = full
    assert cannot_write(outer)
    circle = ValueError("x")
    circle.__cause__ = circle
    assert not cannot_write(circle)
    assert not cannot_write(None)
    assert not cannot_write(OSError(errno.ENOENT, "x"))
    assert Person.objects.count() == 0
    assert Place.objects.count() == 0
