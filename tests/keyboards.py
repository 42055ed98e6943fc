"""A small model of Vietnamese input methods, key by key; it knows nothing of the portal's own.

    Keyboard(telex=True).typed("TN-02DDD-G") == "TN-02ĐD-G"

They differ in how far a key reaches (the letter before it, or the whole word), in what a second press of it does
(it stays as a letter, or takes the mark away and stays), and in whether W alone gives Ư.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import product

ACUTE, GRAVE, HOOK, TILDE, DOT = "\u0301\u0300\u0309\u0303\u0323"
TONES = {True: dict(zip("sfrxj", (ACUTE, GRAVE, HOOK, TILDE, DOT), strict=True)),
         False: dict(zip("12345", (ACUTE, GRAVE, HOOK, TILDE, DOT), strict=True))}  # fmt: skip
MARKS = {
    True: {"aa": "â", "ee": "ê", "oo": "ô", "aw": "ă", "ow": "ơ", "uw": "ư", "dd": "đ"},
    False: {"a6": "â", "e6": "ê", "o6": "ô", "a8": "ă", "o7": "ơ", "u7": "ư", "d9": "đ"},
}
PLAIN = {marked: keys[0] for keys, marked in MARKS[True].items()}


@dataclass
class Sign:
    letter: str  # with its mark, without its tone
    tone: str = ""
    from_w: bool = False

    @property
    def plain(self) -> str:
        return PLAIN.get(self.letter.lower(), self.letter.lower())

    def put(self, letter: str) -> None:
        self.letter = letter.upper() if self.letter.isupper() else letter


@dataclass(frozen=True)
class Keyboard:
    telex: bool
    whole_word: bool = False
    again_takes_away: bool = False
    w_alone: bool = True

    def typed(self, text: str) -> str:
        return "-".join(self._word(word) for word in text.split("-"))

    def _word(self, keys: str) -> str:
        signs: list[Sign] = []
        off = False  # after a key that took its own mark away the rest of the word is left as it is typed
        for key in keys:
            acted, off = (False, True) if off else self._acted(signs, key)
            if not acted and not off and self.telex and self.w_alone and key in "wW":
                signs.append(Sign("Ư" if key == "W" else "ư", from_w=True))
            elif not acted:
                signs.append(Sign(key))
        return "".join(unicodedata.normalize("NFC", sign.letter + sign.tone) for sign in signs)

    def _acted(self, signs: list[Sign], key: str) -> tuple[bool, bool]:
        """Whether the key is used up by a letter before it, and whether the word is now left as it is typed."""
        key = key.lower()
        tone, marks = TONES[self.telex].get(key), MARKS[self.telex]
        for sign in reversed(signs if self.whole_word else signs[-1:]):
            if sign.plain in "aeiouy":
                if key == ("z" if self.telex else "0") and sign.tone:
                    sign.tone = ""
                    return True, False
                if tone == sign.tone != "":
                    sign.tone = "" if self.again_takes_away else sign.tone
                    return False, self.again_takes_away
                if tone:
                    sign.tone = tone
                    return True, False
            if marked := marks.get(sign.plain + key):
                if sign.letter.lower() != marked:
                    sign.put(marked)
                    return True, False
                if self.again_takes_away:
                    sign.put("w" if sign.from_w else sign.plain)
                    return sign.from_w, True
                return False, False
        return False, False


TELEX = [Keyboard(True, *rest) for rest in product((False, True), repeat=3)]
VNI = [Keyboard(False, *rest) for rest in product((False, True), repeat=2)]
