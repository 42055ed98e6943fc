"""VNI, the font of southern offices before Unicode: a vowel, and behind it a sign for its marks (`Nguyeãn`)."""

from __future__ import annotations

import re

VNI = "vni"

_ALONE = dict(zip("ñöôæòóîÑÖÔÆÒÓÎ", "đươỉịĩỵĐƯƠỈỊĨỴ", strict=True))
_TONES = "øùûõï"  # huyền, sắc, hỏi, ngã, nặng
_PAIRS = {
    **{"a" + sign: letter for sign, letter in zip(_TONES + "âàáåãäêèéúüë", "àáảãạâầấẩẫậăằắẳẵặ", strict=True)},
    **{"e" + sign: letter for sign, letter in zip(_TONES + "âàáåãä", "èéẻẽẹêềếểễệ", strict=True)},
    **{"o" + sign: letter for sign, letter in zip(_TONES + "âàáåãä", "òóỏõọôồốổỗộ", strict=True)},
    **{"ô" + sign: letter for sign, letter in zip(_TONES, "ờớởỡợ", strict=True)},
    **{"u" + sign: letter for sign, letter in zip(_TONES, "ùúủũụ", strict=True)},
    **{"ö" + sign: letter for sign, letter in zip(_TONES, "ừứửữự", strict=True)},
    **{"y" + sign: letter for sign, letter in zip(_TONES[:4], "ỳýỷỹ", strict=True)},
}
_LETTER = re.compile(
    "|".join([*(re.escape(pair) for pair in _PAIRS), *(re.escape(sign) for sign in _ALONE)]), re.IGNORECASE
)
_WRITTEN = {letter: pair for pair, letter in _PAIRS.items()} | {
    letter: sign for sign, letter in _ALONE.items()
}


def vni(text: str) -> str:
    """Return a text whose letters are VNI. A capital vowel makes a capital, whatever the case of its sign."""
    return _LETTER.sub(_letter, text)


def _letter(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) == 1:
        return _ALONE[found]
    letter = _PAIRS[found.lower()]
    return letter.upper() if found[0].isupper() else letter


def to_vni(text: str) -> str:
    """Return the text written in VNI."""
    return "".join(
        _WRITTEN.get(sign) or (_WRITTEN[sign.lower()].upper() if sign.lower() in _WRITTEN else sign)
        for sign in text
    )
