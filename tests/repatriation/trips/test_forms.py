"""What a coordinator types into the forms of trips."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from repatriation.trips.forms import TimeField


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [("8:00", 8, 0), ("08h30", 8, 30), ("14g", 14, 0), ("0 : 05", 0, 5), ("23.59", 23, 59)],
)
def test_a_time_is_read_as_people_write_it(text: str, hour: int, minute: int) -> None:
    assert TimeField().clean(text) == dt.time(hour, minute)


@pytest.mark.parametrize("text", ["sáng", "8", "24:00", "25h", "8:60", "8:000", "-1:00", "8h30 sáng"])
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        TimeField().clean(text)
    assert refusal.value.code == "invalid"


def test_a_time_that_need_not_be_told_may_be_empty() -> None:
    assert TimeField(required=False).clean(" ") is None
