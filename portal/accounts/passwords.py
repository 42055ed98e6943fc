"""Passwords that people in Vietnam guess first: words of the language without marks, names, places, keyboard runs."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.places.text import fold

LIST = Path(__file__).parent / "data" / "common_passwords_vi.txt"
# Signs that stand for letters in passwords; a digit is read as a letter and as a digit.
LEET = [
    str.maketrans({"0": "o", "1": one, "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
    for one in ("i", "l")
]
RUNS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgbyhnujmikolp", "abcdefghijklmnopqrstuvwxyz")
LAST_OF_EUROPE, FIRST_SYMBOL = "\u1eff", "\u20ff"
LEAST_RUN = 4  # keys side by side
ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
LONGEST_PIECE = 5  # that is typed again and again
LETTERS = re.compile("[^a-z]+")


class CommonInVietnamValidator:
    """Refuses a password that is nothing but common words, names, places or runs, with digits and signs."""

    def validate(self, password: str, user: Any = None) -> None:
        if is_common(password):
            raise ValidationError(
                _(
                    "Mật khẩu này dễ đoán: chỉ gồm từ, tên hay địa danh quen thuộc và số. Vui lòng ghép bốn từ không "
                    "liên quan với nhau, ví dụ tên bốn món đồ trong nhà."
                ),
                code="password_common_in_vietnam",
            )

    def get_help_text(self) -> str:
        return _("Không chỉ gồm từ, tên hay địa danh quen thuộc và số.")


def is_common(password: str) -> bool:
    """Return whether nothing but what people guess first is left when marks, digits and signs are taken off."""
    if (
        sum((sign > LAST_OF_EUROPE and not fold(sign).isascii()) or sign > FIRST_SYMBOL for sign in password)
        >= 3
    ):
        return False  # other scripts and pictures, of which no list is known
    inner = ENDS.sub("", password)  # the year at the end is a year, not letters
    texts = [text.translate(table) for text in (password, inner) for table in LEET]
    folded = [fold(text) for text in (password, *texts)]
    return any(_is_guessable(LETTERS.sub("", text)) for text in folded)


def _is_guessable(letters: str) -> bool:
    """Letters are guessable when there are next to none, or all of them are known parts."""
    if len(letters) < LEAST_RUN:
        return True
    world = CommonPasswordValidator()
    if letters in world.passwords or _repeats(letters):
        return True
    known = _words()
    # Where the text can be cut into known parts from its beginning to this position.
    reached = [True] + [False] * len(letters)
    for end in range(1, len(letters) + 1):
        reached[end] = any(
            reached[start] and (letters[start:end] in known or _is_run(letters[start:end]))
            for start in range(max(0, end - 30), end)
        )
    return reached[-1]


def _repeats(letters: str) -> bool:
    """Return whether a short piece is typed again and again."""
    return any(
        letters == (letters[:size] * len(letters))[: len(letters)]
        for size in range(1, min(len(letters) // 2, LONGEST_PIECE) + 1)
    )


def _is_run(part: str) -> bool:
    return len(part) >= LEAST_RUN and any(part in run or part in run[::-1] for run in RUNS)


@lru_cache(1)
def _words() -> frozenset[str]:
    lines = LIST.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
