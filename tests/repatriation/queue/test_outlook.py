"""How many wait by place, against the seats of coming trips and the limits of the next days."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts.roles import Role
from repatriation.intake.actions import set_limits
from repatriation.queue import outlook as subject
from repatriation.queue.outlook import DAYS, outlook
from tests.factories import make_user
from tests.repatriation.world.desk import url
from tests.repatriation.world.families import offered
from tests.repatriation.world.places import make_place
from tests.repatriation.world.road import bus, family, text_of


def days(first: int, last: int) -> tuple[dt.date, dt.date]:
    today = timezone.localdate()
    return today + dt.timedelta(days=first), today + dt.timedelta(days=last)


def test_wards_are_added_up_to_provinces_and_set_against_free_seats(road: SimpleNamespace) -> None:
    family(road.campaign, road.places, 3)
    family(road.campaign, road.places, 2, origin=road.places.city)
    family(road.campaign, road.places, 1, origin=road.places.far)
    family(road.campaign, road.places, 4, status="withdrawn")
    offered(family(road.campaign, road.places, 2), bus(road, seats=4))
    bus(road, seats=9, departs_at=timezone.now() - dt.timedelta(hours=1))
    bus(road, seats=9, status="closed")
    found = outlook(road.coordinator, road.campaign)
    told = [(line.place, line.families, line.people, line.seats, line.missing) for line in found.origins]
    assert told == [(road.places.city, 2, 5, 2, 3), (road.places.far, 1, 1, 0, 1)]
    assert (found.families, found.people, found.seats) == (3, 6, 2)


def test_a_province_where_trips_go_and_nobody_waits_is_there_too(road: SimpleNamespace) -> None:
    bus(road, seats=8, status="planned")
    (line,) = outlook(road.coordinator, road.campaign).origins
    assert (line.place, line.people, line.seats) == (road.places.city, 0, 8)


def test_communes_are_set_against_what_they_take_in_on_the_next_days(road: SimpleNamespace) -> None:
    family(road.campaign, road.places, 9)
    family(road.campaign, road.places, 2, home_commune=road.other)
    family(road.campaign, road.places, 1, home_commune=road.third)
    set_limits([road.commune], *days(1, DAYS), 1, by=road.coordinator)
    set_limits([road.other], *days(0, 2), 5, by=road.coordinator)
    seated = family(road.campaign, road.places, 1, home_commune=road.other)
    offered(seated, bus(road, departs_at=timezone.now() + dt.timedelta(days=2)))
    one, two, three = outlook(road.coordinator, road.campaign).homes
    assert (one.place, one.people, one.room, one.open_days, one.is_short) == (road.commune, 9, 7, 0, True)
    assert (two.place, two.room, two.open_days, two.is_short) == (road.other, 9, DAYS - 2, False)
    assert (three.place, three.limited_days) == (road.third, 0)


def test_only_the_officers_own_places_are_counted(road: SimpleNamespace) -> None:
    family(road.campaign, road.places, 3)
    family(road.campaign, road.places, 2, home_commune=road.other)
    near = make_user(Role.COORDINATOR, road.commune)
    found = outlook(near, road.campaign)
    assert [(line.place, line.people) for line in found.homes] == [(road.commune, 3)]
    assert found.seats == 0


def test_the_queue_shows_the_top_and_its_page_all(road: SimpleNamespace, desk: Client) -> None:
    communes = [
        make_place("commune", f"2590{n}", f"Xã Số {n}", road.places.home) for n in range(subject.TOP + 1)
    ]
    for number, place in enumerate(communes):
        family(road.campaign, road.places, 9 - number, home_commune=place)
    page = desk.get(url("queue"))
    cell = '<th scope="row">{}</th>'
    shown = [cell.format(place.name) in text_of(page) for place in communes]
    assert shown == [True] * subject.TOP + [False]
    assert url("queue_places") in text_of(page)
    whole = text_of(desk.get(url("queue_places"), {"campaign": road.campaign.pk}))
    assert all(cell.format(place.name) in whole for place in communes)
    for wrong in ("x", "-1", "9" * 40, "\x00"):
        assert desk.get(url("queue_places"), {"campaign": wrong}).status_code == 200


def test_points_and_the_province_of_a_family_stand_in_its_row(road: SimpleNamespace, desk: Client) -> None:
    family(road.campaign, road.places, score=1234)
    page = text_of(desk.get(url("queue")))
    assert "<b>1.234</b>" in page
    assert road.places.city_commune.full_name in page


def test_it_costs_the_same_with_many_places(road: SimpleNamespace) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            outlook(road.coordinator, road.campaign)
        return len(caught)

    family(road.campaign, road.places)
    bus(road)
    cost()  # the scope is read once
    few = cost()
    for number in range(12):
        home = make_place("commune", f"2591{number}", f"Xã Mới {number}", road.places.home)
        family(road.campaign, road.places, home_commune=home, origin=road.places.far)
        bus(road)
    assert cost() == few


def test_the_queue_asks_the_database_no_more_than_fifteen_times(road: SimpleNamespace, desk: Client) -> None:
    for number in range(40):  # more than a page
        family(road.campaign, road.places, 1 + number % 3)
    bus(road)
    desk.get(url("queue"))
    with CaptureQueriesContext(connection) as caught:
        page = text_of(desk.get(url("queue")))
    assert len(caught) <= 15, [query["sql"][:120] for query in caught]
    assert "40" in page
