import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from citizens.matching import (
    SORT_KEY_LENGTH,
    Traits,
    birth_compatible,
    fold,
    fold_keep_marks,
    identity_compatible,
    likeness,
    name_tokens_key,
    nfc,
    same_name,
    sameness,
    sort_key,
)

_WORDS = (
    "nguyễn trần lê phạm huỳnh võ đặng bùi đỗ hồ ngô dương lý văn thị minh ngọc hòa thúy khỏe quý già "
    "giếng đào đạt tuấn tuân tuyết uyên ưng ông ơn ân ăn an thủy hoàng hoa quốc phượng nghĩa huyền y ý"
)
SYLLABLES = _WORDS.split()
names = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=5).map(" ".join)

# One syllable in the old and the new style of writing the tone.
STYLES = [
    ("hòa", "hoà"), ("thúy", "thuý"), ("khỏe", "khoẻ"), ("thủy", "thuỷ"), ("ọe", "oẹ"), ("úy", "uý"),
]  # fmt: skip


class TestFold:
    @pytest.mark.parametrize(
        ("text", "folded"),
        [
            ("  Đôn-Thuận ", "don thuan"),
            ("Ðặng", "dang"),  # the eth of old encodings
            ("HUỲNH", "huynh"),
            ("Ea H'leo", "ea hleo"),
            ("Ea H’leo", "ea hleo"),
            ("Bà Rịa – Vũng Tàu", "ba ria vung tau"),
            ("TP.HCM", "tp hcm"),
            ("\tưƠ\u00a0ăÂ\n", "uo aa"),
            ("", ""),
            ("...", ""),
        ],
    )
    def test_examples(self, text, folded):
        assert fold(text) == folded

    @given(st.text())
    def test_folding_twice_changes_nothing(self, text):
        assert fold(fold(text)) == fold(text)

    @example("´", "NFKC")
    @example("\u1fef", "NFC")
    @example("\u0149", "NFKD")
    @given(st.text(), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
    def test_form_of_the_text_does_not_matter(self, text, form):
        assert fold(unicodedata.normalize(form, text)) == fold(text)

    @given(names)
    def test_case_spaces_and_composition_do_not_matter(self, name):
        written = unicodedata.normalize("NFD", f"  {name.upper().replace(' ', '   ')} ")
        assert fold(written) == fold(name)

    @given(names)
    def test_vietnamese_becomes_plain_ascii(self, name):
        assert fold(name).isascii()


class TestFoldKeepMarks:
    @pytest.mark.parametrize(("old", "new"), STYLES)
    def test_both_styles_of_placing_the_tone_are_one(self, old, new):
        assert old != new
        assert fold_keep_marks(old.upper()) == fold_keep_marks(new) == old

    @pytest.mark.parametrize(
        "word",
        [
            "quý", "quả", "già", "gì", "giữ", "giặt", "giếng", "nguyễn", "huyền", "ngoài", "hoàn", "hoặc",
            "tuấn", "khuỷu", "nghĩa", "được", "mười", "yến", "ý",
        ],
    )  # fmt: skip
    def test_words_that_have_one_style_stay(self, word):
        assert fold_keep_marks(word) == word

    @given(names)
    def test_marks_stay(self, name):
        assert fold_keep_marks(name) == name
        assert fold(fold_keep_marks(name)) == fold(name)

    @given(st.text())
    def test_any_text_is_taken_and_twice_is_once(self, text):
        assert fold_keep_marks(fold_keep_marks(text)) == fold_keep_marks(text)

    @given(names)
    def test_composition_does_not_matter(self, name):
        assert fold_keep_marks(unicodedata.normalize("NFD", name)) == fold_keep_marks(name)


class TestSameName:
    @given(names, st.randoms())
    def test_order_case_spaces_and_lost_marks_do_not_matter(self, name, random):
        words = name.split()
        random.shuffle(words)
        assert same_name(name, "  ".join(words).upper())
        assert same_name(name, " ".join(fold(word) for word in words))
        assert same_name(fold(name), name)

    @given(names, names)
    def test_both_ways_round(self, a, b):
        assert same_name(a, b) == same_name(b, a)

    @given(names, names)
    def test_same_names_have_the_same_key(self, a, b):
        if same_name(a, b):
            assert name_tokens_key(a) == name_tokens_key(b)

    @pytest.mark.parametrize(("old", "new"), STYLES)
    def test_tone_placement_does_not_matter(self, old, new):
        assert same_name(f"Nguyễn {old}", f"Nguyễn {new}")

    @pytest.mark.parametrize(
        ("a", "b"),
        [
            ("Nguyễn Văn Tuấn", "Nguyễn Văn Tuân"),
            ("Nguyễn Văn Hoa", "Nguyễn Văn Hòa"),
            ("Nguyễn Văn An", "Nguyễn An"),
            ("Nguyễn Văn An", "Nguyễn Văn Văn An"),
            ("", ""),
            ("Lan", ""),
        ],
    )
    def test_other_names_stay_apart(self, a, b):
        assert not same_name(a, b)


class TestSortKey:
    def test_given_name_first_then_the_rest(self):
        listed = ["Trần Văn An", "Lê Thị Bình", "Nguyễn Bình", "Phạm An", "Đỗ Cường"]
        assert sorted(listed, key=sort_key) == [
            "Phạm An", "Trần Văn An", "Lê Thị Bình", "Nguyễn Bình", "Đỗ Cường",
        ]  # fmt: skip

    def test_the_vietnamese_alphabet(self):
        alphabet = list("aăâbcdđeêghiklmnoôơpqrstuưvxy")
        assert sorted(alphabet, key=sort_key, reverse=True) == alphabet[::-1]

    def test_tones_in_the_order_of_the_dictionary(self):
        tones = ["ma", "mà", "mả", "mã", "má", "mạ"]
        assert sorted(tones, key=sort_key, reverse=True) == tones[::-1]

    def test_letters_decide_before_tones(self):
        words = ["hoa", "hòa", "họa", "hoan", "hoàn", "hoang", "hoăng", "hô", "hồ", "hơ"]
        assert sorted(words, key=sort_key, reverse=True) == words[::-1]

    def test_tone_of_the_given_name_counts_before_the_family_name(self):
        assert sorted(["Lê Hòa", "Trần Hoa"], key=sort_key) == ["Trần Hoa", "Lê Hòa"]

    @given(names)
    def test_how_it_is_written_does_not_matter(self, name):
        assert sort_key(unicodedata.normalize("NFD", name.upper())) == sort_key(f" {name} ")

    @pytest.mark.parametrize(("old", "new"), STYLES)
    def test_tone_placement_does_not_matter(self, old, new):
        assert sort_key(old) == sort_key(new)

    @given(st.text())
    def test_digits_and_small_ascii_letters_only(self, text):
        key = sort_key(text)
        assert len(key) <= SORT_KEY_LENGTH
        assert all("0" <= c <= "9" or "a" <= c <= "z" for c in key)

    @given(names, names)
    def test_different_names_have_different_keys(self, a, b):
        assert (sort_key(a) == sort_key(b)) == (fold_keep_marks(a) == fold_keep_marks(b))

    @given(names, names)
    def test_folded_given_names_agree_with_the_order(self, a, b):
        """Where the letters without any mark already differ, they decide."""
        first, second = fold(a).split()[-1], fold(b).split()[-1]
        # Letters of one base are told apart before the next letter is looked at, so compare unmarked words.
        if a.split()[-1] == first and b.split()[-1] == second and first != second:
            assert (sort_key(a) < sort_key(b)) == (first < second)


class TestBirth:
    @pytest.mark.parametrize(
        ("a", "b", "agree"),
        [
            (date(1984, 5, 3), date(1984, 5, 3), True),
            (date(1984, 5, 3), date(1984, 3, 5), False),
            (date(1984, 5, 3), 1984, True),
            (date(1984, 5, 3), 1985, False),
            (1984, 1984, True),
            (1984, 1985, False),
            (None, 1984, True),
            (None, None, True),
            (date(1984, 1, 1), date(1984, 5, 3), True),  # 1 January: only the year was known
            (date(1984, 1, 1), date(1985, 5, 3), False),
        ],
    )
    def test_agreement(self, a, b, agree):
        assert birth_compatible(a, b) is agree
        assert birth_compatible(b, a) is agree


class TestIdentity:
    @pytest.mark.parametrize(
        ("a", "b", "agree"),
        [
            ("072084001234", "072 084 001234", True),
            ("072084001234", "072084001235", False),
            ("290123456", "072084001234", True),  # CMND, then CCCD
            ("290123456", "290123457", False),
            ("B1234567", "072084001234", True),
            ("", "072084001234", True),
        ],
    )
    def test_agreement(self, a, b, agree):
        assert identity_compatible(a, b) is agree
        assert identity_compatible(b, a) is agree


class TestLikeness:
    lan = Traits("Nguyễn Thị Lan", date(1984, 5, 3), "072184001234", "+84901234567")

    def test_one_number_is_surely_one_person_whatever_else_differs(self):
        found = likeness(self.lan, Traits("Trần Lan", 1990, "072-184-001234"))
        assert found.score == 100
        assert found.reasons == ("Cùng số giấy tờ",)

    def test_name_birth_and_phone_add_up_with_their_reasons(self):
        found = likeness(self.lan, Traits("nguyen thi lan", date(1984, 5, 3), "290123456", "+84901234567"))
        assert found.reasons == ("Họ tên giống nhau khi bỏ dấu", "Cùng ngày sinh", "Cùng số điện thoại")
        exact = likeness(self.lan, Traits("Nguyễn Thị Lan", date(1984, 5, 3), "", "+84901234567"))
        assert 100 > exact.score > found.score > likeness(self.lan, Traits("nguyen thi lan", 1984)).score > 0

    @pytest.mark.parametrize(
        "other",
        [
            Traits("Nguyễn Thị Lan", date(1984, 5, 3), "072184009999"),
            Traits("Nguyễn Thị Lan", date(1985, 5, 3)),
            Traits("Nguyễn Thị Loan", date(1984, 5, 3), "", "+84901234567"),
            Traits("", date(1984, 5, 3), "", "+84901234567"),
            Traits(),
        ],
    )
    def test_a_contradiction_is_somebody_else(self, other):
        assert likeness(self.lan, other).score == 0
        assert likeness(other, self.lan).score == 0


def test_nfc_composes():
    assert nfc("Hu\u031bng") == "Hưng"


class TestSameness:
    @pytest.mark.parametrize(
        ("a", "b", "same"),
        [
            (Traits("Nguyễn Thiên Ân", date(2019, 6, 5)), Traits("Nguyễn Thiện Ân", date(2019, 6, 5)), "two"),
            (Traits("Nguyễn Thiên Ân", date(2019, 6, 5)), Traits("nguyễn thiên ân", date(2019, 6, 5)), "one"),
            (Traits("Trần Hoà", date(2019, 6, 5)), Traits("Trần Hòa", date(2019, 6, 5)), "one"),
            (
                Traits("Nguyễn Thiên Ân", date(2019, 6, 5)),
                Traits("Nguyen Thien An", date(2019, 6, 5)),
                "unsure",
            ),
            (Traits("Lê Minh Anh", date(2019, 6, 5)), Traits("Lê Anh Minh", date(2019, 6, 5)), "unsure"),
            (Traits("Lê Bảo Ngọc", date(2019, 6, 5)), Traits("LÊ NGỌC BẢO", date(2019, 6, 5)), "unsure"),
            (Traits("Lê Anh", date(2019, 1, 1)), Traits("Lê Anh", date(2019, 1, 1)), "unsure"),
            (Traits("Nguyễn Thiên Ân", date(2019, 6, 5)), Traits("Nguyễn Thiên Ân", 2019), "unsure"),
            (Traits("Nguyễn Thiên Ân", 2019), Traits("Nguyễn Thiên Ân", 2019), "unsure"),
            (
                Traits("Lan", date(2019, 6, 5), sex="male"),
                Traits("Lan", date(2019, 6, 5), sex="female"),
                "two",
            ),
            (
                Traits("Lan", date(2019, 6, 5), "072219000001"),
                Traits("Lan", date(2019, 6, 5), "072219000002"),
                "two",
            ),
            (Traits("Lan", date(2019, 6, 5), "072219000001"), Traits("Lan", date(2019, 6, 5)), "one"),
            (Traits("Lan", 2019, "072219000001"), Traits("Lan", date(2019, 6, 5), "072 219 000001"), "one"),
        ],
    )
    def test_of_two_descriptions(self, a, b, same):
        assert sameness(a, b).value == sameness(b, a).value == same

    def test_another_sex_is_somebody_else_for_the_officer_too(self):
        lan = Traits("Nguyễn Thị Lan", date(1984, 5, 3), sex="female")
        assert likeness(lan, Traits("Nguyễn Thị Lan", date(1984, 5, 3), sex="male")).score == 0
