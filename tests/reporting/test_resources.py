"""How the columns of a list are written."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from portal.reporting.resources import (
    DateField,
    ListResource,
    MaskedIdentityField,
    MaskedPhoneField,
    MomentField,
    ShownField,
    TimeOfDayField,
    YesField,
)

MOMENT = dt.datetime(2026, 11, 24, 17, 30, tzinfo=dt.UTC)  # half past midnight in the portal's time zone


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (DateField, dt.date(2026, 11, 24), "24/11/2026"),
        (DateField, MOMENT, "25/11/2026"),
        (DateField, None, ""),
        (TimeOfDayField, MOMENT, "00:30"),
        (MomentField, MOMENT, "00:30 25/11/2026"),
        (MomentField, None, ""),
        (MaskedPhoneField, "+84901234567", "090•••4567"),
        (MaskedPhoneField, None, ""),
        (MaskedIdentityField, "072184004821", "•••4821"),
        (MaskedIdentityField, None, ""),
        (YesField, True, "có"),
        (YesField, False, ""),
        (YesField, None, ""),
    ],
)
def test_a_column_writes_what_stands_at_its_path(field: type[ShownField], value: Any, shown: str) -> None:
    row = SimpleNamespace(other=SimpleNamespace(what=value))
    assert field("other__what", "Cột").export(row) == shown


def test_a_path_that_ends_early_is_empty() -> None:
    assert MomentField("other__what", "Cột").export(SimpleNamespace(other=None)) == ""


def test_columns_stand_in_the_order_of_their_declaration() -> None:
    class Trips(ListResource):
        plate = ShownField("plate", "Biển số", show=str.upper)
        at = MomentField("at", "Giờ")
        escort = YesField("escort", "Đi kèm")

    rows = [SimpleNamespace(plate="70b-1", at=MOMENT, escort=True)]
    table = Trips().export(rows)
    assert table.headers == ["Biển số", "Giờ", "Đi kèm"]
    assert list(table) == [("70B-1", "00:30 25/11/2026", "có")]
