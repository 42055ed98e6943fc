"""What scanners and hands give to the box: read without a mode, mended where the shape makes it certain."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizens import codes, identity
from citizens.layouts import BRITISH, FRENCH, GERMAN, row_digits
from portal.text import cleaned
from repatriation.checkpoint.scanning import LOOKED_UP, ScanKind, read

CODE = "TN-7K3M4-" + codes.check_character("7K3M4")
CARD = "072185004417||Nguyễn Thị Mai|12031985|Nữ|Ấp 3, Hưng Thuận, Trảng Bàng, Tây Ninh|01062021"
ROW = dict(zip("1234056789", ["ă", "â", "ê", "ô", "đ", *"\u0300\u0309\u0303\u0301\u0323"], strict=True))


def typed_on(layout, text):
    keys = {meant: comes for comes, meant in layout.signs.items()}
    return "".join(keys.get(sign, sign) for sign in text)


def kinds(text):
    return [one.kind for one in read(text).taken]


def code_of(text):
    (one,) = read(text).taken
    assert one.kind == ScanKind.CODE
    return codes.meant(one.text, "TN")


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        f"*{CODE}*",
        f"]Q1{CODE}",
        f"]q1{CODE.lower()}",
        f"]C0*{CODE}*",
        f"\x1d{CODE}\x04",
        f"\x02{CODE}\x03\r\n\r\n",
        f"  {CODE}  \n\n",
        CODE.lower(),
        CODE.replace("-", ""),
        f"https://cong.tayninh.gov.vn/x/{CODE}/",
        f"HTTPS://CONG.TAYNINH.GOV.VN/X/{CODE}",
        f"http://127.0.0.1:8000/dang-ky/?ma={CODE}",
        CODE + CODE,
        f"{CODE} {CODE}",
        f"*{CODE}**{CODE}*",
        f"{CODE}\n{CODE}",
    ],
)
def test_signs_around_a_code_and_a_code_twice_are_the_code(text: str) -> None:
    assert code_of(text) == {CODE}


@pytest.mark.parametrize("layout", [FRENCH, BRITISH, GERMAN])
@pytest.mark.parametrize("text", [CODE, CARD, "072185004417"])
def test_another_keyboard_is_undone_where_the_shape_makes_it_certain(layout, text: str) -> None:
    (one,) = read(cleaned(typed_on(layout, text))).taken
    if text == CODE:
        assert codes.meant(one.text, "TN") == {CODE}
    elif text == CARD:
        assert identity.parse_card_qr(one.text, letters=False).number == "072185004417"
    else:
        assert (one.kind, one.text) == (ScanKind.NUMBER, "072185004417")


def test_the_beginning_of_the_card_under_a_french_keyboard() -> None:
    assert typed_on(FRENCH, "072185004417||") == "àèé&_(àà''&èµµ"


def vietnamese(text: str) -> str:
    return "".join(ROW.get(sign, sign) for sign in text)


def test_the_vietnamese_number_row_is_undone() -> None:
    fields = CARD.split("|")
    fields = [vietnamese(one) if number in {0, 3, 6} else one for number, one in enumerate(fields)]
    (one,) = read(unicodedata.normalize("NFC", "|".join(fields))).taken
    card = identity.parse_card_qr(one.text)
    assert (card.number, card.full_name, str(card.birth)) == ("072185004417", "Nguyễn Thị Mai", "1985-03-12")


@given(st.text("0123456789", min_size=1, max_size=12))
def test_the_digits_are_among_what_the_row_may_mean(digits: str) -> None:
    found = list(row_digits(unicodedata.normalize("NFC", vietnamese(digits))))
    assert digits in found or len(found) == 0


@pytest.mark.parametrize(
    "text",
    ["àèé&_(àà''&", "àèé&_(àà''&èàµµ", "đ\u0303âă\u0301\u0300đđôôă\u0303ă", "07218500441~~Nguyễn~12~Nữ~x~1"],
)
def test_digits_that_stay_broken_are_one_sentence_about_the_keyboard(text: str) -> None:
    scan = read(unicodedata.normalize("NFC", text))
    assert scan.taken == []
    assert "bàn phím" in " ".join(scan.sentences).lower()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("8934563138165", ScanKind.SHOP),
        ("HC1:6BFOXN%TS3DH0YOJ58S S-W5HDC", ScanKind.PASSPORT),
        ("https://example.com/promo?x=1", ScanKind.LINK),
        ("x" * 10_000, ScanKind.NOISE),
        ("---", ScanKind.NOISE),
        ("a" * 100_000, ScanKind.NOISE),
    ],
)
def test_what_is_nothing_for_the_portal_is_one_sentence(text: str, kind: ScanKind) -> None:
    scan = read(text)
    assert scan.taken == []
    assert [one.kind for one in scan.refused] == [kind]
    assert len(scan.sentences) == 1


def test_of_three_codes_in_one_picture_the_one_of_the_portal_is_taken() -> None:
    scan = read(f"8934563138165\n{CARD}\nLP2034")
    assert [one.kind for one in scan.taken] == [ScanKind.CARD]
    assert len(scan.sentences) == 1


def test_two_codes_in_one_burst_are_both_taken() -> None:
    other = "TN-22222-" + codes.check_character("22222")
    assert len(read(f"{CODE}\n{other}").taken) == 2
    assert len(read(f"{CODE}{other}").taken) == 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Nguyễn Thị Mai", ScanKind.NAME),
        ("lan", ScanKind.NAME),
        ("0901 234 567", ScanKind.NUMBER),
        ("+84 901 234 567", ScanKind.NUMBER),
        ("079184000123", ScanKind.NUMBER),
        ("290123456", ScanKind.NUMBER),
        ("B1234567", ScanKind.NUMBER),
        (CARD, ScanKind.CARD),
        ("Đạt", ScanKind.NAME),
        ("Lê Lê", ScanKind.NAME),
        ("văn đức", ScanKind.NAME),
        ("Đỗ Thị Sen", ScanKind.NAME),
        ("bé hà", ScanKind.NAME),
        ("|" * 40, ScanKind.CARD),
    ],
)
def test_what_is_looked_up(text: str, kind: ScanKind) -> None:
    assert kinds(text) == [kind]
    if kind == ScanKind.NAME:
        assert read(text).taken[0].text == text


def test_a_card_with_caps_lock_on_has_its_letters_as_printed() -> None:
    (one,) = read(CARD.swapcase()).taken
    assert identity.parse_card_qr(one.text).full_name == "Nguyễn Thị Mai"


@given(st.text(max_size=300))
def test_whatever_comes_is_looked_up_or_answered_with_a_sentence(text: str) -> None:
    scan = read(text)
    assert scan.taken or scan.sentences or not cleaned(text).strip().strip("*").strip()
    assert all(one.kind in LOOKED_UP for one in scan.taken)
    assert len(scan.sentences) <= len(ScanKind)


@given(st.integers(0, 31**5 - 1), st.sampled_from(["*{}*", "]Q1{}", "{} ", "{}\n", "{0}{0}", "{0} {0}"]))
def test_any_code_in_any_frame_is_that_code(number: int, frame: str) -> None:
    body = ""
    for _place in range(5):
        number, rest = divmod(number, 31)
        body += codes.ALPHABET[rest]
    code = f"TN-{body}-{codes.check_character(body)}"
    assert code in code_of(frame.format(code))
