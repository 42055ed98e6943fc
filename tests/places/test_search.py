from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.places.models import Place
from portal.places.query import Query
from portal.places.search import LIMIT, find
from tests.places.country import CountryCase

COMMUNE = [Place.Kind.COMMUNE]
ANYWHERE = [Place.Kind.PROVINCE, Place.Kind.COMMUNE]
HOME = "vn/80/"


def names(text, kinds=COMMUNE, under=HOME):
    return [choice.place.name for choice in find(text, kinds=kinds, under=under).choices]


def sure(text, kinds=COMMUNE, under=HOME):
    return [choice.place.full_name for choice in find(text, kinds=kinds, under=under).sure]


class TestFind(CountryCase):
    def test_however_it_is_typed_it_is_found(self):
        for text in (
            "Hưng Thuận",
            "hung thuan",
            "HUNG  THUAN",
            "xã Hưng Thuận",
            "xa hung thuan",
            "Hu\u031bng Thua\u0323\u0302n",
            "Hưng Thuận, Tây Ninh",
            "xã Hưng Thuận, tỉnh Tây Ninh",
            "hung thuan, trang bang",
            "Xã Hưng Thuận, thị xã Trảng Bàng, tỉnh Tây Ninh",
        ):
            with self.subTest(text=text):
                assert sure(text) == ["Xã Hưng Thuận, tỉnh Tây Ninh"]

    def test_beginning_of_a_name_comes_before_its_middle(self):
        found = names("hoa")
        assert found[0] == "Xã Hòa Hội"
        assert found.index("Xã Hòa Khánh") < found.index("Xã Đức Hòa")

    def test_exact_name_comes_first(self):
        assert names("Tân An")[0] == "Phường Tân An"
        assert names("Tân Hòa")[0] == "Xã Tân Hòa"

    def test_marks_that_were_typed_tell_names_apart(self):
        assert sure("Phường Tân An, Tây Ninh") == ["Phường Tân An, tỉnh Tây Ninh"]
        assert sure("Tân Ân, Cần Đước") == ["Xã Cần Đước, tỉnh Tây Ninh"]
        assert len(sure("xa tan an")) == 2
        # Both styles of writing the tone; an old Tân Hòa is part of Tân Thạnh now.
        assert (
            sure("Tân Hoà") == sure("Tân Hòa") == ["Xã Tân Hòa, tỉnh Tây Ninh", "Xã Tân Thạnh, tỉnh Tây Ninh"]
        )

    def test_a_place_that_only_holds_the_words_is_not_taken_for_it(self):
        found = find("Đôn Thuận", kinds=COMMUNE, under="vn/79/")
        assert "Phường Đông Hưng Thuận" in [choice.place.name for choice in found.sure]
        assert found.only is None
        assert find("Hưng Thuậ", kinds=COMMUNE, under=HOME).only.code == "25711"

    def test_names_in_use_come_before_old_ones_wherever_the_place_lies(self):
        for text in ("tân bình", "Tan Binh", "phường tân bình"):
            with self.subTest(text=text):
                found = find(text, kinds=ANYWHERE).choices
                assert found[0].place.full_name == "Phường Tân Bình, thành phố Hồ Chí Minh"
                own = [choice.place.short_name == "Tân Bình" for choice in found if choice.rank <= 1]
                assert not all(own)
                assert own == sorted(own, reverse=True)

    def test_an_old_name_that_fits_wholly_is_not_pushed_out_by_beginnings(self):
        found = find("Tân An", kinds=COMMUNE, limit=3)
        assert {choice.rank for choice in found.choices} == {0}

    def test_old_name_finds_the_new_commune_and_says_so(self):
        (choice,) = find("Đôn Thuận", kinds=COMMUNE, under=HOME).choices
        assert choice.label == "Xã Hưng Thuận, tỉnh Tây Ninh (cũ: xã Đôn Thuận, Trảng Bàng)"

    def test_old_name_with_old_district_and_old_province(self):
        assert sure("xã Nhựt Chánh, huyện Bến Lức, Long An") == ["Xã Bình Đức, tỉnh Tây Ninh"]

    def test_split_commune_gives_each_successor(self):
        found = find("Suối Đá", kinds=COMMUNE, under=HOME)
        assert [legacy.name for legacy in found.split] == ["Xã Suối Đá"]
        assert {choice.place.name for choice in found.sure} == {"Phường Bình Minh", "Xã Dương Minh Châu"}

    def test_district_tells_old_communes_of_one_name_apart(self):
        assert sure("Phường 1, thành phố Tân An") == ["Phường Long An, tỉnh Tây Ninh"]
        assert sure("Phường 1, Kiến Tường") == ["Phường Kiến Tường, tỉnh Tây Ninh"]
        assert len(sure("Phường 1")) == 3

    def test_district_that_is_no_longer_does_not_hide_a_commune_elsewhere(self):
        assert sure("Bà Điểm, Hóc Môn, TP.HCM", under="vn/") == ["Xã Bà Điểm, thành phố Hồ Chí Minh"]
        assert sure("Bà Điểm, Hóc Môn", under="vn/") == ["Xã Bà Điểm, thành phố Hồ Chí Minh"]

    def test_province_after_the_comma_tells_communes_of_one_name_apart(self):
        assert sure("Phường Long Bình, Đồng Nai", under="vn/")[0] == "Phường Long Bình, tỉnh Đồng Nai"
        assert sure("Long Bình, Bình Phước", under="vn/") == ["Xã Bình Tân, tỉnh Đồng Nai"]
        assert len(sure("Long Bình", under="vn/")) > 2

    def test_city_by_its_short_names(self):
        for text in (
            "Hồ Chí Minh", "TP.HCM", "tphcm", "Sài Gòn", "Saigon", "TP Hồ Chí Minh", "thành phố hồ chí minh",
            "ho chi minh city", "T.P HCM", "TP. Hồ Chí Minh, Việt Nam",
        ):  # fmt: skip
            with self.subTest(text=text):
                assert find(text, kinds=ANYWHERE).only.name == "Thành phố Hồ Chí Minh"

    def test_old_province_finds_the_one_it_went_into(self):
        choice = find("Bà Rịa Vũng Tàu", kinds=ANYWHERE).choices[0]
        assert choice.label == "Thành phố Hồ Chí Minh (cũ: tỉnh Bà Rịa – Vũng Tàu)"
        assert set(sure("Bình Dương", ANYWHERE, "vn/")) == {
            "Thành phố Hồ Chí Minh",
            "Phường Bình Dương, thành phố Hồ Chí Minh",
            "Xã Bình Dương, tỉnh Gia Lai",
        }

    def test_province_comes_before_a_commune_of_its_name(self):
        found = [choice.place.name for choice in find("bình dương", kinds=ANYWHERE).choices]
        assert found[0] == "Thành phố Hồ Chí Minh"

    def test_limits_hold_for_old_names_too(self):
        assert names("Suối Đá", under="vn/79/") == []
        assert names("Mộc Bài", kinds=[Place.Kind.CHECKPOINT]) == ["Chốt Mộc Bài"]
        assert names("Mộc Bài") == []

    def test_place_out_of_use_is_not_found(self):
        Place.objects.filter(code="25711").update(is_active=False)
        assert names("Hưng Thuận") == []

    def test_never_more_than_the_limit_and_always_the_same_few_queries(self):
        with self.assertNumQueries(5):
            assert len(find("ha", kinds=ANYWHERE).choices) == LIMIT
        with self.assertNumQueries(4):
            find("hung thuan", kinds=ANYWHERE)

    def test_an_address_of_which_nothing_is_known_asks_no_more_than_a_few_times(self):
        with CaptureQueriesContext(connection) as asked:
            assert not find("12 xyz, abc, def, ghi, jkl, mno, pqr", kinds=ANYWHERE).choices
        assert len(asked) <= 10

    def test_nothing_typed_finds_nothing(self):
        for text in ("", "  ", ",", "%", "_", "\0", "!!!"):
            with self.subTest(text=text):
                assert names(text) == []

    def test_like_signs_are_no_wildcards(self):
        assert names("h%n") == names("h n")


class TestLarger(CountryCase):
    """What is named after the comma narrows the search, or nothing is taken for what was meant."""

    def test_a_ward_elsewhere_never_becomes_one_of_the_home_province(self):
        for text in (
            "Phường 5, Gò Vấp",
            "phường 7, quận 8",
            "Phường 3, Bình Thạnh",
            "P5 Q8",
            "phuong 7 quan 8 tphcm",
            "Phường 3, Ninh Kiều",
            "Phường 3, Ninh Kiều, Cần Thơ",
            "Phường 1, Thành phố Không Có",
        ):
            with self.subTest(text=text):
                found = find(text, kinds=ANYWHERE)
                assert found.only is None or found.only.province_code == "79"

    def test_a_ward_of_before_is_found_by_its_district(self):
        for text in (
            "Phường 5, Gò Vấp",
            "p5, gò vấp",
            "Phường 05, quận Gò Vấp, TP.HCM",
            "phường 5 quận gò vấp",
        ):
            with self.subTest(text=text):
                found = find(text, kinds=ANYWHERE)
                assert found.only.full_name == "Phường An Nhơn, thành phố Hồ Chí Minh"
                assert not found.query.as_typed(found.only)
        assert set(sure("phường 7, quận 8", ANYWHERE, "vn/")) == {
            "Phường Bình Đông, thành phố Hồ Chí Minh",
            "Xã Bình Hưng, thành phố Hồ Chí Minh",
        }
        assert find("Thảo Điền, Quận 2", kinds=ANYWHERE).only.name == "Phường An Khánh"

    def test_what_was_found_by_leaving_a_part_out_is_not_taken(self):
        for text in (
            "Đôn Thuận, Huyện Không Có",
            "12/3 đường số 7, Phường Gò Vấp, TP.HCM",
            "12/3 đường số 7 phường Gò Vấp tphcm",
            "Phường Không Có, TP.HCM",
            "Quận Ninh Kiều",
        ):
            with self.subTest(text=text):
                found = find(text, kinds=ANYWHERE)
                assert found.choices
                assert not found.whole
                assert found.only is None

    def test_old_province_and_old_district_narrow_places_of_now_too(self):
        for text in ("Thuận An, Bình Dương", "Tân Uyên, Bình Dương"):
            with self.subTest(text=text):
                places = [choice.place for choice in find(text, kinds=ANYWHERE).choices]
                assert {place.province_code for place in places} == {"79"}
        assert find("Phường Thuận An, Bình Dương", kinds=ANYWHERE).only.province_code == "79"
        assert find("Tân An, Cần Đước", kinds=COMMUNE, under=HOME).only.name == "Xã Cần Đước"

    def test_district_1_is_not_the_beginning_of_district_12(self):
        found = sure("Phường Tân Định, quận 1", ANYWHERE, "vn/")
        assert found == ["Phường Tân Định, thành phố Hồ Chí Minh"]
        assert not find("Phường Thới An, quận 1", kinds=ANYWHERE).whole


class TestDistricts(CountryCase):
    QUAN_12 = ("An Phú Đông", "Đông Hưng Thuận", "Tân Thới Hiệp", "Thới An", "Trung Mỹ Tây")

    def test_a_numbered_district_finds_its_wards_of_now_and_the_city(self):
        for text in ("Quận 12", "quan 12", "q12", "Q.12", "q 12", "Quận 12, TP.HCM", "q.12 tphcm"):
            with self.subTest(text=text):
                found = find(text, kinds=ANYWHERE)
                wards = [f"Phường {name}, thành phố Hồ Chí Minh" for name in self.QUAN_12]
                assert [choice.place.full_name for choice in found.sure] == [*wards, "Thành phố Hồ Chí Minh"]
                assert found.only is None
                assert [district.name for district in found.districts] == ["Quận 12"]

    def test_a_ward_that_is_not_known_offers_the_district_before_communes_of_that_name(self):
        found = find("Phường 3, Bình Thạnh", kinds=ANYWHERE, under=["vn/79/", "vn/80/"])
        assert not found.whole
        names = [choice.place.name for choice in found.choices]
        assert (
            names.index("Phường Gia Định") < names.index("Thành phố Hồ Chí Minh") < names.index("Xã Thủ Thừa")
        )

    def test_districts_by_their_word(self):
        for text, ward in (
            ("quận 1", "Phường Sài Gòn"),
            ("Quận 7, TP.HCM", "Phường Tân Thuận"),
            ("Quận Bình Tân", "Phường An Lạc"),
            ("q. Tân Phú", "Phường Tây Thạnh"),
            ("huyện Củ Chi", "Xã Phú Hòa Đông"),
            ("huyện hóc môn", "Xã Bà Điểm"),
            ("huyện hóc m", "Xã Bà Điểm"),
            ("TP Thủ Đức", "Phường Linh Xuân"),
            ("Quận 9", "Phường Tăng Nhơn Phú"),  # in the city of Thủ Đức since 2021
            ("tp biên hòa", "Phường Trấn Biên"),
        ):
            with self.subTest(text=text):
                found = find(text, kinds=ANYWHERE)
                assert ward in [choice.place.name for choice in found.sure]
                assert found.sure[-1].place.kind == Place.Kind.PROVINCE
                assert found.only is None

    def test_a_name_alone_may_mean_the_ward_or_the_old_district(self):
        found = find("gò vấp", kinds=ANYWHERE)
        assert found.choices[0].place.name == "Phường Gò Vấp"
        assert len(found.sure) == 7
        assert found.only is None
        assert find("Phường Gò Vấp", kinds=ANYWHERE).only.name == "Phường Gò Vấp"

    def test_districts_of_the_home_province(self):
        wards = {"Phường Bình Minh", "Phường Ninh Thạnh", "Phường Tân Ninh"}
        for text in ("TP Tây Ninh", "Tây Ninh"):
            with self.subTest(text=text):
                found = find(text, kinds=COMMUNE, under=HOME)
                assert {choice.place.name for choice in found.sure} == wards
        assert "Xã Hưng Thuận, tỉnh Tây Ninh" in sure("Thị xã Trảng Bàng")

    def test_a_name_of_a_province_is_the_province(self):
        assert find("Tây Ninh", kinds=ANYWHERE).only.kind == Place.Kind.PROVINCE
        assert "Tỉnh Tây Ninh" in sure("TP Tây Ninh", ANYWHERE, "vn/")

    def test_a_district_that_is_not_known_offers_the_ward_of_its_name(self):
        found = find("quận ninh kiều", kinds=ANYWHERE)
        assert [choice.place.full_name for choice in found.choices] == ["Phường Ninh Kiều, thành phố Cần Thơ"]
        assert found.only is None
        assert not find("Quận 99", kinds=ANYWHERE).choices


class TestQuery(CountryCase):
    def test_a_name_that_begins_like_a_type_stays_whole(self):
        assert sure("Xa Dung", under="vn/") == ["Xã Xa Dung, tỉnh Điện Biên"]
        assert find("Xa Dung", kinds=COMMUNE).only.name == "Xã Xa Dung"
        assert Query.of("Xã Hưng Thuận").name == "hung thuan"
        assert Query.of("xã").name == "xa"

    def test_a_very_long_text_is_cut(self):
        assert len(Query.of("ab " * 10_000).name.split()) <= 8


class TestSearchView(CountryCase):
    def get(self, **query):
        return self.client.get(reverse("places:search"), query)

    def test_anybody_gets_options_for_what_was_typed(self):
        response = self.get(q="don thuan", kind="commune", province="80")
        assert response.status_code == 200
        commune = Place.objects.communes_of("80").get(code="25711")
        self.assertContains(response, f'data-id="{commune.pk}"')
        self.assertContains(response, "cũ: xã Đôn Thuận, Trảng Bàng")
        assert "max-age=600" in response.headers["Cache-Control"]

    def test_what_is_not_found_is_said_and_escaped(self):
        response = self.get(q="<b>khong co</b>", kind="commune", province="80")
        self.assertContains(response, "Không tìm thấy “&lt;b&gt;khong co&lt;/b&gt;”")

    def test_who_may_name_a_province_is_told_so_and_a_long_text_is_cut(self):
        alone = "hoặc chỉ gõ tên tỉnh, thành phố."
        self.assertContains(self.get(q="xyz", kind=["province", "commune"]), alone)
        assert alone not in self.get(q="xyz", kind="commune").content.decode()
        assert len(self.get(q="xyz 7 " * 1000).content) < 1000

    def test_a_district_that_is_not_known_is_told_to_be_no_more(self):
        self.assertContains(self.get(q="quận 99", kind="commune"), "không còn quận, huyện")

    def test_only_places_under_the_paths_are_offered_and_others_are_told_to_lie_outside(self):
        limits = {"kind": ["province", "commune"], "under": ["vn/79/", "vn/80/"]}
        self.assertContains(self.get(q="Nghệ An", **limits), "“Nghệ An” nằm ngoài những nơi chọn được")
        page = self.get(q="long bình", **limits).content.decode()
        assert "thành phố Hồ Chí Minh" in page
        assert "tỉnh Đồng Nai" not in page
        self.assertContains(self.get(q="Phường 5, Gò Vấp", kind="commune", under="vn/80/"), "nằm ngoài")

    def test_one_letter_opens_no_list(self):
        assert "<li" not in self.get(q="h").content.decode()

    def test_unknown_kinds_and_paths_do_no_harm(self):
        assert self.get(q="hung thuan", kind="nonsense").status_code == 200
        assert "data-id" not in self.get(q="hung thuan", under="vn/%").content.decode()
        assert self.get(q="hung thuan", under="\0").status_code == 200
        assert self.get(q="hung\0thuan").status_code == 200

    def test_post_is_refused(self):
        assert self.client.post(reverse("places:search")).status_code == 405


class TestWithoutCommas(CountryCase):
    def test_a_commune_with_its_district_and_province(self):
        for text in (
            "Hưng Thuận Trảng Bàng Tây Ninh",
            "hung thuan trang bang",
            "hung thuan trang bang tay ninh",
            "xã Hưng Thuận huyện Trảng Bàng Tây Ninh",
            "Hưng Thuận, Trảng Bàng Tây Ninh",
            "HUNG THUAN TAY NINH",
            "đôn thuận trảng bàng",
        ):
            with self.subTest(text=text):
                assert sure(text, under="vn/") == ["Xã Hưng Thuận, tỉnh Tây Ninh"]
                assert find(text, kinds=COMMUNE, under=HOME).only is not None

    def test_old_names_of_merged_places(self):
        assert sure("gia loc trang bang") == sure("Gia Lộc, Trảng Bàng") != []
        assert sure("Hòa Khánh Đông Đức Hòa Long An") == sure("Hòa Khánh Đông, Đức Hòa, Long An") != []

    def test_what_stands_before_the_name_is_left_out_and_asked_about(self):
        found = find("ấp Bùng Binh Hưng Thuận Trảng Bàng", kinds=COMMUNE, under=HOME)
        assert [choice.place.name for choice in found.choices] == ["Xã Hưng Thuận"]
        assert found.only is None

    def test_a_place_elsewhere_is_not_taken_for_one_of_the_same_name(self):
        assert names("hung thuan ca mau") == []

    def test_every_commune_is_found_with_its_province_behind_it(self):
        for place in Place.objects.filter(kind="commune").order_by("?")[:60].select_related("parent"):
            text = f"{place.short_name} {place.parent.short_name}"
            with self.subTest(text=text):
                assert place.pk in [
                    choice.place.pk for choice in find(text, kinds=COMMUNE, under="vn/").choices
                ]

    def test_any_text_asks_a_bounded_number_of_questions(self):
        for text in ("tây ninh " * 40, "tan an long an " * 30, "a b c d e f g h i " * 9, "trảng bàng" * 50):
            with CaptureQueriesContext(connection) as caught:
                find(text, kinds=ANYWHERE, under="vn/")
            assert len(caught) < 90, text
