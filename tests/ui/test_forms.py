import uuid
from datetime import date, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from portal.ui.forms import (
    Birth,
    BirthField,
    ClientKeyMixin,
    CodeInput,
    DateInput,
    HelperMixin,
    PhoneInput,
    VietnameseDateField,
)


class FamilyForm(HelperMixin, ClientKeyMixin, forms.Form):
    name = forms.CharField(label="Họ và tên", help_text="Như trên giấy tờ")
    born = BirthField(label="Ngày sinh")
    phone = forms.CharField(label="Điện thoại", widget=PhoneInput, required=False)
    way = forms.ChoiceField(
        label="Cách về", choices=[("a", "Xe tỉnh"), ("b", "Tự về")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="Đồng ý")


def render(form):
    template = Template('{% load crispy_forms_tags %}{% include "ui/_errors.html" %}{% crispy form %}')
    return template.render(Context({"form": form}))


def test_field_shows_label_hint_and_what_is_optional():
    html = render(FamilyForm())
    assert '<label class="form-label" for="id_name">Họ và tên' in html
    assert 'id="id_name_helptext">Như trên giấy tờ' in html
    assert html.count("không bắt buộc") == 1
    assert "*" not in html
    assert "error-summary" not in html


def test_wrong_fields_are_tied_to_their_errors_and_named_in_the_summary():
    html = render(FamilyForm({"name": "", "born": "31/2/1984", "client_key": str(uuid.uuid4())}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<a href="#id_born">Ngày sinh</a>: Không có ngày này trong lịch.' in html
    assert "Còn 4 chỗ cần sửa" in html
    assert "Vui lòng chọn một mục." in html
    assert 'value="31/2/1984"' in html  # what was typed is kept


def test_every_link_of_the_summary_has_its_target():
    html = render(FamilyForm({}))
    for name in ("name", "born", "way", "agree"):
        assert f'href="#id_{name}"' in html
        assert f' id="id_{name}"' in html


def test_missing_client_key_is_told_in_the_summary():
    html = render(FamilyForm({"name": "Lan", "born": "1984", "way": "a", "agree": "on"}))
    assert "Trang đã cũ" in html


def test_client_key_is_new_for_each_form_and_kept_when_sent():
    assert FamilyForm()["client_key"].value() != FamilyForm()["client_key"].value()
    key = uuid.uuid4()
    form = FamilyForm({"name": "Lan", "born": "1984", "way": "a", "agree": "on", "client_key": str(key)})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["client_key"] == key


@pytest.mark.parametrize("text", ["24/11/1984", "24-11-1984", "1984-11-24", "24111984"])
def test_birth_reads_a_day(text):
    assert BirthField().clean(text) == Birth(date(1984, 11, 24), 1984)


def test_birth_reads_a_year_alone():
    assert BirthField().clean("1952") == Birth(None, 1952)
    assert BirthField(required=False).clean("") is None


@pytest.mark.parametrize("text", ["", "1899", "3000", "01/01/1899", "24/13/1984", "84", "Tết"])
def test_birth_refuses(text):
    with pytest.raises(forms.ValidationError):
        BirthField().clean(text)


def test_birth_and_dates_are_shown_as_people_write_them():
    assert BirthField().prepare_value(Birth(None, 1952)) == "1952"
    assert BirthField().prepare_value(Birth(date(1984, 11, 24), 1984)) == "24/11/1984"
    assert DateInput().format_value(date(1984, 11, 24)) == "24/11/1984"
    assert DateInput().format_value("32/1") == "32/1"


def test_birth_unchanged_is_seen_as_unchanged():
    field = BirthField()
    assert not field.has_changed(Birth(None, 1952), "1952")
    assert field.has_changed(Birth(None, 1952), "1953")


def test_date_in_the_future_is_refused_only_where_the_field_says_so():
    tomorrow = f"{timezone.localdate() + timedelta(days=1):%d/%m/%Y}"
    assert VietnameseDateField().clean(tomorrow)
    with pytest.raises(forms.ValidationError, match="chưa tới"):
        VietnameseDateField(future=False).clean(tomorrow)


def test_a_year_out_of_reach_is_refused():
    assert VietnameseDateField().clean("31/12/2100")
    for day in ("01/01/2101", "31/12/9999", "9999-12-31"):
        with pytest.raises(forms.ValidationError, match="2100"):
            VietnameseDateField().clean(day)


def test_inputs_bring_the_right_keyboard():
    assert 'type="tel"' in PhoneInput().render("phone", "")
    assert 'inputmode="numeric"' in CodeInput().render("code", "")
    assert 'autocomplete="one-time-code"' in CodeInput().render("code", "")
    assert 'inputmode="numeric"' in DateInput().render("day", None)


def test_own_sentence_of_a_field_stays():
    class OwnForm(HelperMixin, forms.Form):
        name = forms.CharField(error_messages={"required": "Vui lòng ghi tên."})
        other = forms.CharField()

    assert OwnForm({}).errors["name"] == ["Vui lòng ghi tên."]
    assert OwnForm({}).errors["other"] == ["Vui lòng điền mục này."]
