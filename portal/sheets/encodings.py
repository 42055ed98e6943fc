"""Which encoding a Vietnamese text file is in. UTF-8 and UTF-16 say so themselves; of the others the one
counts that gives known Vietnamese words.

TCVN3 (also called ABC, TCVN 5712:1993 VN3) is what offices wrote before Unicode; a text of it that was pasted
into Excel looks like "NguyÔn V¨n Tó" and is mended the same way.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from portal.places.text import nfc
from portal.sheets.syllables import count
from portal.sheets.vni import VNI, to_vni, vni

TCVN3, WINDOWS = "tcvn3", "windows-1258"

# TCVN 5712:1993, third table: marked letters from 0xA1 on; the rest is ASCII. Capitals with a tone do not exist.
_LETTERS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ", 0xB5: "àảãáạ", 0xBB: "ằẳẵắ", 0xC6: "ặầẩẫấậè", 0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò", 0xE1: "ỏõóọồổỗốộờởỡớợù", 0xF1: "ủũúụừửữứựỳỷỹýỵ",
}  # fmt: skip
_TCVN3 = {
    first + offset: letter for first, letters in _LETTERS.items() for offset, letter in enumerate(letters)
}
_WORD = re.compile(r"[^\W\d_]+")
KNOWN = frozenset(
    _WORD.findall(
        "nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý thị văn họ tên và số ngày sinh năm"
        " giới tính nam nữ giấy tờ căn cước điện thoại địa chỉ xã phường thị trấn huyện tỉnh thành phố quê ở về"
        " gia đình lý do đang nơi ấp khu đường chí minh bình tây ninh hưng đức thuận an mất việc làm không có"
        " mẹ con vợ chồng bệnh nền thai khuyết tật đúng"
    )
)
_TONES = frozenset("\u0300\u0309\u0303\u0301\u0323")
_FIELD = re.compile(r"[^,;|\t\r\n\"]+")
SAMPLE = 60_000  # characters or bytes that are looked at


def decode(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Raises UnicodeError where it is in none of those known."""
    if content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig"), "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16"), "utf-16"
    head = content[:400]
    if head.count(b"\0") > len(head) // 4:  # UTF-16 without its mark
        name = "utf-16-le" if head[1::2].count(b"\0") >= head[::2].count(b"\0") else "utf-16-be"
        return content.decode(name), name
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    latin = content.decode("latin-1")
    texts = {WINDOWS: nfc(content.decode("cp1258", "replace")), TCVN3: tcvn3(latin), VNI: vni(latin)}
    name = max(texts, key=lambda one: vietnamese(texts[one][:SAMPLE]))
    if vietnamese(texts[name][:SAMPLE]) <= 0:
        raise UnicodeDecodeError("vietnamese", content[:1], 0, 1, "no known word")
    return texts[name], name


def encode(text: str, encoding: str) -> bytes:
    """Back into the sender's encoding. A sign that it lacks becomes `?`; TCVN3 keeps no toned capitals."""
    match encoding:
        case "tcvn3":
            back = {letter: chr(code) for code, letter in _TCVN3.items()}
            back |= {letter.upper(): back[letter] for letter in list(back) if letter.upper() not in back}
            return "".join(back.get(letter, letter) for letter in nfc(text)).encode("latin-1", "replace")
        case "vni":
            return to_vni(nfc(text)).encode("latin-1", "replace")
        case "windows-1258":
            return "".join(map(_for_windows, nfc(text))).encode("cp1258", "replace")
        case "utf-16-le" | "utf-16-be" | "utf-16":
            return text.encode(encoding)
    return text.encode("utf-8-sig")  # Excel takes UTF-8 without the mark for something else


def tcvn3(text: str) -> str:
    """A text whose bytes are TCVN3 and were read as Latin-1.

    It has no capitals with a tone: a text in capitals was set in a font that shows the small letters as such.
    """
    return _FIELD.sub(_field, text)


def _field(match: re.Match[str]) -> str:
    text = match[0].translate(_TCVN3)
    letters = [sign for sign in match[0] if sign.isascii() and sign.isalpha()]
    return text.upper() if len(letters) > 1 and all(map(str.isupper, letters)) else text


def vietnamese(text: str) -> int:
    """How many more of the words with marks are Vietnamese syllables than are not."""
    good, bad = count(text)
    return good - bad


def _for_windows(letter: str) -> str:
    """Windows-1258 writes the tone after the letter: ấ is â and a mark."""
    try:
        letter.encode("cp1258")
    except UnicodeEncodeError:
        base, *marks = list(unicodedata.normalize("NFD", letter))
        letter = nfc(base + "".join(mark for mark in marks if mark not in _TONES))
        return letter + "".join(mark for mark in marks if mark in _TONES)
    return letter
