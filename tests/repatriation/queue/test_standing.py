"""The range that a family reads: never beyond the number of families that stands beside it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from repatriation.queue.standing import Standing, rounded, standing
from tests.repatriation.world.families import offered
from tests.repatriation.world.road import bus, family


@pytest.mark.parametrize(
    ("told", "range_"),
    [
        ((1, 0, 1, 0), (1, 1, 1)),
        ((1, 0, 1, 3), (1, 1, 4)),
        ((127, 12, 900, 12), (120, 140, 912)),
        ((915, 65, 916, 65), (910, 980, 981)),
        ((916, 65, 916, 65), (910, 981, 981)),
    ],
)
def test_the_range_and_the_number_beside_it(told: tuple[int, ...], range_: tuple[int, ...]) -> None:
    place, may_return, waiting, asked = told
    assert rounded(place, may_return, waiting=waiting, asked=asked) == Standing(*range_)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [(12, 12, "12"), (1_286, 1_286, "1.286"), (120, 140, "khoảng 120–140"), (900, 1_100, "khoảng 900–1.100")],
)
def test_words_are_one_number_or_a_range(first: int, last: int, words: str) -> None:
    assert Standing(first, last, 5_000).words == words


@pytest.mark.parametrize("may_return", [0, 1, 7, 65, 500])
@pytest.mark.parametrize("behind", [0, 1, 4, 90])
def test_no_place_is_beyond_the_families(may_return: int, behind: int) -> None:
    for place in (*range(1, 130), 915, 916, 999, 1_000, 4_321):
        found = rounded(place, may_return, waiting=place + behind, asked=may_return + behind)
        assert 1 <= found.first <= place <= found.last <= found.total
        assert found.last >= place + may_return


@pytest.mark.django_db
def test_who_is_being_asked_counts_as_somebody_who_may_come_back(road: SimpleNamespace) -> None:
    vehicle = bus(road)
    for _number in range(3):
        offered(family(road.campaign, road.places, score=50), vehicle)
    offered(family(road.campaign, road.places, score=0), vehicle)
    last = family(road.campaign, road.places, score=10)
    assert standing(last) == Standing(1, 4, 5)
