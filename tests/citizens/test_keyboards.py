"""Codes that are typed with a Vietnamese keyboard on are found, and no other code in their place."""

import random

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from citizens import codes
from portal.text import cleaned
from tests.keyboards import TELEX, VNI, Keyboard

KEYBOARDS = [*TELEX, *VNI]
MANY = 2_000


def of_before(rng: random.Random) -> str:
    """A code as they were drawn before, out of the whole alphabet."""
    body = "".join(rng.choice(codes.ALPHABET) for _place in range(codes.BODY_LENGTH))
    return f"TN-{body}-{codes.check_character(body)}"


def read(text: str) -> str:
    try:
        return codes.parse(text, "TN")
    except codes.CodeError:
        return ""


@pytest.mark.parametrize("keyboard", KEYBOARDS, ids=str)
def test_no_keyboard_changes_a_new_code(keyboard: Keyboard) -> None:
    rng = random.Random(20)
    for _one in range(MANY):
        code = codes.make("TN", rng)
        for text in (code, code.lower(), code.replace("-", ""), code[3:]):
            assert keyboard.typed(text) == text


@pytest.mark.parametrize("keyboard", KEYBOARDS, ids=str)
@pytest.mark.parametrize("dress", [str, str.lower, lambda code: code.replace("-", ""), lambda code: code[3:]])
def test_a_code_of_before_is_among_those_that_may_be_meant(keyboard: Keyboard, dress: object) -> None:
    """The rows of those that may be meant are looked up; of the thousands of codes one is given out."""
    rng = random.Random(21)
    changed = missed = unsure = 0
    for _one in range(MANY):
        code = of_before(rng)
        typed = keyboard.typed(dress(code))  # type: ignore[operator]
        if typed == dress(code):  # type: ignore[operator]
            continue
        changed += 1
        found = codes.meant(typed, "TN")
        missed += code not in found
        unsure += len(found) > 1
        # Where nothing was lost that leaves no trace, it is never read as another one.
        assert keyboard.again_takes_away or read(typed) in (code, "") or len(typed) < len(dress(code)) - 2  # type: ignore[operator]
    assert changed > 50
    assert missed <= changed * (0.15 if keyboard.again_takes_away else 0.05)
    assert unsure <= changed / 2


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("TN-02ĐD-G", "TN-02DDD-G"),
        ("tn-02đd-g", "TN-02DDD-G"),
        ("TN02ĐDG", "TN-02DDD-G"),
        ("02ĐD-G", "TN-02DDD-G"),
        ("TN-02DD-G", "TN-02DDD-G"),
    ],
)
def test_telex_on_a_double_letter(typed: str, code: str) -> None:
    assert codes.parse(code, "TN") == code
    assert codes.parse(typed, "TN") == code


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_what_is_read_has_its_check_character(text: str) -> None:
    for code in codes.meant(text, "TN"):
        assert codes.is_code(code, "TN")


@hypothesis_settings(max_examples=300)
@given(st.randoms(use_true_random=False), st.integers(0, 4), st.sampled_from(codes.DRAWN))
def test_a_wrong_new_code_is_no_other_one(rng: random.Random, place: int, wrong: str) -> None:
    code = codes.make("TN", rng)
    at = 3 + place
    typed = code[:at] + wrong + code[at + 1 :]
    assert codes.meant(typed, "TN") == ({code} if typed == code else set())


@pytest.mark.parametrize("text", ["Đạt", "Nguyễn Thị Ân", "Trần Đạt", "Hậu", "Bảy", "Tư"])
def test_a_name_is_no_code(text: str) -> None:
    assert not codes.is_code(text, "TN")


def test_where_several_are_meant_nothing_is_guessed() -> None:
    rng = random.Random(22)
    unsure = [
        typed
        for code in (of_before(rng) for _one in range(MANY))
        if len(codes.meant(typed := VNI[0].typed(code), "TN")) > 1
    ]
    assert unsure
    for typed in unsure:
        with pytest.raises(codes.CodeError, match="Bàn phím"):
            codes.parse(typed, "TN")


LAYOUTS = {
    "french": dict(zip("1234567890-qawzmQAWZM", "&é\"'(-è_çà)aqzw,AQZW?", strict=True)),
    "german": dict(zip("-yzYZ", "ßzyZY", strict=True)),
    "windows": dict(zip("1234567890", "ăâêô\u0300\u0309\u0303\u0301\u0323đ", strict=True)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dress", [str, str.lower])
def test_a_code_is_among_those_meant_through_another_layout(layout: str, dress: object) -> None:
    rng = random.Random(23)
    unsure = 0
    for _one in range(MANY // 2):
        code = codes.make("TN", rng)
        typed = cleaned("".join(LAYOUTS[layout].get(key, key) for key in dress(code)))  # type: ignore[operator]
        found = codes.meant(typed, "TN")
        assert code in found
        assert read(typed) in (code, "")
        unsure += len(found) > 1
    assert unsure <= MANY / 2 * 0.25


def test_a_long_text_is_read_at_once() -> None:
    assert not codes.meant("TN-" + "ẾỘỮ" * 2_000, "TN")
    assert not codes.meant("TN-ỪỪỪỪỪỪỪ", "TN")
