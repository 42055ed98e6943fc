"""What a device asks of the portal: who answers, what it takes along, and the key of a sign-in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from portal.records.models import Read
from repatriation.checkpoint.kit import hashed
from repatriation.models import Registration
from tests.factories import PASSWORD
from tests.repatriation.world.road import as_, on_the_road, people_of

KIT, LINE, SHELL = "/officer/checkpoint/kit/", "/officer/offline/line/", "/officer/checkpoint/offline/"


def test_the_portal_says_that_it_is_the_portal_and_who_is_signed_in(
    road: SimpleNamespace, client: Client, box: Client
) -> None:
    nobody, officer = client.get(LINE).json(), box.get(LINE).json()
    assert nobody["portal"] == officer["portal"]
    assert (nobody["user"], officer["user"]) == (None, road.barrier.pk)
    assert officer["csrf"]


def test_a_fresh_token_sends_where_an_old_one_is_refused(road: SimpleNamespace) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(road.barrier)
    old = client.get(LINE).json()["csrf"]
    client.cookies["csrftoken"] = "b" * 32  # as signing in again gives it
    assert client.post(KIT, {"at": road.checkpoint.pk}, headers={"X-CSRFToken": old}).status_code == 403
    fresh = client.get(LINE).json()["csrf"]
    assert client.post(KIT, {"at": road.checkpoint.pk}, headers={"X-CSRFToken": fresh}).status_code == 200


def test_the_device_takes_along_who_is_expected_here(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    on_the_road(road, row)
    kit = box.post(KIT, {"at": road.checkpoint.pk}).json()
    (taken,) = kit["families"]
    assert (taken["code"], taken["home"]) == (row.code, row.home_commune_id)
    assert [one["name"] for one in taken["people"]] == [person.full_name for person in people_of(row)]
    number = people_of(row)[0].identity_number
    assert number not in str(kit)
    assert row.phone.removeprefix("+84") not in str(kit)
    assert hashed(number, kit["salt"]) in taken["numbers"]
    read = Read.objects.get()
    assert set(read.subject_ids) == {person.pk for person in people_of(row)}


def test_nobody_of_another_checkpoint_is_taken_along(road: SimpleNamespace, row: Registration) -> None:
    on_the_road(road, row)
    client = as_(road.far_barrier)
    assert client.post(KIT, {"at": road.checkpoint.pk}).status_code == 404
    assert client.post(KIT, {"at": road.second.pk}).json()["families"] == []


def test_the_page_that_is_kept_holds_nobodys_data(
    road: SimpleNamespace, row: Registration, box: Client
) -> None:
    on_the_road(road, row)
    page = box.get(SHELL).content.decode()
    for text in (
        row.code,
        road.barrier.full_name,
        road.barrier.username,
        *[one.full_name for one in people_of(row)],
    ):
        assert text not in page
    assert "csrfmiddlewaretoken" not in page
    assert 'name="here_0"' in page


def test_the_key_is_of_one_sign_in(road: SimpleNamespace) -> None:
    road.barrier.set_password(PASSWORD)
    road.barrier.save()
    keys = []
    client = Client()
    for _time in range(2):
        client.post("/officer/sign-in/", {"username": road.barrier.username, "password": PASSWORD})
        client.post(KIT, {"at": road.checkpoint.pk})
        cookie = client.cookies["offline_key"]
        again = client.post(KIT, {"at": road.checkpoint.pk})
        assert again.cookies["offline_key"].value == cookie.value
        assert (cookie["samesite"], cookie["path"]) == ("Strict", "/officer/")
        keys.append(cookie.value)
        client.post("/officer/sign-out/")
        assert client.cookies["offline_key"].value == ""
    assert keys[0] != keys[1]


@pytest.mark.parametrize("address", [KIT, "/officer/offline/send/"])
def test_asked_for_it_is_405(road: SimpleNamespace, box: Client, address: str) -> None:
    assert box.get(address).status_code == 405
