"""What `deploy/` documents agrees with the settings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from portal.secret_key import fault_of_key

DEPLOY = Path(settings.BASE_DIR) / "deploy"
GOOD_KEY = "Zx9-qW3eRt5yUi7oPa1sDf2gHj4kLz6xCv8bNm0_QwErTyUiOp"


def example() -> dict[str, str]:
    lines = (DEPLOY / "portal.env.example").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("", "not set"),
        (example()["PORTAL_SECRET_KEY"], "example"),
        ("…", "1 characters"),
        (GOOD_KEY[:49], "49 characters"),
        ("a" * 64, "guessed"),
        ("0123456789" * 6, ""),
        (f"django-insecure-{GOOD_KEY}", "guessed"),
        (GOOD_KEY, ""),
    ],
)
def test_a_weak_secret_key_is_refused_with_the_reason_and_what_to_do(key: str, fault: str) -> None:
    sentence = fault_of_key(key)
    assert fault in sentence
    assert bool(sentence) is bool(fault)
    assert not sentence or "token_urlsafe" in sentence


@pytest.mark.parametrize("key", [GOOD_KEY[:49], example()["PORTAL_SECRET_KEY"], f" {GOOD_KEY[:48]} "])
def test_nothing_starts_with_a_weak_secret_key(key: str) -> None:
    code = "import django; django.setup()"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings", "PORTAL_SECRET_KEY": key}
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert answer.returncode == 1
    assert "PORTAL_SECRET_KEY" in answer.stderr.splitlines()[-1]
    assert key.strip() not in answer.stderr.splitlines()[-1]


def test_the_example_names_settings_that_are_read() -> None:
    read = (Path(settings.BASE_DIR) / "portal" / "settings.py").read_text("utf-8")
    assert [name for name in example() if f'"{name}"' not in read] == []


def test_nginx_takes_as_much_as_the_portal_and_answers_the_rest_in_vietnamese() -> None:
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    megabytes = re.findall(r"client_max_body_size (\d+)m;", site)
    assert [int(number) * 1024 * 1024 for number in megabytes] == [settings.PORTAL_LARGEST_REQUEST]
    pages = set(re.findall(r"error_page [\d ]+ /(\w+\.html);", site))
    assert pages == {path.name for path in (DEPLOY / "pages").iterdir()}
    for name in pages:
        text = (DEPLOY / "pages" / name).read_text("utf-8")
        assert 'lang="vi"' in text
        assert settings.PORTAL_NAME in text
        assert f"tel:{settings.PORTAL_HOTLINE.replace(' ', '')}" in text
        assert "<script" not in text


def test_nginx_logs_no_variable_that_holds_an_address_as_it_was_asked() -> None:
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    formats = "".join(re.findall(r"log_format [^;]+;", site))
    used = set(re.findall(r"\$\w+", formats))
    assert used & {"$request", "$request_uri", "$uri", "$args", "$query_string", "$http_referer"} == set()
    assert re.findall(r"access_log \S+ (\w+);", site) == ["portal", "portal"]
