"""Addresses as people write them beside the usual way, and names with a slip."""

from portal.places.search import find
from portal.places.slips import is_one_slip
from tests.places.country import CountryCase
from tests.places.test_search import ANYWHERE, COMMUNE, names, sure


class TestOtherSigns(CountryCase):
    """Addresses as they are written on parcels, in Saigon, in English, backwards and with the portal's own remarks."""

    def test_what_parts_an_address(self):
        wards = set(sure("phường 5, quận 8", ANYWHERE, "vn/"))
        assert len(wards) == 2
        for text in (
            "F5 Q8",
            "F.5, Q.8",
            "phuong 5/quan 8",
            "Phường 5; Quận 8; TP.HCM",
            "Phường 5\nQuận 8",
            "P5, Q8, SG",
            "Phường 5 Quận 8 Thành phố Hồ Chí Minh Việt Nam",
            "P.5, Q.8, TP HCM, VN.",
            "Quận 8, Phường 5",
            "TP.HCM, Quận 8, Phường 5",
        ):
            with self.subTest(text=text):
                assert set(sure(text, ANYWHERE, "vn/")) == wards

    def test_a_house_number_parts_nothing(self):
        assert not find("12/3 đường số 7, Phường Gò Vấp, TP.HCM", kinds=ANYWHERE).whole

    def test_a_larger_place_that_is_not_known_does_not_take_a_known_one_away(self):
        found = find("Phường 5, Quận 8, Cõi Mây", kinds=ANYWHERE)
        assert {choice.place.full_name for choice in found.sure} == set(sure("P5 Q8", ANYWHERE, "vn/"))
        assert found.only is None

    def test_what_says_that_a_name_is_old(self):
        for text in (
            "Đôn Thuận cũ",
            "xã Đôn Thuận (cũ), Trảng Bàng",
            "Xã Hưng Thuận, tỉnh Tây Ninh (cũ: xã Đôn Thuận, Trảng Bàng)",
            "Xã Hưng Thuận (Đôn Thuận cũ)",
        ):
            with self.subTest(text=text):
                assert sure(text) == ["Xã Hưng Thuận, tỉnh Tây Ninh"]
        assert find("tỉnh Bình Dương cũ", kinds=ANYWHERE).only.province_code == "79"
        assert "huyện Củ Chi" in find("Củ Chi", kinds=COMMUNE).choices[0].was

    def test_every_label_finds_its_place(self):
        for text in ("Suối Đá", "Trảng Bàng", "Long An", "quận 8", "Vĩnh Lộc A, Bình Chánh"):
            for choice in find(text, kinds=ANYWHERE).choices:
                with self.subTest(text=choice.label):
                    again = find(choice.label, kinds=ANYWHERE)
                    assert choice.place.pk in [one.place.pk for one in again.sure]

    def test_provinces_by_other_names(self):
        for text, name in (
            ("Thừa Thiên Huế", "Thành phố Huế"),
            ("tỉnh Thừa Thiên - Huế", "Thành phố Huế"),
            ("TT Huế", "Thành phố Huế"),
            ("HN", "Thành phố Hà Nội"),
            ("hcm city", "Thành phố Hồ Chí Minh"),
        ):
            with self.subTest(text=text):
                assert find(text, kinds=ANYWHERE).only.name == name
        assert find("Q. Cầu Giấy, HN", kinds=ANYWHERE).choices[0].place.name == "Phường Cầu Giấy"


class TestSlips(CountryCase):
    def test_a_name_with_one_slip_is_offered_and_never_taken(self):
        for text, name in (
            ("Hưng Thuậnn", "Xã Hưng Thuận"),
            ("Hug Thuan", "Xã Hưng Thuận"),
            ("xã Đôn Thuậm, Trảng Bàng", "Xã Hưng Thuận"),
            ("Tp Ho Chi Ming", "Thành phố Hồ Chí Minh"),
            ("Qui Nhơn", "Phường Quy Nhơn"),
            ("Đắc Lắc", "Tỉnh Đắk Lắk"),
            ("Buôn Mê Thuột", "Phường Buôn Ma Thuột"),
            ("Tây Nihn", "Tỉnh Tây Ninh"),
        ):
            with self.subTest(text=text):
                found = find(text, kinds=ANYWHERE)
                assert name in [choice.place.name for choice in found.choices]
                assert found.only is None or text == "Buôn Mê Thuột"

    def test_what_is_like_no_name_stays_unknown(self):
        for text in ("xyz", "Cõi Mây", "Phường 99", "Hưng Thuận Cà Mau", "Quận 99", "12345"):
            with self.subTest(text=text):
                assert names(text, ANYWHERE, "vn/") == []

    def test_one_slip(self):
        assert is_one_slip("ho chi ming", "ho chi minh")
        assert is_one_slip("tay nihn", "tay ninh")
        assert is_one_slip("ung thuan", "hung thuan")
        assert not is_one_slip("don thuan", "hung thuan")
        assert not is_one_slip("ab", "cd")
