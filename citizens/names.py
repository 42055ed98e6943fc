"""Names of people as they may be written: letters, marks and what parts them."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

_LOOK_LATIN = frozenset({"GREEK", "CYRILLIC", "COPTIC", "ARMENIAN", "CHEROKEE"})


class BadName(ValueError):
    """The text is no name; `str()` says in Vietnamese what would be right."""


def read_name(text: str) -> str:
    """Return the name with single spaces. Raises `BadName`."""
    name = " ".join(text.split()).strip("-. ")
    if (
        not any(character.isalpha() for character in name)
        or not all(map(_is_of_names, name))
        or _is_mixed(name)
    ):
        raise BadName(_("Họ tên chỉ gồm chữ. Vui lòng ghi như trên giấy tờ."))
    return name


def _is_mixed(name: str) -> bool:
    """Return whether letters that look Latin stand among Latin ones: nobody would find such a name."""
    alphabets = {
        unicodedata.name(sign, "").partition(" ")[0] for sign in name if sign.isalpha() and sign > "\x7f"
    }
    is_latin = "LATIN" in alphabets or any(sign.isascii() and sign.isalpha() for sign in name)
    return is_latin and not alphabets.isdisjoint(_LOOK_LATIN)


def _is_of_names(character: str) -> bool:
    """Return whether the character may stand in a name: a letter, a mark, or a separator."""
    if character.isalpha():
        return True
    return unicodedata.category(character).startswith("M") or character in " '’-."
