"""Results and doses as an officer enters them."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from quarantine.doses.actions import record_dose
from quarantine.models import TestResult
from tests.quarantine.conftest import KEY, url


def test_a_wrong_result_is_named_field_by_field(world, lan, as_user):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    page = as_user(world.users.here).post(
        url("test_result_add", lan.pk), {"taken_on": f"{tomorrow:%d/%m/%Y}", "client_key": KEY}
    )
    text = page.content.decode()
    for sentence in ("Vui lòng chọn loại xét nghiệm", "Vui lòng chọn kết quả", "Ngày này chưa tới"):
        assert sentence in text
    assert not TestResult.objects.exists()


def test_a_dose_with_a_number_that_is_taken_is_refused_at_the_field(world, lan, as_user):
    record_dose(lan, number=1, vaccine="Pfizer", given_on=dt.date(2021, 9, 1), by=world.users.here)
    data = {"number": "1", "vaccine": "Moderna", "given_on": "01/09/2021"}
    page = as_user(world.users.here).post(url("dose_add", lan.pk), data).content.decode()
    assert "Mũi 1 đã có: Pfizer" in page
    assert 'value="Moderna"' in page


def test_the_form_of_a_dose_offers_the_next_number(world, lan, as_user):
    record_dose(lan, number=1, vaccine="Pfizer", given_on=dt.date(2021, 9, 1), by=world.users.here)
    page = as_user(world.users.here).get(url("dose_add", lan.pk)).content.decode()
    assert '<option value="2" selected>' in page
