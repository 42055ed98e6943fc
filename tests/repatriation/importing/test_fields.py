"""Single fields as careless people fill them in: marks, labels, letters of other alphabets, two things in one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizens import identity
from citizens.names import BadName, read_name
from portal.sheets.cells import clean
from portal.sheets.nothing import is_none
from portal.sheets.viqr import viqr
from repatriation.importing import matching, parsing, parsing_declared
from repatriation.importing.families import ListLine
from repatriation.importing.parsing import Wrong


def result(read: Any, text: str) -> Any:
    """Return what a cell is read as, or the code of what is wrong."""
    try:
        return read(clean(text))
    except Wrong as wrong:
        return wrong.code


@pytest.mark.parametrize("sign", ["x", "✓", "✔", "☑", "√", "×", "✗", "✔.", "Ⅹ", "х", "þ"])
def test_a_tick_says_yes_whatever_it_looks_like(sign: str) -> None:
    assert result(parsing.parse_flag, sign) is True


@pytest.mark.parametrize("sign", ["", "-", "0", "không", "☐", "□", "–", "..."])
def test_an_empty_box_says_no(sign: str) -> None:
    assert result(parsing.parse_flag, sign) is False


@pytest.mark.parametrize("sign", ["?", "*", "•", "+", "●", "→", "###"])
def test_a_sign_that_may_say_either_is_asked_about(sign: str) -> None:
    assert result(parsing.parse_flag, sign) == "flag_unknown"


@pytest.mark.parametrize("sign", [*"✓✔☑√×✕●■★♂→+#", "####", "########"])
def test_a_sign_that_shows_something_is_no_word_for_none(sign: str) -> None:
    assert not is_none(sign)


def test_marks_in_other_columns() -> None:
    assert [result(parsing.parse_sex, sign) for sign in "♂♀✓"] == ["male", "female", "sex_unknown"]
    assert result(parsing.parse_sex, "Nữ giới") == "female"
    assert result(parsing_declared.parse_doses, "x") == "doses_unknown"
    assert result(parsing_declared.parse_test_outcome, "(–)") == "negative"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *((text, "072085012345") for text in (
            "CCCD: 072085012345", "CCCD 072085012345", "số 072085012345", "072085012345 (CCCD)", "’072085012345",
            "‘072085012345", "Căn cước công dân số: 072085012345", "０７２０８５０１２３４５",
        )),
        *((text, "B1234567") for text in ("Hộ chiếu B1234567", "HC: B1234567", "PP B1234567", "В1234567")),
        ("CC 290123456", "290123456"),
        ("CC2901234", "CC2901234"),  # a passport
        ("O72085012345", "identity_unknown"),
        ("072O85012345", "identity_unknown"),
        ("07208501234S", "identity_unknown"),
        ("29O123456", "identity_unknown"),
        ("2901234567", "identity_digits"),  # a CMND with a digit too many
        ("2901234560", "identity_digits"),
        ("290123456.5", "identity_digits"),
        ("########", "identity_unknown"),
        ("072085012345/290123456", "identity_unknown"),
        *((word, "") for word in ("GKS", "Giấy khai sinh", "thất lạc", "đang làm lại", "Mới sinh", "em bé", "kc")),
    ],
)  # fmt: skip
def test_papers(text: str, found: str) -> None:
    read = result(parsing.parse_identity, text)
    assert (read if isinstance(read, str) else read[0]) == found


@given(st.from_regex(r"[12468][0-9]{9}", fullmatch=True))
def test_zeros_are_put_before_what_becomes_a_paper_alone(number: str) -> None:
    found = result(parsing.parse_identity, number)
    if isinstance(found, tuple):
        assert found == (f"00{number}", True)
        assert identity.parse(found[0]).place_name
        assert (identity.parse(found[0]).birth_year or 9999) < 2100
    else:
        assert found == "identity_digits"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nguyễn Văn Аn", "Nguyễn Văn An"),  # a Cyrillic А
        ("Νguyễn Văn An", "Nguyễn Văn An"),  # a Greek Ν
        ("Ｎｇｕｙễｎ Ｖăｎ Ａｎ", "Nguyễn Văn An"),
        ("Nguyễn Thị 𝐌ận", "Nguyễn Thị Mận"),
        ("Nguyễn\x0bThị Mận", "Nguyễn Thị Mận"),
        ("- Nguyễn Văn An", "Nguyễn Văn An"),
        ("Nguyễn Văn An.", "Nguyễn Văn An"),
        ("Tгần Văn An", "odd_name"),
        ("Nguyễn Иван", "odd_name"),
        ("Иван Петров", "odd_name"),
        ("Nguyễn Văn An\nLê Thị Bé", "two_names"),
        ("Nguyễn Văn An và vợ", "two_names"),
        ("Nguyễn Văn An + con", "two_names"),
        ("Nguyễn Văn\nAn", "Nguyễn Văn An"),
        ("nt", "no_name"),
        ("như trên", "no_name"),
        ("không có", "no_name"),
        ("x", "no_name"),
        ("Nguye^~n Va(n An", "name_in_old_font"),
        ("Pha.m Thi. Hoa", "name_in_old_font"),
        ("Ta'o", "name_in_old_font"),
        *((name, name) for name in ("O'Brien", "Anna D'Angelo", "K'Brong", "Ng.V.An", "St. John", "Ma. Teresa", "Y.Bih")),
    ],
)  # fmt: skip
def test_names(text: str, found: str) -> None:
    assert result(parsing.parse_name, text) == found


def test_viqr() -> None:
    assert viqr("Nguye^~n Thi. Ba?y, DDo^`ng Tha'p, Mu+o+`i") == "Nguyễn Thị Bảy, Đồng Tháp, Mười"


@given(st.text(alphabet=st.characters(min_codepoint=0x370, max_codepoint=0x52F), min_size=1, max_size=5))
def test_no_name_mixes_alphabets_that_look_alike(letters: str) -> None:
    try:
        taken = read_name(clean(f"Nguyễn Văn {letters}"))
    except BadName:
        return
    assert not any(0x370 <= ord(sign) <= 0x52F for sign in taken if sign.isalpha())


# --- The same person twice ---------------------------------------------------------------------------


def line(
    number: int, name: str, birth: str, *, family: int = 1, identity: str = "", sex: str = ""
) -> ListLine:
    values = {"full_name": name, "birth": birth, "identity": identity, "sex": sex}
    return ListLine(number, values, family)


@pytest.mark.parametrize(
    ("first", "second", "phones", "asked"),
    [
        (("Trần Bảo", "05/06/2019"), ("Trần Bảo", "06/05/2019"), "aa", True),  # day and month changed places
        (("Trần Bảo", "05/06/2019"), ("Trần Bảo", "05/06/2019"), "ab", True),  # under two phones
        (("Trần Bảo", "05/06/2019"), ("Trần Bảo", "07/05/2019"), "aa", False),
        (("Trần Bảo", "1984"), ("Trần Bảo", "1984"), "ab", False),  # many have that in common
        (("Trần Thiên Ân", "05/06/2019"), ("Trần Thiện Ân", "05/06/2019"), "aa", True),
    ],
)
def test_who_may_be_one_person_is_asked_about(
    first: tuple[str, str], second: tuple[str, str], phones: str, asked: bool
) -> None:
    lines = [line(2, *first), line(3, *second, family=1 if phones == "aa" else 2)]
    matching._refuse_repeated(lines, dict(zip((2, 3), phones, strict=True)), {})
    assert not lines[0].errors + lines[1].errors
    assert [fault.code for fault in lines[1].remarks] == ["maybe_twice"] * asked


def test_two_numbers_or_two_sexes_are_two_people() -> None:
    for more in ({"identity": "290123456"}, {"sex": "female"}):
        other = {"identity": "290123457"} if "identity" in more else {"sex": "male"}
        lines = [line(2, "Trần Bảo", "05/06/2019", **more), line(3, "Trần Bảo", "06/05/2019", **other)]
        matching._refuse_repeated(lines, {2: "a", 3: "a"}, {})
        assert not lines[1].errors + lines[1].remarks
