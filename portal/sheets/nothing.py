"""Words with which people fill in a cell that has nothing to say: “không có”, “chưa cấp”, “N/A”, “-”; and those
that point to the cell above: “nt”, “như trên”."""

from __future__ import annotations

import re
from functools import lru_cache

from portal.places.text import fold

LONGEST = 40  # characters
_TELLING = re.compile("[1-9]")
_LISTED = (
    "khong, khong co, khong ro, khong nho, khong biet, ko, ko co, ko ro, k, k co, kg, kg co, hong co, chua, chua co, "
    "chua cap, chua lam, chua duoc cap, chua ro, dang lam, dang cap, dang cho cap, cho cap, doi cap, mat, da mat, "
    "bi mat, lam mat, mat giay to, quen, khong mang, khong mang theo, trong, bo trong, de trong, n a, na, none, no, "
    "nil, null, nan, x, xx, xxx, unknown, not available, khong giay to, khong co giay to, khong co so, chua co so, "
    "khong so, chua co cccd, khong co cccd, chua lam cccd, chua co can cuoc, khong co can cuoc, chua lam can cuoc, "
    "mat cccd, mat can cuoc, mat cmnd, chua co cmnd, khong co cmnd, khong co dien thoai, khong dien thoai, "
    "chua co dien thoai, khong co sdt, con nho, tre em, chua du tuoi, tre nho, em be, be, so sinh, moi sinh, ks, gks, "
    "khai sinh, giay khai sinh, chi co khai sinh, that lac, bi that lac, dang lam lai, cap lai, dang cap lai, khong nho so, "
    "khong cccd, khong cmnd, khong can cuoc, khong giay, kc, bo sung sau, de sau bo sung, se bo sung sau, mat may, mat so, "
    "mat sim"
)
_DITTO = frozenset(("nt", "n t", "ntr", "nhu tren", "giong tren", "nhu dong tren", "tuong tu", "ditto"))
_DITTO_MARKS = frozenset(('"', '""', "''", "``", "//", "“", "”", "〃", "-nt-"))
# What a mark that stands alone cannot be: a tick and a cross say yes, and Excel shows ### for what a narrow column has.
_NOT_EMPTY = re.compile(r"[^\W_]|[#+]|[\u2190-\u22ff\u2300-\u2bff]|[×√]")
_WORDS = frozenset(_LISTED.split(", "))


def is_none(text: str) -> bool:
    """Tell whether a cell says that there is nothing: by such a word, or by signs and zeros alone."""
    return len(text) <= LONGEST and not _TELLING.search(text) and _is_none(text)


@lru_cache(maxsize=8_192)  # most cells of a column are alike
def _is_none(text: str) -> bool:
    folded = fold(text)
    if not folded.strip("0 "):
        return bool(folded) or text == "−" or not _NOT_EMPTY.search(text)
    return folded in _WORDS


def is_ditto(text: str) -> bool:
    """Tell whether a cell says that the same stands in it as in the cell above."""
    text = text.strip()
    return text in _DITTO_MARKS or (len(text) <= LONGEST and fold(text) in _DITTO)
