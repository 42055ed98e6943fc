"""A list that takes too much ends its own process, and is refused when that happened twice."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from portal import work
from portal.accounts.models import User
from portal.records.log import history
from portal.reporting import actions as exports
from portal.reporting.models import ExportJob
from repatriation.importing import actions as importing
from repatriation.importing import commit as import_commit
from repatriation.importing.words import setback_text
from repatriation.models import Campaign, ImportBatch, Registration
from repatriation.models.import_batch import ImportStatus
from tests.databases import database_url
from tests.repatriation.world.families import coordinator
from tests.repatriation.world.lists import checked, uploaded

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """What no handler catches, as a signal of the kernel."""


@pytest.fixture
def officer(places: SimpleNamespace) -> User:
    return coordinator(places.home)


def die(*_arguments: object, **_options: object) -> None:
    raise Killed


def test_a_list_whose_worker_died_twice_is_refused_and_not_begun_again(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = uploaded(campaign, officer)
    monkeypatch.setattr(importing, "check", die)
    for attempts in (1, 2):
        with pytest.raises(Killed):
            importing.work()
        batch.refresh_from_db()
        assert (batch.status, batch.attempts) == (ImportStatus.CHECKING, attempts)
    assert importing.work() == 1
    batch.refresh_from_db()
    assert (batch.status, batch.refusal["code"], batch.attempts) == (ImportStatus.FAILED, "heavy", 0)
    assert "tách thành nhiều tệp" in batch.refusal_text
    assert importing.work() == 0


def test_one_death_is_forgotten_when_the_step_ends_well(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = uploaded(campaign, officer)
    with monkeypatch.context() as patch:
        patch.setattr(importing, "check", die)
        with pytest.raises(Killed):
            importing.work()
    importing.work()
    batch.refresh_from_db()
    assert (batch.status, batch.attempts) == (ImportStatus.CHECKED, 0)


def test_a_commit_whose_worker_died_twice_is_taken_back_with_a_sentence(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = importing.order_commit(checked(campaign, officer), by=officer)
    monkeypatch.setattr(import_commit, "_notify_families", die)
    for _attempt in range(2):
        with pytest.raises(Killed):
            importing.work_on(batch.pk)
    importing.work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.setback, batch.attempts) == (ImportStatus.CHECKING, "died", 0)
    assert "dừng giữa chừng" in setback_text(batch)
    assert not Registration.objects.exists()


def test_a_list_that_waits_for_a_lock_has_not_died(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = importing.order_commit(checked(campaign, officer), by=officer)

    def wait(*_arguments: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '55P03'; END $$")

    monkeypatch.setattr(import_commit, "_notify_families", wait)
    for _time in range(4):
        assert not importing.work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.attempts) == (ImportStatus.COMMITTING, 0)


@pytest.mark.parametrize(
    ("constraint", "code"),
    [
        ("person_identity_number_unique", "changed"),
        ("member_one_live_registration", "changed"),
        ("repatriation_registration_code_key", "trouble"),
        ("member_one_head", "trouble"),
    ],
)
def test_a_refusal_of_the_database_is_called_by_its_name(
    constraint: str,
    code: str,
    campaign: Campaign,
    officer: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    batch = importing.order_commit(checked(campaign, officer), by=officer)

    def refuse(*_arguments: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '23505', CONSTRAINT = '{constraint}', "
                "DETAIL = 'Key (identity_number)=(072189001234)'; END $$"
            )

    monkeypatch.setattr(import_commit, "_notify_families", refuse)
    assert importing.work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.setback) == (ImportStatus.CHECKING, code)


def test_a_list_that_is_given_up_while_it_is_checked_can_be_cancelled(
    campaign: Campaign, officer: User
) -> None:
    batch = uploaded(campaign, officer)
    ImportBatch.objects.filter(pk=batch.pk).update(status=ImportStatus.UPLOADED)
    importing.cancel(batch, by=officer)
    batch.refresh_from_db()
    assert batch.status == ImportStatus.CANCELLED


@pytest.mark.parametrize("wrong", [{"attempts": 3}, {"attempts": 1, "status": "checked"}])
def test_the_database_knows_no_other_attempts(
    wrong: dict[str, Any], campaign: Campaign, officer: User
) -> None:
    batch = checked(campaign, officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(**wrong)


def test_a_file_whose_worker_died_twice_has_failed(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    job = ExportJob.objects.create(
        owner=officer, name="x", kind="csv", address="/officer/registrations/?export=csv"
    )
    monkeypatch.setattr(exports, "collect", die)
    for _attempt in range(2):
        with pytest.raises(Killed):
            exports.work_on(job.pk)
    exports.work_on(job.pk)
    job.refresh_from_db()
    assert job.status == ExportJob.Status.FAILED


@pytest.fixture
def same_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that the test starts work in the database of the test."""
    monkeypatch.setenv("DATABASE_URL", database_url(settings.DATABASES["default"]["NAME"]))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", os.environ["DJANGO_SETTINGS_MODULE"])


def test_a_list_is_checked_and_committed_in_processes_of_their_own(
    same_database: None, campaign: Campaign, officer: User
) -> None:
    batch = uploaded(campaign, officer)
    assert importing.work_apart() == 1
    importing.order_commit(batch, by=officer)
    assert importing.work_apart() == 1
    batch.refresh_from_db()
    assert batch.status == ImportStatus.COMMITTED
    assert history(batch).filter(verb="checked").count() == 1
    assert importing.work_apart() == 0


def test_the_kernel_ends_what_takes_too_long(same_database: None) -> None:
    assert not work.run_apart("check", megabytes=600, seconds=0)


def test_memory_is_limited(same_database: None) -> None:
    assert work.run_apart("diffsettings", megabytes=600, seconds=60)
    assert not work.run_apart("diffsettings", megabytes=5, seconds=60)
