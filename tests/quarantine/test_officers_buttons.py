import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.notifications.models import Message
from quarantine.daily.actions import report_day
from quarantine.models import Certificate, DailyCheck, Order, TestResult, VaccinationDose
from quarantine.results.actions import record_test_result
from tests.quarantine.conftest import KEY, make_person, negative, url


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


# --- Pages ---------------------------------------------------------------------------------------


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
