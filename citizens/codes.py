"""Codes that are read out on the phone, such as TN-7K3M4-A.

Five random characters and a check character out of an alphabet of 31, without the letters that are
taken for another one (I, L, O, S, U). As 31 is prime and every place has a weight of its own, one wrong
character, or any two that changed places, always shows.
"""

import random
import re
import secrets

from django.utils.translation import gettext as _

from portal.places.text import fold

ALPHABET = "0123456789ABCDEFGHJKMNPQRTVWXYZ"
BODY_LENGTH = 5
_HEARD_AS = str.maketrans("OILSU", "0115V")
_PREFIX = re.compile(r"[A-Z]{1,4}")


class CodeError(ValueError):
    """The text is no code; `str()` says in Vietnamese what to do."""


def make(prefix: str, rng: random.Random | None = None) -> str:
    """A new random code, one of 28,629,151 for the prefix; the table it goes into holds it unique.

    `rng` makes the same codes again, for the demo; without it nobody can foretell the next one.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"A prefix is one to four capital letters, not {prefix!r}")
    choose = rng.choice if rng is not None else secrets.choice
    body = "".join(choose(ALPHABET) for _place in range(BODY_LENGTH))
    return _written(prefix, body, check_character(body))


def parse(text: str, prefix: str = "") -> str:
    """The code as it is stored. Case, spaces, hyphens and letters taken for digits do not matter.

    With `prefix` given, the text may leave it out, and another one is refused. Raises `CodeError`.
    """
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
    try:
        parse(text, prefix)
    except CodeError:
        return False
    return True


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
