import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from citizens.codes import ALPHABET, CodeError, check_character, is_code, is_misread, make, parse

characters = st.sampled_from(ALPHABET)
bodies = st.text(characters, min_size=5, max_size=5)
codes = bodies.map(lambda body: f"TN-{body}-{check_character(body)}")


def with_check(code):
    return code[3:8] + code[9]


def written(six):
    return f"TN-{six[:5]}-{six[5]}"


def test_alphabet_has_31_characters_without_those_taken_for_others():
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set(ALPHABET) & set("ILOSU")


def test_example_of_the_messages_is_a_code():
    assert parse("TN-7K3M4-A") == "TN-7K3M4-A"


def test_made_codes_are_codes_and_differ():
    made = {make("TN") for _time in range(200)}
    assert len(made) > 190
    assert all(parse(code) == code for code in made)


@pytest.mark.parametrize("prefix", ["", "tn", "T1", "TOOLONG", "T-N"])
def test_prefix_is_capital_letters(prefix):
    with pytest.raises(ValueError):
        make(prefix)


@given(codes, st.integers(0, 5), characters)
def test_every_single_wrong_character_is_found(code, place, other):
    six = with_check(code)
    assume(six[place] != other)
    assert not is_code(written(six[:place] + other + six[place + 1 :]))


@given(codes, st.integers(0, 5), st.integers(0, 5))
def test_every_two_characters_that_changed_places_are_found(code, one, two):
    six = list(with_check(code))
    assume(six[one] != six[two])
    six[one], six[two] = six[two], six[one]
    assert not is_code(written("".join(six)))


@given(codes)
def test_forgives_how_it_is_typed(code):
    for typed in (
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " "),
        f"  {code}\n",
        code.replace("-", "–"),
        "TN-" + code[3:].replace("0", "O").replace("1", "I").replace("5", "S").replace("V", "U"),
        "TN-" + code[3:].replace("0", "o").replace("1", "l").replace("5", "s").replace("V", "u"),
    ):
        assert parse(typed) == code


@given(codes)
def test_prefix_may_be_left_out_where_it_is_known(code):
    assert parse(code[3:], prefix="TN") == code
    assert not is_code(code[3:])


def test_code_of_another_kind_is_said():
    code = make("DL")
    assert parse(code, prefix="DL") == code
    with pytest.raises(CodeError, match="bắt đầu bằng DL"):
        parse(code, prefix="TN")


def test_wrong_character_is_told_from_wrong_shape():
    with pytest.raises(CodeError, match="ký tự chưa đúng"):
        parse("TN-7K3M4-B")
    for too_short_or_long in ("TN-7K3M4", "TN-7K3M4-AA", "7K3M4"):
        with pytest.raises(CodeError, match="TN-7K3M4-A"):
            parse(too_short_or_long, prefix="TN")


def test_body_that_begins_like_the_prefix_may_stand_alone():
    code = f"TN-TN234-{check_character('TN234')}"
    assert parse(code[3:], prefix="TN") == parse(code, prefix="TN") == code


@pytest.mark.parametrize(
    "text",
    ["", "TN", "-", "0901234567", "072184001234", "Nguyễn Thị Lan", "TN-7K3M4-AA", "TN-7K3!4-A", "ＴＮ"],
)
def test_other_things_in_the_scan_box_are_no_codes(text):
    assert not is_code(text)


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_a_code_error(text):
    assert is_code(text) in (True, False)


@pytest.mark.parametrize("text", ["TN-Y69DV-7", "tn y69dv 7", "TN-Y69V-7", "TN-Y69VDD-7", "Y69DV7"])
def test_a_misheard_code_is_told_from_other_texts(text: str) -> None:
    right = f"TN-Y69VD-{check_character('Y69VD')}"
    assert is_misread(text, "TN")
    for other in (right, right.lower(), "0901234567", "072184004821", "12345"):
        assert not is_misread(other, "TN")
