import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from portal.places.fields import Picked, PlacePickerField, understood
from portal.places.models import Place
from tests.markup import one_line
from tests.places.country import CountryCase


class HomeForm(forms.Form):
    home = PlacePickerField(under="vn/80/")
    origin = PlacePickerField(kinds=[Place.Kind.PROVINCE, Place.Kind.COMMUNE], required=False)


def form(**data):
    sent = QueryDict(mutable=True)
    for name, value in data.items():
        sent[name] = str(value)
    return HomeForm(sent)


class TestPicker(CountryCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.hung_thuan = Place.objects.communes_of("80").get(code="25711")
        cls.ba_diem = Place.objects.communes_of("79").get(code="27592")

    def test_id_chosen_in_the_list_is_taken(self):
        text = self.hung_thuan.full_name
        sent = form(home=self.hung_thuan.pk, home_text=text, home_for=text)
        assert sent.is_valid(), sent.errors
        assert sent.cleaned_data == {"home": self.hung_thuan, "origin": None}

    def test_id_alone_is_taken(self):
        sent = form(home=self.hung_thuan.pk, origin=self.ba_diem.pk)
        assert sent.is_valid(), sent.errors
        assert sent.cleaned_data == {"home": self.hung_thuan, "origin": self.ba_diem}

    def test_text_that_fits_one_place_is_taken(self):
        sent = form(home_text=" đôn thuận ", home_for="", home="")
        assert sent.is_valid(), sent.errors
        assert sent.cleaned_data["home"] == self.hung_thuan

    def test_id_does_not_outlive_a_changed_text(self):
        sent = form(home=self.ba_diem.pk, home_text="Hưng Thuận", home_for="Phường Trảng Bàng, tỉnh Tây Ninh")
        assert sent.is_valid(), sent.errors
        assert sent.cleaned_data["home"] == self.hung_thuan

    def test_emptied_box_forgets_the_id(self):
        sent = form(home=self.hung_thuan.pk, home_text="", home_for="Xã Hưng Thuận, tỉnh Tây Ninh")
        assert sent.errors["home"] == ["Vui lòng gõ tên xã, phường rồi chọn trong danh sách."]

    def test_split_commune_is_asked_and_the_answer_taken(self):
        sent = form(home_text="Suối Đá", home_for="", home="")
        assert sent.errors["home"] == [
            "Xã Suối Đá cũ nay thuộc 2 xã, phường: phường Bình Minh, xã Dương Minh Châu. Vui lòng chọn."
        ]
        html = one_line(sent["home"].as_widget())
        binh_minh = Place.objects.communes_of("80").get(code="25480")
        assert html.count('type="radio"') == 2
        assert f'type="radio" name="home" value="{binh_minh.pk}" id="id_home_1"' in html
        assert 'name="home_for" value="Suối Đá"' in html
        answer = form(home=binh_minh.pk, home_text="Suối Đá", home_for="Suối Đá")
        assert answer.is_valid(), answer.errors
        assert answer.cleaned_data["home"] == binh_minh
        assert 'value="Phường Bình Minh, tỉnh Tây Ninh"' in answer["home"].as_widget()

    def test_asked_again_where_no_answer_was_given(self):
        sent = form(home_text="Suối Đá", home_for="Suối Đá")
        assert not sent.is_valid()
        assert sent["home"].as_widget().count('type="radio"') == 2

    def test_several_places_of_one_name_are_offered(self):
        sent = form(home_text="Phường 1")
        assert "Có nhiều nơi tên như vậy" in sent.errors["home"][0]
        assert sent["home"].as_widget().count('type="radio"') == 3

    def test_place_that_only_resembles_is_offered_and_not_taken(self):
        sent = form(home_text="gia loc phuong")
        assert not sent.is_valid()
        assert sent.errors["home"][0].startswith("Tên này chưa khớp hẳn.")
        assert sent["home"].as_widget().count('type="radio"') == 1

    def test_unknown_name_is_said_and_kept(self):
        sent = form(home_text="Xyz <b>", home_for="", home="")
        assert (
            sent.errors["home"]
            == ["Không tìm thấy “Xyz &lt;b&gt;”. Vui lòng gõ tên xã, phường, không cần số nhà hay tên đường."]
            or "Không tìm thấy “Xyz <b>”." in sent.errors["home"][0]
        )
        html = str(sent["home"])
        assert 'value="Xyz &lt;b&gt;"' in html
        assert 'aria-invalid="true"' in html

    def test_a_long_text_is_repeated_in_part_and_a_province_will_do_where_one_may_be_chosen(self):
        sent = form(home_text="quận " * 2000, home_for="", home="")
        assert len(sent.errors["home"][0]) < 160
        field = PlacePickerField(kinds=(Place.Kind.PROVINCE, Place.Kind.COMMUNE))
        with pytest.raises(ValidationError, match="hoặc chỉ gõ tên tỉnh, thành phố"):
            field.clean(Picked(text="xyz"))

    def test_a_district_is_said_to_be_no_more_and_its_wards_and_the_city_are_offered(self):
        sent = form(origin_text="Quận 12", home=self.hung_thuan.pk)
        assert sent.errors["origin"] == [
            "Từ tháng 7/2025 không còn quận 12; nơi này nay gồm 5 xã, phường. Vui lòng chọn một nơi. "
            "Chưa rõ xã, phường thì chọn thành phố Hồ Chí Minh."
        ]
        assert sent["origin"].as_widget().count('type="radio"') == 6
        sent = form(home_text="Thị xã Trảng Bàng")
        assert sent.errors["home"] == [
            "Từ tháng 7/2025 không còn thị xã Trảng Bàng; nơi này nay gồm 6 xã, phường. Vui lòng chọn một nơi."
        ]
        assert "Từ tháng 7/2025 không còn quận, huyện" in form(home_text="quận 99").errors["home"][0]

    def test_what_was_found_by_leaving_a_part_out_is_offered_and_not_taken(self):
        sent = form(home_text="Đôn Thuận, Huyện Không Có")
        assert sent.errors["home"][0].startswith("Tên này chưa khớp hẳn.")
        assert sent["home"].as_widget().count('type="radio"') == 1

    def test_a_place_elsewhere_is_not_replaced_by_one_here(self):
        sent = form(home_text="Phường 5, Gò Vấp")
        assert sent.errors["home"][0].startswith("“Phường 5, Gò Vấp” nằm ngoài")
        assert 'type="radio"' not in sent["home"].as_widget()

    def test_where_all_choices_lie_in_one_province_the_old_district_is_asked_for(self):
        assert "gõ thêm tên quận, huyện cũ sau" in form(home_text="Phường 1").errors["home"][0]
        assert "tên tỉnh, quận, huyện cũ sau" in form(origin_text="xã tân an").errors["origin"][0]

    def test_places_that_are_not_offered_are_understood(self):
        sent = HomeForm({"home": self.hung_thuan.pk, "origin_text": "tỉnh Nghệ An"})
        sent.fields["origin"].offer_only(["vn/79/", "vn/80/"])
        assert sent.is_valid(), sent.errors
        assert sent.cleaned_data["origin"].name == "Tỉnh Nghệ An"
        # In both Hồ Chí Minh and Đồng Nai: the one that is accepted is offered, not taken.
        sent = HomeForm({"home": self.hung_thuan.pk, "origin_text": "phường Long Bình"})
        sent.fields["origin"].offer_only(["vn/79/"])
        assert not sent.is_valid()
        html = sent["origin"].as_widget()
        assert "kind=province&amp;kind=commune&amp;under=vn%2F79%2F" in html
        assert "thành phố Hồ Chí Minh" in html
        assert "tỉnh Đồng Nai" not in html
        assert "under=vn%2F79%2F" not in HomeForm()["origin"].as_widget()

    def test_a_place_that_is_called_otherwise_than_what_was_typed_is_told(self):
        sent = form(home_text="Đôn Thuận")
        assert sent.is_valid(), sent.errors
        assert understood(sent) == ["“Đôn Thuận” được hiểu là xã Hưng Thuận, tỉnh Tây Ninh."]
        for text in ("Hưng Thuận", "hung thuan", "Xã Hưng Thuận, Tây Ninh"):
            with self.subTest(text=text):
                sent = form(home_text=text)
                assert sent.is_valid(), sent.errors
                assert understood(sent) == []
        sent = form(home=self.hung_thuan.pk)
        assert sent.is_valid()
        assert understood(sent) == []

    def test_place_outside_the_limits_is_refused_though_its_id_was_sent(self):
        for wrong in (self.ba_diem.pk, 0, -1, "x", "9" * 30, Place.objects.get(code="cp-moc-bai").pk):
            with self.subTest(wrong=wrong):
                sent = form(home=wrong)
                assert sent.errors["home"] == [
                    "Nơi đã chọn không dùng được ở đây. Vui lòng gõ tên và chọn lại."
                ]

    def test_initial_place_is_shown_by_its_name_with_its_id(self):
        for initial in (self.hung_thuan, self.hung_thuan.pk):
            html = one_line(HomeForm(initial={"home": initial})["home"].as_widget())
            assert 'value="Xã Hưng Thuận, tỉnh Tây Ninh"' in html
            assert f'name="home" value="{self.hung_thuan.pk}"' in html

    def test_choices_offered_to_one_form_do_not_show_in_the_next(self):
        assert not form(home_text="Suối Đá").is_valid()
        assert 'type="radio"' not in HomeForm()["home"].as_widget()

    def test_limits_of_two_fields_stay_apart(self):
        page = HomeForm()
        assert "kind=commune&amp;under=vn%2F80%2F" in page["home"].as_widget()
        assert "kind=province&amp;kind=commune&amp;under=vn%2F" in page["origin"].as_widget()

    def test_under_may_be_a_function_asked_for_each_form(self):
        class Anywhere(forms.Form):
            place = PlacePickerField(under=lambda: "vn/79/")

        assert "under=vn%2F79%2F" in Anywhere()["place"].as_widget()
        assert not Anywhere({"place": str(self.hung_thuan.pk)}).is_valid()
        assert Anywhere({"place": str(self.ba_diem.pk)}).is_valid()

    def test_has_changed(self):
        field = HomeForm().fields["home"]
        value = field.widget.value_from_datadict
        same = value({"home": str(self.hung_thuan.pk)}, {}, "home")
        assert not field.has_changed(self.hung_thuan, same)
        assert not field.has_changed(None, value({}, {}, "home"))
        assert field.has_changed(None, same)
        assert field.has_changed(self.hung_thuan, value({"home_text": "Tân An"}, {}, "home"))

    def test_scripts_are_files(self):
        assert "places/picker" in str(HomeForm().media)
        html = HomeForm().as_p()
        assert "<script>" not in html
        assert "style=" not in html
