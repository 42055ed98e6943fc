import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from portal.notifications.models import Message
from portal.records.models import Read
from quarantine.daily.actions import report_day
from quarantine.doses.actions import record_dose
from quarantine.models import Certificate, DailyCheck, Order, TestResult, VaccinationDose
from quarantine.orders.actions import complete_order
from quarantine.results.actions import record_test_result

from .conftest import make_person

KEY = "7e6b9a34-6f2f-4c7e-9a55-0d5f3f6f1d11"


def url(name, *args):
    return reverse(f"quarantine:{name}", args=args)


def negative(world, order):
    for test in order.scheduled_tests.all():
        record_test_result(
            order.person, kind="rapid", outcome="negative", taken_on=test.due_on, by=world.users.here
        )
    return order


@pytest.fixture
def posts(world, lan, open_for):
    """Every POST of officers, ready to work: name → (address, data, how many rows it writes)."""
    order = negative(world, open_for(lan, ago=14))
    check = report_day(order, symptoms=["breathless"], by=world.users.health)
    other = make_person(world.commune, "Phạm Văn Tư", phone="")
    positive = record_test_result(
        other, kind="pcr", outcome="positive", taken_on=timezone.localdate(), by=world.users.health
    )
    result = {"kind": "pcr", "outcome": "negative", "taken_on": "1/11/2026", "client_key": KEY}
    dose = {"number": "1", "vaccine": "Pfizer", "given_on": "01/11/2021"}
    return {
        "report": (url("order_report", order.pk), {"symptoms": ["well"]}, DailyCheck),
        "extend": (url("order_extend", order.pk), {"days": "3", "reason": "Chờ kết quả"}, Order),
        "complete": (url("order_complete", order.pk), {}, Certificate),
        "seen": (url("check_seen", check.pk), {}, None),
        "positive": (url("result_seen", positive.pk), {}, None),
        "result": (url("test_result_add", lan.pk), result, TestResult),
        "dose": (url("dose_add", lan.pk), dose, VaccinationDose),
    }


NAMES = ["report", "extend", "complete", "seen", "positive", "result", "dose"]


@pytest.mark.parametrize("name", NAMES)
def test_post_by_the_officer_here_works(world, posts, as_user, name):
    address, data, _model = posts[name]
    page = as_user(world.users.here).post(address, data, follow=True)
    assert page.status_code == 200
    assert "message-success" in page.content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_post_by_the_officer_of_another_commune_is_404(world, posts, as_user, name):
    address, data, _model = posts[name]
    assert as_user(world.users.there).post(address, data).status_code == 404


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", ["reader", "viewer", "admin", "leader"])
def test_post_by_somebody_who_may_only_look_is_403(world, posts, as_user, name, who):
    address, data, _model = posts[name]
    assert as_user(getattr(world.users, who)).post(address, data).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_post_by_nobody_leads_to_the_sign_in_page(world, posts, client, name):
    address, data, _model = posts[name]
    assert client.post(address, data)["Location"].startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize("name", NAMES)
def test_post_sent_twice_writes_once(world, posts, as_user, name):
    address, data, model = posts[name]
    browser = as_user(world.users.here)
    browser.post(address, data)
    rows = model.objects.count() if model else None
    messages = Message.objects.count()
    browser.post(address, data, follow=True)
    assert (model.objects.count() if model else None) == rows
    assert Message.objects.count() == messages


@pytest.mark.parametrize("name", ["complete", "extend", "seen", "positive"])
def test_get_of_an_action_is_405(world, posts, as_user, name):
    assert as_user(world.users.here).get(posts[name][0]).status_code == 405


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


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"extend"}))
def test_garbage_as_next_leads_to_the_page_of_the_row(world, posts, as_user, name):
    address, data, _model = posts[name]
    answer = as_user(world.users.here).post(address, {**data, "next": "abc"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/officer/")


def test_next_leads_back_within_the_portal_only(world, posts, as_user):
    address, data, _model = posts["seen"]
    browser = as_user(world.users.here)
    assert (
        browser.post(address, {**data, "next": "/officer/today/?tab=red"})["Location"]
        == "/officer/today/?tab=red"
    )
    assert browser.post(address, {**data, "next": "https://evil.example/"})["Location"].startswith(
        "/officer/"
    )


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


# --- Pages ---------------------------------------------------------------------------------------


def test_the_order_page_shows_days_tests_and_reports_and_is_logged(world, lan, open_for, as_user):
    order = open_for(lan, ago=3)
    report_day(order, symptoms=["breathless"], temperature=39, by=world.users.here)
    page = as_user(world.users.here).get(url("order", order.pk)).content.decode()
    for text in ("Ngày 3 trong 14", "Khó thở", "Chưa có kết quả", "8399/BYT-MT", "Tôi xử lý"):
        assert text in page
    assert "Hoàn thành cách ly</button>" not in page
    assert Read.objects.filter(subject_type="citizens.person", subject_ids=[lan.pk]).count() == 1


def test_order_pages_elsewhere_are_404_and_without_health_403(world, lan, open_for, as_user):
    order = open_for(lan, ago=3)
    for name in ("order", "order_report"):
        assert as_user(world.users.there).get(url(name, order.pk)).status_code == 404
        assert as_user(world.users.viewer).get(url(name, order.pk)).status_code == 403
    for name in ("test_result_add", "dose_add"):
        assert as_user(world.users.there).get(url(name, lan.pk)).status_code == 404
        assert as_user(world.users.reader).get(url(name, lan.pk)).status_code == 403


def test_a_facility_manager_sees_only_the_facility(world, family, open_for, as_user):
    inside = open_for(family[0], ago=14, place=world.site, mode="facility")
    outside = open_for(family[1], ago=2)
    manager = as_user(world.users.manager)
    page = manager.get(url("facility")).content.decode()
    assert "Nguyễn Thị Lan" in page
    assert "Đến ngày ra" in page
    assert "Lê Văn Hùng" not in page
    assert manager.get(url("order", inside.pk)).status_code == 200
    assert manager.get(url("order", outside.pk)).status_code == 404
    assert as_user(world.users.here).get(url("facility")).status_code == 403


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


def queries(browser, address):
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(address).status_code == 200
    return len(caught)


@pytest.mark.parametrize(
    "address",
    ["/officer/quarantine/", "/officer/quarantine/facility/", "/officer/quarantine/protocols/"]
    + [f"/officer/today/?tab={tab}" for tab in ("red", "silent", "tests", "end")],
)
def test_lists_cost_the_same_at_one_row_and_at_thirty(world, open_for, as_user, address):
    where = {"place": world.site, "mode": "facility"} if "facility" in address else {}
    browser = as_user(world.users.reader if "facility" in address else world.users.here)

    def add(number):
        order = open_for(
            make_person(world.commune, f"Người {number}", phone=""), ago=14 + number % 2, **where
        )
        if "red" in address:
            report_day(order, symptoms=["breathless"], by=world.users.here)

    add(0)
    one = queries(browser, address)
    for number in range(1, 30):
        add(number)
    assert queries(browser, address) == one


def test_empty_pages_say_what_comes_next(world, as_user):
    browser = as_user(world.users.here)
    assert "Khi xã nhận bàn giao" in browser.get(url("order_list")).content.decode()
    assert "Không tìm thấy ai" in browser.get(url("order_list") + "?q=x").content.decode()
    assert "Chưa có ai ở đây" in as_user(world.users.manager).get(url("facility")).content.decode()


def test_the_rules_are_shown_with_their_papers(world, as_user):
    page = as_user(world.users.here).get(url("protocols")).content.decode()
    assert "8399/BYT-MT" in page
    assert page.count("Đang áp dụng") == 9
    assert as_user(world.users.viewer).get(url("protocols")).status_code == 403
    assert as_user(world.users.admin).get(url("protocols")).status_code == 200


def test_the_person_page_has_the_panel_for_who_may_see_health(world, lan, open_for, as_user):
    order = open_for(lan, ago=3)
    address = reverse("citizens:person", args=[lan.pk])
    page = as_user(world.users.here).get(address).content.decode()
    assert order.number in page
    assert url("test_result_add", lan.pk) in page
    viewer = as_user(world.users.viewer).get(address).content.decode()
    assert order.number not in viewer


def test_leaders_get_counts(world, family, open_for, as_user):
    for person in family:
        open_for(person, ago=3)
    record_test_result(
        family[0], kind="pcr", outcome="positive", taken_on=timezone.localdate(), by=world.users.here
    )
    page = as_user(world.users.leader).get(reverse("reporting:figures"))
    values = {part.key: value for part, value in page.context["figures"]}
    assert (values["in-home"], values["in-facility"], values["positive"], values["completed"]) == (3, 0, 1, 0)


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


def test_the_form_of_a_dose_offers_the_next_number(world, lan, as_user):
    record_dose(lan, number=1, vaccine="Pfizer", given_on=dt.date(2021, 9, 1), by=world.users.here)
    page = as_user(world.users.here).get(url("dose_add", lan.pk)).content.decode()
    assert '<option value="2" selected>' in page
