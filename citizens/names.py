"""Names of people as they may be written: letters, marks and what parts them."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from portal.sheets.letters import is_broken
from portal.text import plain_dashes

_APOSTROPHES = str.maketrans(dict.fromkeys("´`ʹʻʼˈ′", "'"))
LONGEST = 120  # as the column of a person's name; two letters in one sign become two


class BadName(ValueError):
    """The text is no name; `str()` says in Vietnamese what would be right."""


def read_name(text: str) -> str:
    """Return the name with single spaces. Raises `BadName`.

    Letters of other alphabets that look like ours, and what is left of broken ones, would be found by no search.
    """
    plain = unicodedata.normalize("NFKC", plain_dashes(text).translate(_APOSTROPHES))
    name = " ".join(plain.split()).strip("-. ")
    if (
        len(name) > LONGEST
        or is_broken(name)
        or not any(character.isalpha() for character in name)
        or not all(map(_is_of_names, name))
    ):
        raise BadName(_("Họ tên chỉ gồm chữ. Vui lòng ghi như trên giấy tờ."))
    return name


def _is_of_names(character: str) -> bool:
    """Return whether the character may stand in a name: a Latin letter, a mark, or a separator."""
    if character.isalpha():
        return unicodedata.name(character, "").startswith("LATIN ")
    return unicodedata.category(character).startswith("M") or character in " '’-."
