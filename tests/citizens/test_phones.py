import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizens.phones import HotlineError, PhoneError, display, is_mobile, mask, normalise


@pytest.mark.parametrize(
    "text",
    [
        "0901234567", "0901 234 567", "090.123.4567", "090-123-4567", "+84901234567", "+84 90 1234567",
        "84901234567", "(090) 1234567", " 0901234567 ", "０９０１２３４５６７", "0084901234567",
        "0901\u2011234\u2011567", "0901–234–567", "0901—234—567", "0901\u2212234\u2212567",
    ],
)  # fmt: skip
def test_one_number_however_it_is_written(text):
    assert normalise(text) == "+84901234567"


def test_fixed_line_of_the_province():
    assert normalise("0276 3822 233") == "+842763822233"
    assert not is_mobile("+842763822233")
    assert is_mobile("+84901234567")


def test_foreign_number_with_its_country():
    assert normalise("+855 12 345 678") == "+85512345678"
    assert display("+85512345678").startswith("+855 ")


@pytest.mark.parametrize("text", ["1022", "0276 1022", "02761022", "+84 276 1022", "(0276) 1022"])
def test_the_helpline_is_nobodys_own_number(text):
    with pytest.raises(HotlineError, match="1022"):
        normalise(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "abc", "113", "090123456", "09012345678", "0901234567/0912345678", "0901234567 0912345678",
        "0901234567, 0912345678", "ĐT 0901234567",
        "0901234567 ext 5", "1900 1234", "1800 1090", "01681234567",
        "+1234567890123456789", "0" * 500,
    ],
)  # fmt: skip
def test_what_reaches_nobody_is_refused_with_a_sentence(text):
    with pytest.raises(PhoneError, match=r"Vui lòng .+\.$"):
        normalise(text)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_a_phone_error(text):
    try:
        number = normalise(text)
    except PhoneError:
        return
    assert number.startswith("+")
    assert normalise(number) == number


@given(st.integers(min_value=0, max_value=9_999_999).map("090{:07d}".format))
def test_what_is_shown_can_be_typed_again(text):
    number = normalise(text)
    assert normalise(display(number)) == number
    assert display(number).replace(" ", "") == text


def test_display_and_mask():
    assert display("+84901234567") == "0901 234 567"
    assert display("not a number") == "not a number"
    assert mask("+84901234567") == "090•••4567"
    assert mask("+85512345678") == "+85•••5678"
    assert mask("12") == "•••"
    assert mask("") == "•••"
