import re
from datetime import date

import pytest

from citizens.identity import (
    BIRTH_PLACES,
    CardFault,
    CardQrError,
    Doubt,
    IdentityError,
    NumberKind,
    Sex,
    classify,
    normalise,
    parse,
    parse_card_qr,
    warnings,
)
from tests.letters import PAGES, through

CARD = (
    "072184001234|290123456|Nguyễn Thị Lan|03051984|Nữ|"
    "Ấp Bùng Binh, Hưng Thuận, Trảng Bàng, Tây Ninh|10052021"
)


class TestParse:
    def test_cccd_tells_place_sex_and_year(self):
        identity = parse("072 184 001 234")
        assert (identity.number, identity.kind) == ("072184001234", NumberKind.CCCD)
        assert (identity.place_code, identity.place_name) == ("072", "Tây Ninh")
        assert (identity.sex, identity.birth_year) == (Sex.FEMALE, 1984)

    @pytest.mark.parametrize(
        ("digit", "sex", "year"),
        [
            ("0", Sex.MALE, 1905), ("1", Sex.FEMALE, 1905), ("2", Sex.MALE, 2005), ("3", Sex.FEMALE, 2005),
            ("4", Sex.MALE, 2105), ("9", Sex.FEMALE, 2305),
        ],
    )  # fmt: skip
    def test_fourth_digit_is_century_and_sex(self, digit, sex, year):
        identity = parse(f"072{digit}05001234")
        assert (identity.sex, identity.birth_year) == (sex, year)

    @pytest.mark.parametrize(
        ("text", "kind", "number"),
        [
            ("290 123.456", NumberKind.CMND, "290123456"),
            ("b1234567", NumberKind.PASSPORT, "B1234567"),
            ("P12345678", NumberKind.PASSPORT, "P12345678"),
            ("X99A1234B", NumberKind.OTHER, "X99A1234B"),
            ("０７２１８４００１２３４", NumberKind.CCCD, "072184001234"),  # full width
        ],
    )
    def test_kinds(self, text, kind, number):
        identity = parse(text)
        assert (identity.kind, identity.number) == (kind, number)
        assert classify(text) == kind
        assert normalise(text) == number

    @pytest.mark.parametrize("text", ["72184001234", "0721840012345", "12345"])
    def test_wrong_count_of_digits_is_said(self, text):
        with pytest.raises(IdentityError, match=f"có {len(text)} chữ số"):
            parse(text)

    @pytest.mark.parametrize("text", ["", "không có", "ABCDEFG", "12/34", "072184001234; DROP"])
    def test_what_is_no_number_is_refused_with_a_sentence(self, text):
        with pytest.raises(IdentityError, match="Vui lòng"):
            parse(text)

    def test_63_provinces_of_before_the_mergers(self):
        assert len(BIRTH_PLACES) == 63
        assert (BIRTH_PLACES["072"], BIRTH_PLACES["080"]) == ("Tây Ninh", "Long An")


class TestWarnings:
    def doubts(self, number, **form):
        found = warnings(number, today=date(2026, 11, 23), **form)
        assert all("Vui lòng" in warning.text for warning in found)
        return [warning.doubt for warning in found]

    def test_what_agrees_gives_none(self):
        assert self.doubts("072184001234", sex="female", birth=date(1984, 5, 3)) == []
        assert self.doubts("072184001234", sex="", birth=None) == []
        assert self.doubts("072184001234", birth=1984) == []

    def test_unknown_place(self):
        assert self.doubts("003184001234") == [Doubt.PLACE_UNKNOWN]
        assert self.doubts("000184001234") == [Doubt.PLACE_UNKNOWN]

    def test_birth_abroad_is_nothing_odd(self):
        assert self.doubts("131184001234") == []

    @pytest.mark.parametrize(("number", "sex"), [("072184001234", "male"), ("072084001234", "female")])
    def test_sex_differs(self, number, sex):
        assert self.doubts(number, sex=sex) == [Doubt.SEX_DIFFERS]

    def test_year_differs(self):
        assert self.doubts("072184001234", birth=date(1985, 5, 3)) == [Doubt.YEAR_DIFFERS]
        assert self.doubts("072184001234", birth=1985) == [Doubt.YEAR_DIFFERS]

    def test_year_that_has_not_come(self):
        assert self.doubts("072384001234") == [Doubt.YEAR_IN_FUTURE]
        assert self.doubts("072326001234") == []

    def test_all_at_once(self):
        found = self.doubts("003184001234", sex="male", birth=1990)
        assert found == [Doubt.PLACE_UNKNOWN, Doubt.SEX_DIFFERS, Doubt.YEAR_DIFFERS]

    @pytest.mark.parametrize("number", ["290123456", "B1234567", "", "abc", "123"])
    def test_other_papers_and_no_paper_tell_nothing(self, number):
        assert self.doubts(number, sex="male", birth=1990) == []


class TestCardQr:
    def test_card_of_2021(self):
        card = parse_card_qr(CARD)
        assert card.number == "072184001234"
        assert card.old_number == "290123456"
        assert card.full_name == "Nguyễn Thị Lan"
        assert card.birth == date(1984, 5, 3)
        assert card.sex == Sex.FEMALE
        assert card.address == "Ấp Bùng Binh, Hưng Thuận, Trảng Bàng, Tây Ninh"
        assert card.issued_on == date(2021, 5, 10)

    @pytest.mark.parametrize(
        "text",
        [
            CARD + "||||",  # card of 2024
            CARD + "|Nguyễn Văn A|Trần Thị B||x",
            "\ufeff" + CARD + "\r\n",
            " " + CARD + " ",
            CARD.encode().decode("latin-1"),  # a scanner's driver took UTF-8 for Latin-1
            CARD.encode("utf-8-sig").decode("latin-1"),
            CARD.replace("Nguyễn", "Nguye\u0302\u0303n"),
            CARD.replace("Nữ", "NỮ"),
        ],
    )
    def test_the_same_card_however_it_comes(self, text):
        assert parse_card_qr(text) == parse_card_qr(CARD)

    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("name", ["Lê Na", "LÝ TRÍ", "NGUYỄN THỊ TỐ NHƯ", "H'Niê Ñrăng"])
    def test_a_scanner_of_another_code_page_fills_in_the_right_name(self, name, page):
        card = CARD.replace("Nguyễn Thị Lan", name)
        assert parse_card_qr(through(card, page)) == parse_card_qr(card)
        plain = f"072184001234||{name}|03051984|Nam||"
        assert parse_card_qr(through(plain, page)).full_name == name

    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("lost", ["\x81", "\x9d", "\xad", "[\x80-\x9f]", "[\x80-\xa0]"])
    def test_letters_that_lost_a_byte_on_the_way_fill_in_no_broken_name(self, page, lost):
        card = CARD.replace("Nguyễn Thị Lan", "Đỗ Lý Trí Ề").replace("Ấp", "Ấp Ề Ý í")
        text = re.sub(lost, "", through(card, page))
        right = parse_card_qr(card)
        found = parse_card_qr(text, letters=False)
        assert found.number == right.number
        if found.full_name:
            assert found == right
        else:
            with pytest.raises(CardQrError, match="Vui lòng") as raised:
                parse_card_qr(text)
            assert raised.value.fault == CardFault.LETTERS

    @pytest.mark.parametrize("name", ["LÃª Na", "Nguy?n Lan", "Nguy\ufffdn Lan", "L├¬ Na", "NguyÔn V¨n Tó"])
    def test_a_broken_name_is_refused_in_one_sentence(self, name):
        with pytest.raises(CardQrError, match="Vui lòng gõ tay") as raised:
            parse_card_qr(CARD.replace("Nguyễn Thị Lan", name))
        assert raised.value.fault == CardFault.LETTERS

    def test_what_may_be_missing(self):
        card = parse_card_qr("072084001234||Lê Văn Hùng|00001962|Nam||")
        assert (card.old_number, card.birth, card.sex, card.address, card.issued_on) == (
            "",
            1962,
            Sex.MALE,
            "",
            None,
        )
        assert parse_card_qr("072084001234||Lê Văn Hùng|1962|||").birth == 1962

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("", CardFault.NOT_A_CARD),
            ("https://example.vn", CardFault.NOT_A_CARD),
            ("TN-7K3M4-A", CardFault.NOT_A_CARD),
            ("|".join(CARD.split("|")[:6]), CardFault.NOT_A_CARD),
            (CARD.replace("072184001234", "72184001234"), CardFault.NUMBER),
            (CARD.replace("Nguyễn Thị Lan", ""), CardFault.NAME),
            (CARD.replace("Nguyễn Thị Lan", "123"), CardFault.NAME),
            (CARD.replace("03051984", "31021984"), CardFault.BIRTH),
            (CARD.replace("03051984", ""), CardFault.BIRTH),
            (CARD.replace("03051984", "٠٣٠٥١٩٨٤"), CardFault.BIRTH),
        ],
    )
    def test_each_fault_has_its_name_and_a_sentence(self, text, fault):
        with pytest.raises(CardQrError, match="Vui lòng") as raised:
            parse_card_qr(text)
        assert raised.value.fault == fault


@pytest.mark.parametrize("dash", "-‐\u2011‒–—−_.")
def test_a_number_is_the_same_whatever_parts_it(dash: str) -> None:
    assert parse(dash.join(["072", "184", "004", "821"])).number == "072184004821"
