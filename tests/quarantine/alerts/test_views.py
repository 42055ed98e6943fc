"""The officers' pages of alerts."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.records.models import Read
from quarantine.alerts.actions import raise_alert, settle_alert, take_alert
from quarantine.models import Alert
from tests.quarantine.conftest import make_person, url

TODAY = "/officer/today/"


@pytest.fixture
def alert(world, lan):
    return raise_alert(lan, signs=["positive=rapid", "temperature=38.5"], by=world.users.here)


def prepare(alert, name, by):
    if name == "release":
        take_alert(alert, by=by)
    if name == "reopen":
        settle_alert(alert, by=by, note="xong")
    return url(f"alert_{name}", alert.pk), {"note": "Đã gọi điện"} if name == "settle" else {}


POSTS = {"take": "taken", "release": "open", "settle": "settled", "reopen": "open"}


@pytest.mark.parametrize(("name", "status"), POSTS.items())
def test_each_post_works_for_the_place_that_acts(world, alert, as_user, name, status):
    address, data = prepare(alert, name, world.users.here)
    page = as_user(world.users.here).post(address, data, follow=True)
    assert "message-success" in page.content.decode()
    assert Alert.objects.get().status == status


@pytest.mark.parametrize("name", POSTS)
def test_each_post_elsewhere_is_404_and_by_a_reader_403(world, alert, as_user, name):
    address, data = prepare(alert, name, world.users.here)
    before = Alert.objects.get().status
    assert as_user(world.users.there).post(address, data).status_code == 404
    assert as_user(world.users.reader).post(address, data).status_code == 403  # sees health, changes nothing
    assert as_user(world.users.viewer).post(address, data).status_code == 403
    assert as_user(world.users.here).get(address).status_code == 405
    assert Alert.objects.get().status == before


@pytest.mark.parametrize("name", POSTS)
def test_each_post_sent_twice_says_how_it_stands(world, alert, as_user, name):
    address, data = prepare(alert, name, world.users.here)
    browser = as_user(world.users.here)
    browser.post(address, data)
    status = Alert.objects.get().status
    page = browser.post(address, data, follow=True)
    assert page.status_code == 200
    assert Alert.objects.get().status == status


def test_settling_without_a_note_is_an_error_at_the_field(world, alert, as_user):
    page = as_user(world.users.here).post(url("alert_settle", alert.pk), {"note": ""})
    assert page.status_code == 422
    assert "để người sau biết" in page.content.decode()


def test_it_stands_first_in_today_and_opens_by_itself(world, alert, as_user, open_for):
    open_for(make_person(world.commune, "Người hết hạn", phone=""), ago=14)
    page = as_user(world.users.health).get(TODAY)
    assert page.context["tabs"][0][0].key == page.context["part"].key == "red"
    text = page.content.decode()
    assert 'class="urgent"' in text
    assert "Nguyễn Thị Lan" in text
    assert "Sốt 38,5 °C" in text


def test_a_positive_test_comes_before_an_older_fever(world, lan, as_user):
    raise_alert(make_person(world.commune, "Người sốt"), signs=["temperature=39.0"], by=world.users.here)
    raise_alert(lan, signs=["positive=rapid"], by=world.users.here)
    rows = as_user(world.users.here).get(TODAY).context["rows"]
    assert rows[0].person == lan


def test_the_page_says_why_who_was_told_and_who_is_around(world, family, as_user):
    alert = raise_alert(family[0], signs=["positive=rapid"], by=world.users.here)
    page = as_user(world.users.here).get(url("alert", alert.pk)).content.decode()
    for text in (
        "Xét nghiệm nhanh: Dương tính",
        "Cán bộ health",
        "Lê Minh Khôi",
        "Cùng gia đình",
        "Xã Hưng Thuận",
    ):
        assert text in page
    assert Read.objects.filter(
        user=world.users.here, kind="page", subject_ids__contains=[family[0].pk]
    ).exists()


def test_a_contacts_page_says_so_to_who_sees_health(world, family, as_user):
    raise_alert(family[0], signs=["positive=rapid"], by=world.users.here)
    address = reverse("citizens:person", args=[family[1].pk])
    assert "Tiếp xúc với người dương tính" in as_user(world.users.here).get(address).content.decode()
    assert "Tiếp xúc với người dương tính" not in as_user(world.users.viewer).get(address).content.decode()


def test_the_list_is_searched_filtered_and_exported(world, lan, alert, as_user):
    browser = as_user(world.users.health)
    other = raise_alert(make_person(world.other, "Phạm Văn Tư"), signs=["breathless"], by=world.users.health)
    take_alert(other, by=world.users.health)
    Alert.objects.filter(pk=alert.pk).update(due_at=timezone.now())

    def shown(**query):
        return {row.person.full_name for row in browser.get(url("alert_list"), query).context["page"]}

    assert shown() == {"Nguyễn Thị Lan", "Phạm Văn Tư"}
    assert shown(q="lan") == shown(status="late") == shown(place=world.commune.pk) == {"Nguyễn Thị Lan"}
    assert shown(status="taken") == {"Phạm Văn Tư"}
    assert shown(status="settled") == set()
    sheet = openpyxl.load_workbook(
        io.BytesIO(browser.get(url("alert_list"), {"export": "xlsx"}).content)
    ).active
    assert "Xét nghiệm nhanh: Dương tính; Sốt 38,5 °C" in {cell.value for cell in sheet["D"]}


def test_an_empty_list_says_what_will_be_here(world, as_user):
    browser = as_user(world.users.here)
    assert "Không có cảnh báo nào chưa xong" in browser.get(url("alert_list")).content.decode()
    assert "Không tìm thấy cảnh báo nào" in browser.get(url("alert_list"), {"q": "x"}).content.decode()


@pytest.mark.parametrize("address", ["/officer/quarantine/alerts/", "/officer/today/?tab=red"])
def test_lists_cost_the_same_at_one_row_and_at_thirty(world, as_user, address):
    browser = as_user(world.users.here)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(address).status_code == 200
        return len(caught)

    def add(number):
        raise_alert(
            make_person(world.commune, f"Người {number}", phone=""), signs=["breathless"], by=world.users.here
        )

    add(0)
    one = queries()
    for number in range(1, 30):
        add(number)
    assert queries() == one
