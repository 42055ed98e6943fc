"""An officer who looks people up faster than anybody works is held back, and the auditor learns of it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.roles import Role
from portal.records.limits import AT_ONCE, IN_ALL
from portal.records.models import Read
from tests.factories import client_of, make_user
from tests.repatriation.world.road import text_of

SENTENCE = "tạm dừng tra cứu"


def look_up(client: Client, text: str = "072184004821") -> Any:
    return client.post(reverse("repatriation:checkpoint"), {"q": text})


def earlier(
    user: Any, count: int, ago: dt.timedelta, reason: str = "number: •••", kind: str = "lookup"
) -> None:
    at = timezone.now() - ago
    Read.objects.bulk_create(Read(user=user, kind=kind, reason=reason, at=at) for _row in range(count))


def officer(role: Role, place: Any) -> Any:
    return make_user(role, place, username=f"u-{role}")


def test_sixty_look_ups_in_five_seconds_are_held_back_and_one_line_says_so(road: SimpleNamespace) -> None:
    user = officer(Role.CHECKPOINT, road.checkpoint)
    client = client_of(user)
    with time_machine.travel(timezone.now(), tick=False):
        answers = [look_up(client) for _press in range(60)]
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE + [429] * (60 - AT_ONCE)
    assert SENTENCE in answers[-1].content.decode()
    assert Read.objects.filter(user=user, kind="lookup").count() == AT_ONCE
    (line,) = Read.objects.filter(user=user, kind="too_many")
    assert line.get_kind_display() == "Tra cứu dồn dập, đã tạm dừng"
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
        assert look_up(client).status_code == 200


def test_a_busy_night_never_meets_the_limit(road: SimpleNamespace) -> None:
    user = officer(Role.CHECKPOINT, road.checkpoint)
    client = client_of(user)
    start = timezone.now()
    for minute in range(1, 60):
        earlier(user, 9, dt.timedelta(minutes=minute))
    for press in range(20):
        with time_machine.travel(start + dt.timedelta(seconds=3 * press)):
            assert look_up(client).status_code == 200


def test_the_hour_has_a_limit_too(road: SimpleNamespace) -> None:
    user = officer(Role.CHECKPOINT, road.checkpoint)
    earlier(user, IN_ALL, dt.timedelta(minutes=30))
    assert look_up(client_of(user)).status_code == 429


def test_what_a_device_at_a_vehicle_sends_is_not_counted(road: SimpleNamespace) -> None:
    user = officer(Role.CHECKPOINT, road.checkpoint)
    earlier(user, 200, dt.timedelta(seconds=5), reason="CX-1NEMG-R code: TN-7K3M4-A", kind="boarding")
    assert look_up(client_of(user)).status_code == 200


def test_callers_are_counted_as_well(road: SimpleNamespace) -> None:
    user = officer(Role.HOTLINE, road.places.home)
    client, url = client_of(user), reverse("repatriation:callers")
    data = {"q": "072184004821", "reason": "Hỏi thứ tự"}
    assert client.post(url, data).status_code == 200
    earlier(user, AT_ONCE, dt.timedelta(seconds=5))
    answer = client.post(url, data)
    assert answer.status_code == 429
    assert SENTENCE in answer.content.decode()


def test_a_search_of_people_is_logged_and_counted(road: SimpleNamespace) -> None:
    user = officer(Role.COMMUNE, road.commune)
    client, url = client_of(user), reverse("citizens:person_list")
    client.get(url)
    assert not Read.objects.filter(user=user).exists()
    client.get(url, {"q": "072184004821"})
    (line,) = Read.objects.filter(user=user, kind="search")
    assert "4821" in line.reason
    assert "072184004821" not in line.reason
    earlier(user, AT_ONCE, dt.timedelta(seconds=5))
    assert SENTENCE in client.get(url, {"q": "Lan"}).content.decode()


def test_the_auditor_finds_the_line(road: SimpleNamespace) -> None:
    user = officer(Role.CHECKPOINT, road.checkpoint)
    earlier(user, AT_ONCE, dt.timedelta(seconds=5))
    look_up(client_of(user))
    auditor = officer(Role.AUDITOR, road.places.home)
    page = text_of(client_of(auditor).get(reverse("records:reads"), {"kind": "too_many"}))
    assert "Tra cứu dồn dập" in page
    assert "40 lượt trong một phút" in page
