"""Text on its way in: what is dropped, what is mended, and that nothing else is touched."""

import csv
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.places import loading
from portal.text import cleaned, cleaned_json, is_broken, mended
from tests.letters import PAGES, RARE, SAMPLES, through

NAMES = st.sampled_from(SAMPLES)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("\u202d0903123456\u202c", "0903123456"),
        ("Nguyễn\u200b Thị\u00a0Lan\ufeff", "Nguyễn Thị Lan"),
        ("Hu\u00adng\u2060 Thuận", "Hung Thuận"),
        ("TN\u20117K3M4\u20110", "TN\u20117K3M4\u20110"),
        ("Lan\u3000Anh\u2009B", "Lan Anh B"),
        ("\u200fAn\u200e\U000e0041\ufe0f", "An"),
        ("Nguye\u0302\u200d\u0303n", "Nguyễn"),
        ("dòng một\r\ndòng hai\tba", "dòng một\r\ndòng hai\tba"),
        ("a\x00b\x9fc\ud800d", "abcd"),
        ("Ấp Bùng Binh\x0bxã Hưng Thuận\x0c", "Ấp Bùng Binh\nxã Hưng Thuận\n"),
    ],
)
def test_signs_that_nobody_sees_are_dropped(typed: str, read: str) -> None:
    assert cleaned(typed) == read


def test_no_sign_without_a_picture_is_left() -> None:
    unseen = [
        sign
        for sign in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"} and sign not in " \t\r\n"
    ]
    assert len(unseen) > 2_000
    assert {cleaned(f"a{sign}b") for sign in unseen} == {"ab", "a b", "a\nb"}


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


@given(st.text(alphabet=st.characters(codec="ascii", min_codepoint=32, max_codepoint=126)))
def test_plain_text_stays(text: str) -> None:
    assert cleaned(text) == text


def test_every_text_of_a_json_is_cleaned() -> None:
    sent = {"na\u200bme": ["Lan\u00a0Anh", {"a": "\ufeffb"}, 1, None, True]}
    assert cleaned_json(sent) == {"name": ["Lan Anh", {"a": "b"}, 1, None, True]}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("text", SAMPLES)
def test_utf8_through_a_wrong_code_page_is_mended(text: str, page: str) -> None:
    assert mended(through(text, page)) == text
    assert cleaned(through(text, page)) == text


@given(NAMES, st.sampled_from(PAGES), st.sampled_from(PAGES))
def test_two_wrong_code_pages_one_after_the_other(text: str, first: str, second: str) -> None:
    assert mended(through(through(text, first), second)) == text


@pytest.mark.parametrize("text", [*SAMPLES, "“Xã”", "HÀ…", "Bà – Ông", "Café ½ m²", "NHÀ “A”", "Âm", "ÔI"])
def test_right_text_stays(text: str) -> None:
    assert mended(text) == text


def names_of_places() -> set[str]:
    data = Path(loading.__file__).parent / "data"
    return {row["name"] for path in data.glob("*.csv") for row in csv.DictReader(path.open(encoding="utf-8"))}


def test_no_name_of_a_place_is_taken_for_broken_letters() -> None:
    names = names_of_places()
    assert len(names) > 3_000
    for name in names:
        assert mended(name) == name
        assert not is_broken(name)


@pytest.mark.parametrize("page", [*PAGES, *RARE])
def test_what_may_have_come_through_two_pages_is_left_and_never_guessed(page: str) -> None:
    names = [name for name in sorted(names_of_places())[::4] if not name.isascii()]
    left = 0
    for name in [*names, *map(str.upper, names)]:
        read = cleaned(through(name, page))
        left += read != name
        assert read == name or is_broken(read)
    assert left <= len(names) * (0.1 if page in RARE or page == "cp1250" else 0.01)


def test_two_letters_that_one_page_shows_as_the_other_of_another() -> None:
    assert mended(through("Thị trấn Nhà Bè", "iso8859_15")) == "Thị trấn Nhà Bè"
    assert is_broken(mended(through("Xã An Lạc", "iso8859_2")))
    assert mended(through("Chốt Suối Sâu", "cp852")) == "Chốt Suối Sâu"


@pytest.mark.parametrize("text", ["LÃª", "Nguyá»n", "Ngu\ufffdn", "L├¬", "ÃŠ1", "NguyÔn V¨n"])
def test_what_could_not_be_mended_is_known_as_broken(text: str) -> None:
    assert is_broken(text)
