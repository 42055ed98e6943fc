import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citizens.models import SecretLink
from portal.notifications.models import Message
from quarantine.models import DailyCheck
from quarantine.orders.actions import extend_order
from tests.quarantine.conftest import prove, red_flags_of

HOME = "/khai-bao/"


def link_of(order):
    message = Message.objects.filter(kind="order_opened").latest("pk")
    token = message.secrets["link"].rstrip("/").rsplit("/", 1)[1]
    return reverse("quarantine:daily", args=[token])


def said(order, *symptoms, **fields):
    prefix = f"order{order.pk}"
    return {
        f"{prefix}-symptoms": list(symptoms),
        **{f"{prefix}-{name}": value for name, value in fields.items()},
    }


def test_the_link_of_the_message_leads_to_the_report(world, lan, open_for, client):
    open_for(lan, ago=2)
    address = Message.objects.get(kind="order_opened").secrets["link"]
    page = client.get(address[address.index("/l/") :], follow=True)
    assert page.status_code == 200
    assert "Nguyễn Thị Lan" in page.content.decode()
    assert "Ngày 2 trong 14" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_what_a_phone_opens_is_kept_in_no_cache(world, lan, open_for, client):
    order = open_for(lan, ago=2)
    assert "no-store" in client.get(link_of(order))["Cache-Control"]
    prove(client, lan.phone)
    for url in (HOME, reverse("quarantine:results"), reverse("quarantine:reported")):
        assert "no-store" in client.get(url)["Cache-Control"]


def test_report_by_link_says_thanks_and_is_written(world, lan, open_for, client):
    order = open_for(lan, ago=2)
    page = client.post(link_of(order), said(order, "cough", temperature="37,2", spo2="97"), follow=True)
    assert "Cảm ơn bà con" in page.content.decode()
    check = DailyCheck.objects.get()
    assert (str(check.temperature), check.spo2, check.symptoms, check.entered_by) == (
        "37.2",
        97,
        ["cough"],
        None,
    )


def test_a_red_flag_tells_to_call_115_and_reaches_the_commune(world, lan, open_for, client):
    order = open_for(lan, ago=2)
    page = client.post(link_of(order), said(order, "breathless"), follow=True)
    assert "Có dấu hiệu nặng" in page.content.decode()
    assert 'href="tel:115"' in page.content.decode()
    assert red_flags_of(world.users.here) == red_flags_of(world.users.health) == 1


def test_the_link_shows_nothing_that_was_said_earlier(world, lan, open_for, client):
    order = open_for(lan, ago=2)
    client.post(link_of(order), said(order, "breathless", temperature="39,1", note="mệt lắm"))
    page = Client().get(link_of(order)).content.decode()
    assert "Hôm nay đã khai" in page
    assert "39" not in page.replace("0639", "")
    assert "mệt lắm" not in page
    assert "checked" not in page


def test_one_of_a_family_can_be_reported_alone(world, family, open_for, client):
    first, second, third = [open_for(person, ago=2) for person in family]
    response = client.post(link_of(first), {**said(second, "well"), **said(third, "cough")})
    assert response.status_code == 302
    assert set(DailyCheck.objects.values_list("order_id", flat=True)) == {second.pk, third.pk}


def test_a_family_page_with_nothing_filled_says_so(world, family, open_for, client):
    orders = [open_for(person, ago=2) for person in family]
    page = client.post(link_of(orders[0]), {})
    assert "Chưa khai cho ai" in page.content.decode()


@pytest.mark.parametrize(
    ("filled", "sentence"),
    [
        ({"temperature": "36,8"}, "Vui lòng chọn dấu hiệu"),
        ({"symptoms": ["well", "cough"]}, "chỉ giữ điều đúng"),
        ({"symptoms": ["well"], "temperature": "368"}, "Không đọc được nhiệt độ"),
        ({"symptoms": ["well"], "temperature": "45"}, "từ 34 đến 43"),
        ({"symptoms": ["well"], "temperature": "nóng"}, "Không đọc được nhiệt độ"),
        ({"symptoms": ["well"], "spo2": "9"}, "từ 50 đến 100"),
        ({"symptoms": ["well"], "spo2": "97%"}, "Không đọc được số này"),
        ({"symptoms": ["dead"]}, "không"),
    ],
)
def test_a_wrong_report_says_what_is_right_and_keeps_what_was_typed(
    world, lan, open_for, client, filled, sentence
):
    order = open_for(lan, ago=2)
    symptoms = filled.pop("symptoms", [])
    page = client.post(link_of(order), said(order, *symptoms, note="giữ lại", **filled))
    assert page.status_code == 200
    text = page.content.decode()
    assert "error-summary" in text
    assert sentence in text
    assert 'value="giữ lại"' in text
    assert not DailyCheck.objects.exists()


def test_sent_twice_writes_once(world, lan, open_for, client):
    order = open_for(lan, ago=2)
    for _time in range(2):
        client.post(link_of(order), said(order, "well"))
    assert DailyCheck.objects.count() == 1


def test_a_report_cannot_name_somebody_elses_order(world, family, open_for, client):
    open_for(family[0], ago=2)
    link = link_of(None)
    family[1].phone = "+84912345678"
    family[1].save()
    other = open_for(family[1], ago=2)
    client.post(link, said(other, "well"))
    assert not DailyCheck.objects.filter(order=other).exists()


def test_a_corrected_phone_closes_the_old_link(world, lan, open_for, client):
    order = open_for(lan, ago=2)
    lan.phone = "+84912345678"
    lan.save()
    page = client.get(link_of(order))
    assert "không ai cần khai" in page.content.decode()
    assert "Lan" not in page.content.decode()


def test_links_past_their_time_or_unknown(world, lan, open_for, client):
    order = open_for(lan, ago=2)
    link = link_of(order)
    SecretLink.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    assert client.get(link).status_code == 410
    assert client.post(link, said(order, "well")).status_code == 410
    assert client.get(reverse("quarantine:daily", args=["x" * 27])).status_code == 404


def test_without_a_proved_phone_the_phone_is_asked_for(world, lan, client):
    certificate = reverse("quarantine:certificate_pdf", args=[1])
    for address in (HOME, "/ket-qua/", certificate):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/xac-nhan/?next=")


def test_a_proved_phone_reports_for_its_people(world, lan, open_for, citizen):
    order = open_for(lan, ago=2)
    assert "Nguyễn Thị Lan" in citizen.get(HOME).content.decode()
    citizen.post(HOME, said(order, "well"))
    assert DailyCheck.objects.get().order == order
    stranger = prove(Client(), "+84987654321")
    assert "không ai cần khai" in stranger.get(HOME).content.decode()


def test_an_order_that_ended_while_the_page_was_open_is_not_reported(world, lan, open_for, citizen):
    order = open_for(lan, ago=2)
    extend_order(order, days=2, reason="x", by=world.users.here)
    citizen.post(HOME, said(order, "well"))
    assert not DailyCheck.objects.exists()


def test_thanks_without_a_report_lead_to_it(db, client):
    assert client.get("/khai-bao/xong/")["Location"] == HOME


@pytest.mark.parametrize("address", ["/ket-qua/", "/khai-bao/xong/", "/xac-minh/ABC/"])
def test_pages_that_only_show_take_no_post(db, citizen, address):
    assert citizen.post(address).status_code == 405
