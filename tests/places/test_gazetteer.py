from portal.places.gazetteer import Gazetteer
from tests.places.country import CountryCase


class TestGazetteer(CountryCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.gazetteer = Gazetteer.load()

    def test_a_ward_elsewhere_never_becomes_one_of_the_home_province(self):
        found = self.gazetteer.find("Phường 3, Ninh Kiều", provinces=True)
        assert found.place is None
        assert self.gazetteer.find("Phường 5, Gò Vấp", provinces=True).place.name == "Phường An Nhơn"
        assert self.gazetteer.find("Phường 5, Gò Vấp", under="vn/80/").place is None

    def test_what_was_found_by_leaving_a_part_out_is_suggested(self):
        found = self.gazetteer.find("ấp Bùng Binh, xã Hưng Thuận, Trảng Bàng", under="vn/80/")
        assert found.place is None
        assert found.names == "Xã Hưng Thuận, tỉnh Tây Ninh"

    def test_an_old_district_tells_communes_of_one_name_apart(self):
        assert self.gazetteer.find("Phường 1, Kiến Tường").place.name == "Phường Kiến Tường"
        assert self.gazetteer.find("phường 1 thành phố Tân An").place.name == "Phường Long An"

    def test_a_district_is_no_ward_but_says_the_province(self):
        assert self.gazetteer.find("Quận Gò Vấp", provinces=True).place is None
        for text in ("Quận 12", "quận Gò Vấp", "TP.HCM", "Bình Dương", "huyện Củ Chi", "Dĩ An"):
            with self.subTest(text=text):
                assert self.gazetteer.province(text).code == "79"
        assert self.gazetteer.province("Tân Phú") is None  # a district of the city, and one of Đồng Nai
