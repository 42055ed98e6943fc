"""Web, worker and scheduler look before they start, and say what is wrong in a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from portal import startup
from portal.embedded.processes import free_port

WEB = ["-c", "import portal.wsgi"]
WORKER = ["-m", "celery", "-A", "portal.celery", "worker", "--concurrency", "1"]
SCHEDULER = ["-m", "celery", "-A", "portal.celery", "beat", "--pidfile="]


@pytest.fixture(autouse=True)
def keep_the_tests_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "close", lambda: None)


def test_an_unknown_channel_is_refused(db: None, settings: Any) -> None:
    settings.PORTAL_CHANNEL = "zalos"
    with pytest.raises(ImproperlyConfigured, match="PORTAL_CHANNEL is zalos; it may be console"):
        startup.check_start()


def test_without_a_channel_it_starts_and_says_so(
    db: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    startup.check_start()
    assert "No channel of messages is set up" in caplog.text
    caplog.clear()
    settings.PORTAL_DEMO = True
    startup.check_start()
    assert "No channel" not in caplog.text


def test_a_demo_on_a_database_of_ones_own_is_said(
    db: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PORTAL_DEMO, settings.PORTAL_EMBEDDED = True, False
    startup.check_start()
    assert "PORTAL_DEMO is 1" in caplog.text


def test_one_role_for_everything_is_said(db: None, caplog: pytest.LogCaptureFixture) -> None:
    startup.check_start()
    assert "could change the logs (is_superuser" in caplog.text


@pytest.mark.django_db
def test_a_database_that_is_not_migrated_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user RENAME COLUMN is_demo TO was_demo")
    with pytest.raises(CommandError, match=r"manage\.py migrate"):
        call_command("check_start")


@pytest.mark.parametrize("command", [WEB, WORKER, SCHEDULER], ids=["web", "worker", "scheduler"])
def test_each_process_ends_with_the_sentence(command: list[str], db: None) -> None:
    name = str(connection.settings_dict["NAME"])
    address = portal_settings.DATABASE_URL.rpartition("/")[0]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": f"{address}/{name}",
        "PORTAL_CHANNEL": "zalos",
    }
    answer = subprocess.run(
        [sys.executable, *command],
        cwd=portal_settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode != 0
    assert "PORTAL_CHANNEL is zalos" in answer.stderr


def test_a_database_that_does_not_answer_keeps_nothing_from_starting() -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": f"postgresql://portal:x@127.0.0.1:{free_port()}/portal",
    }
    answer = subprocess.run(
        [sys.executable, *WEB],
        cwd=portal_settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    assert "could not be looked at" in answer.stderr
