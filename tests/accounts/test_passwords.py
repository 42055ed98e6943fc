"""Passwords that people in Vietnam guess first are refused; unrelated words and random signs are not."""

from __future__ import annotations

import secrets
from types import SimpleNamespace

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.passwords import _words, is_common
from tests.factories import PASSWORD, client_of


@pytest.mark.parametrize(
    "password",
    [
        "matkhau1234", "M@tkhau2026", "mật khẩu@2021", "p@ssw0rd2026", "tayninh2026", "TayNinh@123", "Vi3tn@m123",
        "nguyenvanan1990", "Nguyễn Thị Hạnh 84", "anhyeuem520", "Hungthuan#1", "dieuphoi2021", "canbo.xa.2026",
        "ubndxahungthuan", "qwerty12345", "1q2w3e4r5t", "qwertyuiop", "abcd123456", "aaaaaaaaaa1", "12.3.1984.5678",
        "2021khongbiet!", "trangbang84tn", "chotsuoisau01", "lananhlananh", "iloveyou99", "mkhungthuan1",
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD, "cầu-tre-lắc-lẻo-7", "ghế nồi chổi quạt", "ban ui ro thau", "correct horse battery staple",
        "Xk8#pQz2mL!a",
    ],
)  # fmt: skip
def test_what_is_not_is_taken(password: str) -> None:
    validate_password(password)


def test_passwords_of_the_portal_itself_are_taken() -> None:
    assert not any(is_common(secrets.token_urlsafe(9)) for _time in range(500))


@given(
    st.lists(st.sampled_from(sorted(_words())), min_size=1, max_size=3),
    st.sampled_from(["", ".", "-", "_", " "]),
    st.text("0123456789!@#.", max_size=6),
)
def test_known_words_with_signs_and_numbers_are_common(words: list[str], between: str, end: str) -> None:
    assert is_common(between.join(words) + end)
    assert is_common(end + between.join(words).title())


def test_the_page_says_what_to_do(people: SimpleNamespace) -> None:
    data = {"old": PASSWORD, "new": "matkhau1234", "again": "matkhau1234"}
    page = client_of(people.here).post("/officer/password/", data).content.decode()
    assert "Vui lòng ghép bốn từ không liên quan" in page
