"""Results, doses and certificates behind a proved phone."""

from __future__ import annotations

import datetime as dt

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from quarantine.doses.actions import record_dose
from quarantine.results.actions import record_test_result
from tests.quarantine.conftest import complete, prove


def test_results_doses_and_certificate_behind_the_code(world, lan, open_for, citizen):
    order = complete(world, open_for, lan)
    record_dose(lan, number=1, vaccine="Vero Cell", given_on=dt.date(2026, 3, 1), by=world.users.here)
    page = citizen.get("/ket-qua/").content.decode()
    for text in (
        "Âm tính",
        "Vero Cell",
        "Đã hoàn thành",
        reverse("quarantine:certificate_pdf", args=[order.certificate.pk]),
    ):
        assert text in page
    stranger = prove(Client(), "+84987654321").get("/ket-qua/").content.decode()
    assert "Lan" not in stranger
    assert "Số này chưa có trong cổng" in stranger


def test_results_cost_the_same_for_one_and_for_thirty(world, lan, citizen, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.quarantine.conftest import make_person

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert citizen.get("/ket-qua/").status_code == 200
        return len(caught)

    one = queries()
    for number in range(30):
        person = make_person(world.commune, f"Người {number}")
        record_test_result(
            person, kind="pcr", outcome="negative", taken_on=timezone.localdate(), by=world.users.here
        )
    assert queries() == one
