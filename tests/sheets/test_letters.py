"""Letters of old fonts and of UTF-8 that was read through another code page."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizens.demo_people import Crowd
from portal.sheets import encodings, letters
from portal.sheets.cells import Cell, clean
from portal.sheets.letters import LOST
from portal.sheets.syllables import is_syllable
from portal.sheets.vni import to_vni, vni
from portal.text import cleaned

SMALL = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"
FOREIGN = [
    "Anna Müller",
    "Loïc Dupont",
    "Zoë André",
    "José Ñíguez",
    "Søren Ørsted",
    "Kim Min-seo",
    "François Noël",
]


def crowd(many: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    people = Crowd(rng, dt.date(2026, 11, 23))
    found: list[str] = []
    while len(found) < many:
        found += [who.full_name for who in people.family()]
    return found[:many]


SOME = [*crowd(400, 7), "bà Hà", "LÝ TRÍ", "ấp Bùng Binh, xã Hưng Thuận", "Ờ"]


def tcvn3(text: str) -> str:
    return encodings.encode(text, "tcvn3").decode("latin-1")


def through(text: str, page: str) -> str:
    return "".join(_sign(number, page) for number in text.encode())


def _sign(number: int, page: str) -> str:
    try:
        return bytes([number]).decode(page)
    except UnicodeDecodeError:
        return chr(number)  # the five bytes that Windows-1252 does not use


def mended(texts: list[str]) -> list[Cell]:
    rows: list[tuple[int, list[Cell]]] = [(number, [text]) for number, text in enumerate(texts, start=1)]
    letters.mend(rows)
    return [cells[0] for _number, cells in rows]


@given(st.text(st.sampled_from(SMALL + SMALL.upper() + "bcghklmnpqrstvx "), max_size=40))
def test_vni_loses_no_letter(text: str) -> None:
    assert vni(to_vni(text)) == text


@pytest.mark.parametrize("font", [to_vni, tcvn3])
@given(st.integers(0, 10_000), st.integers(2, 60))
def test_a_column_in_an_old_font_is_mended(font: Callable[[str], str], seed: int, many: int) -> None:
    names = ["Họ và tên", *crowd(many, seed)]
    assert [str(name).lower() for name in mended([font(name) for name in names])] == [
        name.lower() for name in names
    ]


@pytest.mark.parametrize("font", [to_vni, tcvn3])
@given(st.integers(0, 10_000))
def test_a_column_in_capitals_of_an_old_font_is_mended(font: Callable[[str], str], seed: int) -> None:
    names = [name.upper() for name in ("Họ và tên", *crowd(20, seed))]
    assert mended([font(name) for name in names]) == names


@given(st.integers(0, 10_000), st.lists(st.sampled_from(FOREIGN), max_size=5))
def test_names_in_unicode_stay_as_they_are(seed: int, foreign: list[str]) -> None:
    names = [*crowd(20, seed), *foreign]
    assert mended(names) == names
    assert not any(map(letters.is_broken, names))


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_name_alone_in_a_column_stays(name: str) -> None:
    assert mended([name]) == [name]


@pytest.mark.parametrize("page", ["cp1252", "latin-1"])
@given(
    st.lists(
        st.sampled_from(SOME),
        min_size=1,
        max_size=9,
    ),
    st.integers(1, 2),
)
def test_utf_8_that_was_read_as_another_page_is_mended(page: str, texts: list[str], turns: int) -> None:
    broken = texts
    for _turn in range(turns):
        broken = [through(text, page) for text in broken]
    assert mended(broken) == texts


def test_a_space_that_was_a_byte_and_signs_that_were_lost() -> None:
    for text in ("Nguyễn Thị Hà Lan", "Ngày sinh của mẹ"):
        assert mended([through(text, "cp1252").replace("\xa0", " ")]) == [text]
    lost = through("Trần Đức Trường", "cp1252").translate(dict.fromkeys((0x81, 0x8D, 0x8F, 0x90, 0x9D), LOST))
    assert mended([lost]) == ["Trần Đức Trường"]  # no other letter makes a syllable
    (name,) = mended([through("Lê Thị Mọ", "cp1252").replace("\x8d", LOST)])
    assert name == f"Lê Thị M{LOST}"
    assert letters.is_broken(str(name))


def test_a_sign_that_can_be_two_letters_follows_its_column() -> None:
    assert mended(["HÃ\xa0", through("Lê Văn Ổi", "cp1252")]) == ["Hà", "Lê Văn Ổi"]
    assert mended(["XÃ\xa0", "Lê Văn Ổi"]) == ["XÃ\xa0", "Lê Văn Ổi"]


def test_one_name_in_vni_among_others_is_mended_where_it_is_certain_else_told() -> None:
    names = ["Trần Thị Bưởi", "Võ Thị Xoài", to_vni("Nguyễn Thị Mận"), to_vni("Trà My")]
    assert mended(names) == ["Trần Thị Bưởi", "Võ Thị Xoài", "Nguyễn Thị Mận", to_vni("Trà My")]
    assert letters.right_name(to_vni("Trà My")) == "Trà My"
    assert letters.right_name("Anna Müller") == ""


def test_a_word_that_both_can_mean_follows_its_column() -> None:
    """VNI writes Hồ as `Hoà`."""
    assert mended(["TP Hoà Chí Minh", "Xaõ Höng Thuaän"]) == ["TP Hồ Chí Minh", "Xã Hưng Thuận"]
    assert mended(["Xã Hoà Hiệp", "Xã Hưng Thuận"]) == ["Xã Hoà Hiệp", "Xã Hưng Thuận"]


@pytest.mark.parametrize(
    "word", ["Nguyễn", "Khuyên", "Quốc", "giữ", "gì", "Ổi", "ƯỚC", "Thuỵ", "Thụy", "Hoà", "Đắk"]
)
def test_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["Nguyeãn", "Leâ", "Müller", "Tât", "Bàá", "nguyỄn", "ß", "Lê1"])
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)


@given(st.text(max_size=30))
def test_nothing_stops_the_mending(text: str) -> None:
    (found,) = mended([text])
    assert isinstance(found, str)


UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u202a\u202d\u202c\u2060\u2066\u2069\ufeff\xad\u180e\u034f\u3164\ufe0f\x00\x1f"


@given(st.text(st.sampled_from("Võ Thị 0903" + UNSEEN), max_size=30))
def test_signs_that_nobody_sees_are_dropped_and_nothing_else(text: str) -> None:
    assert cleaned(text) == "".join(sign for sign in text if sign not in UNSEEN)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('="072179001234"', "072179001234"),
        ('=" 0903 100 061 "', "0903 100 061"),
        ('="a ""b"" c"', 'a "b" c'),
        ('=""', ""),
        ('="a"&"b"', '="a"&"b"'),
        ("=1+1", "=1+1"),
        ("'0903", "0903"),
        ("'Hoa", "'Hoa"),
        ("0903\xa0100\u2009073", "0903 100 073"),
        ("\u202d0903100071\u202c", "0903100071"),
    ],
)
def test_a_clean_text(text: str, wanted: str) -> None:
    assert clean(text) == wanted
