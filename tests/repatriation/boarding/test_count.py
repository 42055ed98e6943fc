"""After the ride: every seat has its answer, and nobody is lost."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from portal.notifications.models import Message
from portal.records.models import Read
from portal.records.transitions import TransitionRefused, transition
from portal.reporting.worklist import how_many
from portal.ui import parts
from repatriation.boarding.actions import mark_absent
from repatriation.boarding.count import Count, count_of
from repatriation.models import Arrival, Offer, Registration, Trip
from repatriation.trips import actions as trips
from tests.factories import fresh
from tests.repatriation.world.boarding import closed, get_on, strangers, walk_on
from tests.repatriation.world.road import as_, at_departure, enter, family, people_of, queries, text_of


def url(name: str, *args: Any) -> str:
    return reverse(f"repatriation:{name}", args=args)


@pytest.fixture
def ride(road: SimpleNamespace) -> SimpleNamespace:
    """A trip that has arrived: who came, who did not, who came otherwise, who was taken along."""
    made = {
        name: family(road.campaign, road.places, 2)
        for name in ("came", "absent", "unscanned", "elsewhere", "vanished", "left", "given_up")
    }
    made["part"] = family(road.campaign, road.places, 3)
    ride = SimpleNamespace(**made)
    ride.trip = closed(road, *made.values())
    ride.added = family(road.campaign, road.places, 1)
    for row in (ride.came, ride.vanished):
        get_on(road, ride.trip, row)
    get_on(road, ride.trip, ride.part, 1, 2)
    walk_on(road, ride.trip, ride.added)
    ride.stranger = strangers(road, ride.trip, "Lê Văn Khách").boarded[0].person
    mark_absent(ride.trip, ride.given_up, by=road.barrier)
    offer = Offer.objects.get(registration=ride.left)
    transition(offer, "cancel", by=road.coordinator)
    transition(ride.left, "withdraw", by=road.coordinator)
    trips.depart_trip(at_departure(ride.trip), by=road.coordinator)
    for row in (ride.came, ride.unscanned, ride.added):
        enter(road, row)
    enter(road, ride.part, people_of(ride.part)[1:])
    enter(road, None, [ride.stranger])
    enter(road, ride.elsewhere, checkpoint=road.second, by=road.far_barrier)
    ride.trip = trips.arrive_trip(ride.trip, by=road.coordinator)
    return ride


def outcomes(count: Count, row: Registration) -> list[str]:
    ids = {person.pk for person in people_of(row)}
    return sorted(line.outcome for line in count.lines if line.person_id in ids)


def statuses(ride: SimpleNamespace) -> dict[str, str]:
    rows = {name: row for name, row in vars(ride).items() if isinstance(row, Registration)}
    return {name: Registration.objects.get(pk=row.pk).status for name, row in rows.items()}


def test_every_person_has_one_line_with_what_became_of_them(ride: SimpleNamespace) -> None:
    count = count_of(ride.trip)
    assert len(count.lines) == len({line.person_id for line in count.lines}) == 7 * 2 + 3 + 1 + 1
    assert {
        name: outcomes(count, getattr(ride, name))
        for name in (
            "came",
            "absent",
            "unscanned",
            "elsewhere",
            "vanished",
            "left",
            "given_up",
            "part",
            "added",
        )
    } == {
        "came": ["came"] * 2,
        "absent": ["no_show"] * 2,
        "unscanned": ["unscanned"] * 2,
        "elsewhere": ["elsewhere"] * 2,
        "vanished": ["not_arrived"] * 2,
        "left": ["left"] * 2,
        "given_up": ["no_show"] * 2,
        "part": ["came", "came", "no_show"],
        "added": ["came"],
    }
    (stranger,) = (line for line in count.lines if line.person_id == ride.stranger.pk)
    assert (stranger.outcome, stranger.is_walk_on, stranger.listed) == ("came", True, False)
    assert [line.person_id for line in count.parted] == [people_of(ride.part)[0].pk]
    assert (count.listed, count.boarded, count.walk_ons, count.arrived) == (17, 8, 2, 10)


def test_before_departure_everybody_is_waited_for(road: SimpleNamespace) -> None:
    row, other = (family(road.campaign, road.places, 2) for _one in range(2))
    trip = closed(road, row, other)
    get_on(road, trip, row)
    count = count_of(trip)
    assert (outcomes(count, row), outcomes(count, other)) == (["on_board"] * 2, ["expected"] * 2)


def test_settling_misses_who_did_not_come_and_loses_nobody(
    road: SimpleNamespace, ride: SimpleNamespace
) -> None:
    trips.reconcile_trip(ride.trip, by=road.coordinator)
    assert statuses(ride) == {
        "came": "arrived",
        "absent": "no_show",
        "unscanned": "arrived",
        "elsewhere": "arrived",
        "vanished": "departed",
        "left": "withdrawn",
        "given_up": "no_show",
        "part": "arrived",
        "added": "arrived",
    }
    offers = dict(Offer.objects.filter(trip=ride.trip).values_list("registration__code", "status"))
    assert offers[ride.added.code] == offers[ride.vanished.code] == offers[ride.came.code] == "travelled"
    assert offers[ride.absent.code] == "no_show"
    assert not Offer.objects.filter(trip=ride.trip, status__in=Offer.LIVE).exists()
    told = list(Message.objects.filter(kind="no_show").values_list("phone", flat=True))
    assert sorted(told) == sorted([ride.absent.phone, ride.given_up.phone])
    assert all(message.secrets["link"] for message in Message.objects.filter(kind="no_show"))


def test_who_vanished_is_entered_on_the_trip_when_found(road: SimpleNamespace, ride: SimpleNamespace) -> None:
    trips.reconcile_trip(ride.trip, by=road.coordinator)
    enter(road, ride.vanished)
    assert {one.trip for one in Arrival.objects.filter(registration=ride.vanished)} == {ride.trip}
    assert outcomes(count_of(Trip.objects.get()), ride.vanished) == ["came", "came"]


def test_a_walk_on_that_no_checkpoint_entered_has_travelled_all_the_same(road: SimpleNamespace) -> None:
    trip = closed(road)
    row = family(road.campaign, road.places, 2)
    walk_on(road, trip, row)
    at_departure(trip)
    for step in (trips.depart_trip, trips.arrive_trip, trips.reconcile_trip):
        step(trip, by=road.coordinator)
    row.refresh_from_db()
    assert (row.status, Offer.objects.get().status) == ("departed", "travelled")


def test_settled_twice_is_refused(road: SimpleNamespace, ride: SimpleNamespace) -> None:
    trips.reconcile_trip(ride.trip, by=road.coordinator)
    messages = Message.objects.count()
    with pytest.raises(TransitionRefused):
        trips.reconcile_trip(ride.trip, by=road.coordinator)
    assert Message.objects.count() == messages


def test_a_trip_without_any_scan_is_counted_by_the_checkpoint(road: SimpleNamespace) -> None:
    came, absent = (family(road.campaign, road.places, 2) for _one in range(2))
    trip = closed(road, came, absent)
    trips.depart_trip(at_departure(trip), by=road.coordinator)
    enter(road, came)
    trip = trips.arrive_trip(trip, by=road.coordinator)
    count = count_of(trip)
    assert (outcomes(count, came), outcomes(count, absent)) == (["unscanned"] * 2, ["no_show"] * 2)
    trips.reconcile_trip(trip, by=road.coordinator)
    absent.refresh_from_db()
    assert absent.status == "no_show"


def test_twenty_two_expected_and_five_came(road: SimpleNamespace) -> None:
    rows = [family(road.campaign, road.places, size) for size in (5, *[1] * 17)]
    trip = closed(road, *rows)
    get_on(road, trip, rows[0])
    trips.depart_trip(at_departure(trip), by=road.coordinator)
    enter(road, rows[0])
    trip = trips.arrive_trip(trip, by=road.coordinator)
    count = count_of(trip)
    assert (count.listed, count.boarded, count.arrived) == (22, 5, 5)
    trips.reconcile_trip(trip, by=road.coordinator)
    assert Registration.objects.filter(status="no_show").count() == 17
    assert Message.objects.filter(kind="no_show").count() == 17


# The page


def test_the_page_shows_sums_lines_and_the_press_that_settles(ride: SimpleNamespace, desk: Client) -> None:
    page = desk.get(url("reconciliation", ride.trip.code))
    text = text_of(page)
    for words in (
        "Đối chiếu chuyến",
        "Chốt đối chiếu",
        "Gia đình chỉ đến một phần",
        "đi thêm: Còn chỗ",
        "Lê Văn Khách",
        "Chốt Mộc Bài",
    ):
        assert words in text
    assert len(Read.objects.get(kind="page").subject_ids) == 19
    settled = desk.post(url("trip_step", ride.trip.code, "reconcile"), follow=True)
    assert settled.redirect_chain[-1][0] == url("reconciliation", ride.trip.code)
    assert "Chốt đối chiếu" not in text_of(desk.get(url("reconciliation", ride.trip.code)))


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ({"outcome": "no_show"}, 5),
        ({"outcome": "walk_on"}, 2),
        ({"outcome": "elsewhere"}, 2),
        ({"q": "le van khach"}, 1),
        ({"q": "không ai"}, 0),
        ({"outcome": "no_show", "q": "khach"}, 0),
        ({"outcome": "explode"}, 19),
    ],
)
def test_the_lines_are_narrowed(
    ride: SimpleNamespace, desk: Client, query: dict[str, str], lines: int
) -> None:
    page = desk.get(url("reconciliation", ride.trip.code), query)
    assert len(page.context["lines"]) == lines
    assert ("Không có ai như vậy" in text_of(page)) is (lines == 0)


def test_an_empty_trip_says_so(road: SimpleNamespace, desk: Client) -> None:
    assert "Chuyến này chưa có ai" in text_of(desk.get(url("reconciliation", closed(road).code)))


def test_the_checkpoint_sees_the_count_and_cannot_settle_it(
    road: SimpleNamespace, ride: SimpleNamespace
) -> None:
    page = as_(road.barrier).get(url("reconciliation", ride.trip.code))
    assert page.status_code == 200
    assert "Chốt đối chiếu" not in text_of(page)
    assert as_(road.barrier).post(url("trip_step", ride.trip.code, "reconcile")).status_code == 403
    assert as_(road.far_barrier).get(url("reconciliation", ride.trip.code)).status_code == 404
    for user in (road.here, road.viewer, road.leader):
        assert as_(user).get(url("reconciliation", ride.trip.code)).status_code == 403
    assert as_(road.coordinator).post(url("reconciliation", ride.trip.code)).status_code == 405


def test_the_count_as_a_spreadsheet(ride: SimpleNamespace, desk: Client) -> None:
    answer = desk.get(url("reconciliation", ride.trip.code), {"export": "xlsx"})
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Đối chiếu", "Tổng hợp"]
    _header, *rows = book["Đối chiếu"].iter_rows(values_only=True)
    assert len(rows) == 19
    assert {row[9] for row in rows} >= {"Không đến", "Lên xe và đã đến"}
    sums = dict(list(book["Tổng hợp"].iter_rows(values_only=True))[1:])
    assert (sums["Trong bản chốt"], sums["Không đến"]) == (17, 5)
    assert len(Read.objects.get(kind="export").subject_ids) == 19


def test_the_page_costs_the_same_with_more_people(road: SimpleNamespace, desk: Client) -> None:
    def counted(families: int) -> Trip:
        rows = [family(road.campaign, road.places, 2) for _one in range(families)]
        trip = closed(road, *rows)
        for row in rows:
            get_on(road, trip, row)
        trips.depart_trip(at_departure(trip), by=road.coordinator)
        for row in rows:
            enter(road, row)
        return trip

    small, large = counted(1), counted(12)
    assert queries(desk, url("reconciliation", small.code)) == queries(
        desk, url("reconciliation", large.code)
    )


def test_who_got_on_and_was_entered_nowhere_waits_for_the_province(
    road: SimpleNamespace, ride: SimpleNamespace
) -> None:
    part = parts.worklist.get("not_arrived")
    assert part is not None
    assert how_many([part], fresh(road.coordinator)) == [0]
    trips.reconcile_trip(ride.trip, by=road.coordinator)
    rows = part.rows(fresh(road.coordinator), 50)
    assert {row.person_id for row in rows} == {person.pk for person in people_of(ride.vanished)}
    assert how_many([part], fresh(road.coordinator)) == [len(rows)] == [2]
    page = text_of(as_(road.coordinator).get(reverse("reporting:today"), {"tab": "not_arrived"}))
    assert "chưa qua Chốt Suối Sâu" in page
    enter(road, ride.vanished, checkpoint=road.second, by=road.far_barrier)
    assert how_many([part], fresh(road.coordinator)) == [0]
