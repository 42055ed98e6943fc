"""The list of orders, one order with its certificate, and the citizen's panel."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from portal.records.models import Read
from portal.records.transitions import transition
from quarantine.daily.actions import report_day
from quarantine.models import Order
from quarantine.orders.actions import complete_order
from tests.quarantine.conftest import negative, url


def test_complete_too_early_says_when(world, lan, open_for, as_user):
    order = open_for(lan, ago=2)
    page = as_user(world.users.here).post(url("order_complete", order.pk), follow=True)
    assert "Chưa hết thời gian cách ly" in page.content.decode()
    order.refresh_from_db()
    assert order.status == "active"


def test_actions_on_an_order_that_ended_say_its_state(world, lan, open_for, as_user):
    order = complete_order(negative(world, open_for(lan, ago=14)), by=world.users.here)
    browser = as_user(world.users.here)
    for name, data in (("order_complete", {}), ("order_extend", {"days": "3", "reason": "x"})):
        page = browser.post(url(name, order.pk), data, follow=True)
        assert "Đã hoàn thành" in page.content.decode()
        assert "message-error" in page.content.decode()
    page = browser.post(url("order_report", order.pk), {"symptoms": ["well"]})
    assert "không cần khai" in page.content.decode()


def test_an_extension_without_a_reason_is_shown_again(world, lan, open_for, as_user):
    order = open_for(lan, ago=2)
    page = as_user(world.users.here).post(url("order_extend", order.pk), {"days": "99", "reason": ""})
    assert page.status_code == 422
    assert "Vui lòng ghi số ngày từ 1 đến 30" in page.content.decode()
    assert "Vui lòng ghi lý do" in page.content.decode()


def test_revoke_needs_a_reason_and_the_right(world, lan, open_for, as_user):
    order = complete_order(negative(world, open_for(lan, ago=14)), by=world.users.here)
    address = url("certificate_revoke", order.certificate.pk)
    assert as_user(world.users.there).post(address, {"reason": "x"}).status_code == 404
    assert as_user(world.users.reader).post(address, {"reason": "x"}).status_code == 403
    here = as_user(world.users.here)
    for reason, sentence in (("", "Vui lòng ghi lý do thu hồi"), ("Nhầm tên " * 40, "300")):
        page = here.post(address, {"reason": reason})
        assert page.status_code == 422
        assert sentence in page.content.decode()
        assert reason in page.content.decode()
    assert "Đã thu hồi" in here.post(address, {"reason": "Nhập nhầm"}, follow=True).content.decode()
    assert "trước đó" in here.post(address, {"reason": "Nhập nhầm"}, follow=True).content.decode()
    assert here.get(url("officer_certificate_pdf", order.certificate.pk)).status_code == 404


def test_the_certificate_for_officers_is_scoped_and_logged(world, lan, open_for, as_user):
    order = complete_order(negative(world, open_for(lan, ago=14)), by=world.users.here)
    address = url("officer_certificate_pdf", order.certificate.pk)
    assert as_user(world.users.here).get(address).content[:5] == b"%PDF-"
    assert as_user(world.users.there).get(address).status_code == 404
    assert Read.objects.filter(subject_type="quarantine.certificate").count() == 1


def test_the_order_page_shows_days_tests_and_reports_and_is_logged(world, lan, open_for, as_user):
    order = open_for(lan, ago=3)
    report_day(order, symptoms=["breathless"], temperature=39, by=world.users.here)
    page = as_user(world.users.here).get(url("order", order.pk)).content.decode()
    for text in ("Ngày 3 trong 14", "Khó thở", "Chưa có kết quả", "8399/BYT-MT", "Tôi xử lý"):
        assert text in page
    assert url("order_complete", order.pk) not in page
    assert Read.objects.filter(subject_type="citizens.person", subject_ids=[lan.pk]).count() == 1


def test_order_pages_elsewhere_are_404_and_without_health_403(world, lan, open_for, as_user):
    order = open_for(lan, ago=3)
    for name in ("order", "order_report"):
        assert as_user(world.users.there).get(url(name, order.pk)).status_code == 404
        assert as_user(world.users.viewer).get(url(name, order.pk)).status_code == 403
    for name in ("test_result_add", "dose_add"):
        assert as_user(world.users.there).get(url(name, lan.pk)).status_code == 404
        assert as_user(world.users.reader).get(url(name, lan.pk)).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Lê Văn Hùng", "Lê Minh Khôi", "Nguyễn Thị Lan"]),
        ("q=nguyen+thi+lan", ["Nguyễn Thị Lan"]),
        ("q=0901234567", ["Lê Văn Hùng", "Lê Minh Khôi", "Nguyễn Thị Lan"]),
        ("q=2/qđ", ["Lê Văn Hùng"]),
        ("q=khong+co", []),
        ("status=completed", ["Nguyễn Thị Lan"]),
        ("mode=facility", ["Lê Minh Khôi"]),
        ("due=end", []),
        ("due=test", ["Lê Văn Hùng", "Lê Minh Khôi"]),
        ("due=silent", ["Lê Văn Hùng"]),
        ("due=nonsense", ["Lê Văn Hùng", "Lê Minh Khôi", "Nguyễn Thị Lan"]),
    ],
)
def test_the_list_is_filtered_by_its_address(world, family, open_for, as_user, query, found):
    complete_order(negative(world, open_for(family[0], ago=14)), by=world.users.here)
    open_for(family[1], ago=3)
    child = open_for(family[2], ago=3, place=world.site, mode="facility")
    report_day(child, symptoms=[], by=world.users.here)
    page = as_user(world.users.here).get(f"{url('order_list')}?{query}")
    assert [order.person.full_name for order in page.context["page"]] == found
    assert "0901 234 567" not in page.content.decode()


def test_a_cancelled_order_says_in_the_list_who_cancelled_it(world, family, open_for, as_user):
    open_for(family[0], ago=3)
    transition(open_for(family[1], ago=3), "cancel", by=world.users.here, reason="Lập nhầm người")
    page = as_user(world.users.here).get(url("order_list")).content.decode()
    assert page.count(f"Đã hủy · {world.users.here.full_name} hủy") == 1


def test_the_export_is_the_filtered_list_and_is_logged(world, family, open_for, as_user):
    family[1].full_name = "=1+1"
    family[1].save()
    for person in family:
        open_for(person, ago=3)
    answer = as_user(world.users.here).get(f"{url('order_list')}?export=xlsx")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[0][:2] == ("Họ và tên", "Năm sinh")
    assert len(rows) == 4
    assert "=1+1" not in {row[0] for row in rows}
    assert "+84901234567" not in str(rows)
    (read,) = Read.objects.filter(kind="export")
    assert sorted(read.subject_ids) == sorted(Order.objects.values_list("pk", flat=True))


def test_the_citizens_own_page_shows_the_days(world, lan, open_for, citizen):
    assert "Ngày 3 trong 14" not in citizen.get(reverse("citizens:mine")).content.decode()
    open_for(lan, ago=3)
    page = citizen.get(reverse("citizens:mine")).content.decode()
    assert "Ngày 3 trong 14" in page
    assert reverse("quarantine:daily_home") in page


def test_the_end_of_an_order_asks_for_the_missing_test_first(world, lan, open_for, as_user):
    order = open_for(lan, ago=14)
    browser = as_user(world.users.here)
    complete = url("order_complete", order.pk)
    assert complete not in browser.get("/officer/today/?tab=end").content.decode()
    negative(world, order)
    assert complete in browser.get("/officer/today/?tab=end").content.decode()
