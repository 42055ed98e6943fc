"""A phone that an officer typed opens nothing until its holder has given a second fact of the family."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from citizens.models import Person, ProofTries
from citizens.proving import prove, unproved
from portal.accounts.scoping import CitizenViewer
from portal.records.models import Event
from portal.records.refusals import Refused
from quarantine.models import Order, TestResult
from quarantine.orders.actions import open_order
from repatriation.models import Registration
from tests.quarantine.conftest import prove as sign_in
from tests.race import at_once, meeting
from tests.repatriation.checkpoint.test_walkins import NUMBER, walk_in
from tests.repatriation.world.families import entry
from tests.repatriation.world.road import family, text_of

PHONE = "+84901112223"
PROVE, MINE, RESULTS = "/xac-nhan/gia-dinh/", "/cua-toi/", reverse("quarantine:results")
RIGHT = {"birth_year": "1984", "last": NUMBER[-4:]}


@pytest.fixture
def arrived(road: SimpleNamespace) -> list[Person]:
    """A mother and her child who came without a registration, with an order and a result."""
    result = walk_in(road, entry("Lê Thị Hoa", identity=NUMBER), entry("Lê Bé Na", birth="2020"))
    people = [arrival.person for arrival in result.arrivals]
    TestResult.objects.create(person=people[0], kind="rapid", outcome="positive", taken_on="2021-10-05")
    open_order(people[0], starts_on=result.arrivals[0].at.date(), place=road.commune, by=road.here)
    return people


@pytest.fixture
def holder(arrived: list[Person]) -> Client:
    """Whoever has the phone in their hand, after its code."""
    return sign_in(Client(), PHONE)


def seen() -> list[Any]:
    viewer = CitizenViewer(phone=PHONE)
    return [model.objects.visible_to(viewer).count() for model in (Person, Order, TestResult)]


def test_the_holder_reads_nothing_and_is_asked(holder: Client) -> None:
    assert seen() == [0, 0, 0]
    page = text_of(holder.get(MINE))
    assert "Lê Thị Hoa" not in page
    assert PROVE in page
    for address in (RESULTS, reverse("quarantine:daily_home")):
        assert holder.get(address)["Location"].startswith(PROVE)
    asked = text_of(holder.get(PROVE))
    assert "Lê" not in asked.split("<main", 1)[1]
    assert "090•••2223" in asked


def test_the_second_fact_opens_the_family_once_for_all(holder: Client) -> None:
    answer = holder.post(f"{PROVE}?next={RESULTS}", {**RIGHT, "next": RESULTS})
    assert answer["Location"] == RESULTS
    page = text_of(holder.get(RESULTS))
    assert "Lê Thị Hoa" in page
    assert "Lê Bé Na" in page
    assert seen() == [2, 1, 1]
    assert holder.get(PROVE)["Location"] == MINE
    assert Event.objects.filter(verb="phone_proved").count() == 2


@pytest.mark.parametrize(
    "fact",
    [
        {"birth_year": "1985", "last": NUMBER[-4:]},
        {"birth_year": "1984", "last": "0000"},
        {"birth_year": "2020", "last": NUMBER[-4:]},
        {"birth_year": "1984", "last": ""},
        {"birth_year": "1984", "last": "1"},
        {"birth_year": "2020", "last": "", "name": "Lê Bé Na"},
        {"birth_year": "năm", "last": "٤٨٢١"},
        {},
    ],
)
def test_another_fact_opens_nothing(holder: Client, fact: dict[str, str]) -> None:
    assert holder.post(PROVE, fact).status_code == 422
    assert seen() == [0, 0, 0]


def test_five_facts_a_day_are_compared(holder: Client) -> None:
    for _try in range(5):
        assert "Chưa khớp" in text_of(holder.post(PROVE, {**RIGHT, "last": "0000"}))
    page = text_of(holder.post(PROVE, RIGHT))
    assert "Hôm nay đã thử quá năm lần" in page
    assert seen() == [0, 0, 0]
    ProofTries.objects.update(on_date="2021-10-01")
    assert holder.post(PROVE, RIGHT).status_code == 302


def test_a_family_without_numbers_is_asked_for_a_name(road: SimpleNamespace) -> None:
    walk_in(road, entry("Lê Bé Na", birth="2020"))
    client = sign_in(Client(), PHONE)
    assert 'name="last"' not in text_of(client.get(PROVE))
    assert client.post(PROVE, {"birth_year": "2020", "name": "Lê Bé Ny"}).status_code == 422
    assert client.post(PROVE, {"birth_year": "2020", "name": "le be na"}).status_code == 302
    assert seen()[0] == 1


def test_another_family_under_the_same_phone_stays_closed(
    road: SimpleNamespace, arrived: list[Person]
) -> None:
    walk_in(road, entry("Phan Văn Lạ", identity="072080001111", birth="1980"))
    prove(PHONE, birth_year=1984, last=NUMBER[-4:])
    assert seen()[0] == 2
    assert [person.full_name for person in unproved(PHONE)] == ["Phan Văn Lạ"]


def test_a_phone_corrected_by_an_officer_is_closed_again(arrived: list[Person]) -> None:
    prove(PHONE, birth_year=1984, last=NUMBER[-4:])
    Person.objects.filter(pk=arrived[0].pk).update(phone="+84909999999")
    assert not Person.objects.visible_to(CitizenViewer(phone="+84909999999")).exists()
    assert seen()[0] == 1


def test_a_familys_daily_link_asks_too(client: Client, arrived: list[Person]) -> None:
    from quarantine.links import daily_link

    address = daily_link(Order.objects.get(person=arrived[0]))
    address = client.get(address.removeprefix("http://127.0.0.1:8000"))["Location"]
    answer = client.get(address)
    assert answer["Location"].startswith(PROVE)
    assert client.post(answer["Location"], {**RIGHT, "next": address})["Location"] == address
    assert "Lê Thị Hoa" in text_of(client.get(address))


def test_nobody_without_the_phone_or_its_link_is_asked(client: Client, arrived: list[Person]) -> None:
    assert client.get(PROVE)["Location"].startswith("/xac-nhan/?")
    assert client.post(PROVE, RIGHT)["Location"].startswith("/xac-nhan/?")
    assert seen() == [0, 0, 0]


def test_an_entry_by_an_officer_opens_after_the_fact(road: SimpleNamespace) -> None:
    row = family(
        road.campaign,
        road.places,
        phone=PHONE,
        phone_confirmed_at=None,
        channel="hotline",
        entered_by=road.coordinator,
    )
    Person.objects.filter(memberships__registration=row).update(proved_phone="")
    head = row.head.person
    client, viewer = sign_in(Client(), PHONE), CitizenViewer(phone=PHONE)
    assert not Registration.objects.visible_to(viewer).exists()
    assert row.code not in text_of(client.get(MINE))
    assert (
        client.post(PROVE, {"birth_year": head.birth_year, "last": head.identity_number[-4:]}).status_code
        == 302
    )
    assert row.code in text_of(client.get(MINE))
    row.refresh_from_db()
    assert row.phone_confirmed_at is not None


@pytest.mark.django_db(transaction=True)
def test_facts_sent_side_by_side_count_each() -> None:
    from tests.repatriation.world.road import make_road

    walk_in(make_road(), entry("Lê Thị Hoa", identity=NUMBER))
    results = at_once(*[lambda: prove(PHONE, birth_year=1984, last="0000") for _try in range(8)])
    assert sum("Chưa khớp" in str(result) for result in results) == 5
    assert all(isinstance(result, Refused) for result in results)


@pytest.mark.django_db(transaction=True)
def test_facts_counted_after_they_are_compared_would_not() -> None:
    """The control: the same race, each fact compared before it is counted."""
    ProofTries.objects.create(phone=PHONE, on_date="2021-10-05")
    meet, compared = meeting(8), []

    def careless() -> None:
        row = ProofTries.objects.get()
        meet()
        if row.tries < 5:
            compared.append(1)
            row.tries += 1
            row.save(update_fields=["tries"])

    at_once(*[careless] * 8)
    assert len(compared) == 8
