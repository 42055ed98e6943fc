"""Codes that are read out on the phone, such as TN-7K3M4-A.

Five random characters and a check character out of an alphabet of 31, without the letters that are
taken for another one (I, L, O, S, U). As 31 is prime and every place has a weight of its own, one wrong
character, or any two that changed places, always shows.

New codes are drawn without A, D, E, W and Y too, so that no Vietnamese input method changes one while it is
typed. In those that were given out before, what it changed is undone (`citizens.keyboards`).
"""

import random
import re
import secrets
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from citizens.keyboards import CHANGED, has_marks, of_other_layouts, undone
from portal import bulk
from portal.places.text import fold
from portal.records.refusals import broken_constraint

ALPHABET = "0123456789ABCDEFGHJKMNPQRTVWXYZ"
DRAWN = "".join(character for character in ALPHABET if character not in CHANGED)
BODY_LENGTH = 5
_HEARD_AS = str.maketrans("OILSU", "0115V")
# Of a code without its prefix: a digit, or a last character by itself.
_CODE_SHAPE = re.compile(r"\d|^\s*\w{2,}\s*[-–]\s*\w\s*$")
_PREFIX = re.compile(r"[A-Z]{1,4}")
MOST_LOGGED = 3  # codes of one look-up that the log names
LONGEST = 24  # letters and digits; no code comes near it
DRAWS = 5  # one code in ten million is drawn twice; five times in a row means that something else is wrong

M = TypeVar("M", bound=models.Model)


class CodeError(ValueError):
    """The text is no code; `str()` says in Vietnamese what to do."""


class NoFreeCode(RuntimeError):
    """Every code that was drawn belongs to another row."""


def make(prefix: str, rng: random.Random | None = None) -> str:
    """A new random code, one of about ten million for the prefix; the table it goes into holds it unique.

    `rng` makes the same codes again, for the demo; without it nobody can foretell the next one.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"A prefix is one to four capital letters, not {prefix!r}")
    choose = rng.choice if rng is not None else secrets.choice
    check = ""
    while check not in DRAWN or not check:
        body = "".join(choose(DRAWN) for _place in range(BODY_LENGTH))
        check = check_character(body)
    return _written(prefix, body, check)


def fresh(row: M, prefix: str) -> M:
    """Insert the row under a new code, and draw again while another row has it.

    The model's `code` is unique. Raises `IntegrityError` for everything else that the database refuses,
    `NoFreeCode` after `DRAWS` codes.
    """
    coded: Any = row
    for _draw in range(DRAWS):
        coded.code = make(prefix)
        if _inserted(row, lambda: row.save(force_insert=True)):
            return row
    raise NoFreeCode(prefix)


def fresh_many(rows: Sequence[models.Model], prefix: str, rng: random.Random | None = None) -> None:
    """Insert rows of one model by `bulk.insert`, each under a new code.

    Among many codes some are usually taken, so they are looked up first. One that somebody else inserts
    meanwhile makes all be drawn again. `rng` as for `make`; raises as `fresh` does.
    """
    if not rows:
        return
    for _draw in range(DRAWS):
        coded: Any
        for coded, code in zip(rows, _free(type(rows[0]), len(rows), prefix, rng), strict=True):
            coded.code = code
        if _inserted(rows[0], lambda: bulk.insert(rows)):
            return
    raise NoFreeCode(prefix)


def _inserted(row: models.Model, insert: Callable[[], None]) -> bool:
    """Whether it could be inserted; not, where another row has a code of these."""
    try:
        with transaction.atomic():
            insert()
    except IntegrityError as error:
        # The name that PostgreSQL gives a column which is unique from the beginning of its table.
        if broken_constraint(error) != f"{row._meta.db_table}_code_key":
            raise
        return False
    return True


def _free(model: type[models.Model], many: int, prefix: str, rng: random.Random | None) -> list[str]:
    found: dict[str, None] = {}  # keeps the order in which they were drawn
    while len(found) < many:
        drawn = [make(prefix, rng) for _one in range(many - len(found))]
        rows = model._base_manager.filter(code__in=drawn)
        taken = set(rows.values_list("code", flat=True))
        found |= dict.fromkeys(code for code in drawn if code not in taken)
    return list(found)


def parse(text: str, prefix: str = "") -> str:
    """The code as it is stored. Case, spaces, hyphens and letters taken for digits do not matter, nor does a
    Vietnamese input method that was on, where the check character leaves one code alone that was meant.

    With `prefix` given, the text may leave it out, and another one is refused. Raises `CodeError`.
    """
    found = meant(text, prefix) if prefix else set()
    if len(found) == 1:
        return found.pop()
    if found:
        raise CodeError(
            _("Bàn phím tiếng Việt đã đổi chữ trong mã. Vui lòng chuyển sang gõ tiếng Anh rồi nhập lại.")
        )
    return _read(text, prefix)


def meant(text: str, prefix: str) -> set[str]:
    """Every code that the text may stand for, none where it is no code: to look up rows by.

    There is one, unless a Vietnamese input method was on and the check character fits several.
    """
    texts = {text} | (undone(text, _length(text, prefix)) if _was_changed(text, prefix) else set())
    texts |= _of_other_layouts(text, prefix)
    return {code for one in texts if (code := _code_of(one, prefix))}


def _of_other_layouts(text: str, prefix: str) -> set[str]:
    """What may have been typed on a keyboard of another layout, where the text begins like a code."""
    if len(text) > LONGEST or not prefix or not fold(text).upper().startswith(prefix):
        return set()
    return of_other_layouts(text)


def _was_changed(text: str, prefix: str) -> bool:
    """Whether the text looks like a code that an input method changed, and not like a name such as "Đạt"."""
    bare = fold(text).replace(" ", "").upper()
    if len(bare) > LONGEST or not (bare.startswith(prefix) or _CODE_SHAPE.search(text)):
        return False
    return has_marks(text) or (bare.startswith(prefix) and len(bare) < _length(text, prefix))


def _length(text: str, prefix: str) -> int:
    begun = fold(text).upper().startswith(prefix)
    return BODY_LENGTH + 1 + len(prefix) * begun


def _code_of(text: str, prefix: str) -> str:
    try:
        return _read(text, prefix)
    except CodeError:
        return ""


def _read(text: str, prefix: str) -> str:
    typed = fold(text).replace(" ", "").upper()
    if prefix and typed.startswith(prefix) and len(typed) > BODY_LENGTH + 1:
        found, rest = prefix, typed.removeprefix(prefix)
    else:
        found, rest = typed[: -BODY_LENGTH - 1] or prefix, typed[-BODY_LENGTH - 1 :]
    rest = rest.translate(_HEARD_AS)
    if len(rest) != BODY_LENGTH + 1 or not _PREFIX.fullmatch(found) or set(rest) - set(ALPHABET):
        raise CodeError(
            _("Mã gồm các phần như %(example)s. Vui lòng nhập đúng như trong tin nhắn.")
            % {"example": f"{prefix or 'TN'}-7K3M4-A"}
        )
    if prefix and found != prefix:
        raise CodeError(
            _("Mã này bắt đầu bằng %(found)s, ở đây cần mã bắt đầu bằng %(prefix)s. Vui lòng xem lại.")
            % {"found": found, "prefix": prefix}
        )
    body, check = rest[:-1], rest[-1]
    if check_character(body) != check:
        raise CodeError(_("Mã có một ký tự chưa đúng. Vui lòng xem lại từng ký tự."))
    return _written(found, body, check)


def is_code(text: str, prefix: str = "") -> bool:
    """Whether the text is a code with the right check character; takes what `parse` takes."""
    return bool(meant(text, prefix) if prefix else _code_of(text, prefix))


def is_misread(text: str, prefix: str) -> bool:
    """Whether the text begins like a code of this prefix, or has a code's length, and is none: somebody
    misheard a character, or left one out."""
    typed = fold(text).replace(" ", "").upper()
    meant = typed.startswith(prefix) or len(typed) == BODY_LENGTH + 1
    return meant and not is_code(text, prefix)


def check_character(body: str) -> str:
    """The character that makes the weighted sum of all a multiple of 31."""
    total = sum(weight * ALPHABET.index(character) for weight, character in enumerate(body, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def _written(prefix: str, body: str, check: str) -> str:
    return f"{prefix}-{body}-{check}"
