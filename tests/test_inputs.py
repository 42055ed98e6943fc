"""Numbers and JSON from outside: what is none within the limits is no answer, and nothing breaks."""

from __future__ import annotations

import json

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from portal.inputs import DEEPEST, LARGEST, UnreadableJson, json_body, whole_number

NO_NUMBERS = [
    "",
    " 1",
    "-1",
    "+1",
    "1.0",
    "1e3",
    "0x1",
    "٣",
    "²",
    "1\x00",
    "9" * 19,
    "9" * 5_000,
    str(LARGEST + 1),
]
NO_JSON = [b"", b"{", b"\xff\xfe", b"[NaN]", b"[1" + b"0" * 5_000 + b"]", b"[" * 50_000 + b"]" * 50_000,
           b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
           b"[1e999]", b"[-1e999]", b"[9223372036854775808]", b'{"a": 1, "a": 2}', b'[{"a": 1, "a\\u200b": 2}]',
           b'["' + b"x" * 1_000_000 + b'"]']  # fmt: skip


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_of_the_database_is_none(text: str) -> None:
    assert whole_number(text) is None


def test_a_number_within_its_limits_is_read() -> None:
    assert whole_number("0") == 0
    assert whole_number("0" * 5_000 + "12") == 12
    assert whole_number(str(LARGEST)) == LARGEST
    assert whole_number("3", least=1, most=3) == 3
    assert whole_number("4", most=3) is None
    assert whole_number("0", least=1) is None


@given(st.text())
def test_any_text_is_a_number_or_none(text: str) -> None:
    number = whole_number(text)
    assert number is None or 0 <= number <= LARGEST


@pytest.mark.parametrize("body", NO_JSON, ids=lambda body: repr(body[:12]))
def test_what_is_no_json_within_the_limits_is_refused(body: bytes, rf: RequestFactory) -> None:
    with pytest.raises(UnreadableJson):
        json_body(rf.post("/", body, content_type="application/json"))


def test_json_is_read(rf: RequestFactory) -> None:
    data = {"entries": [[["q", "Lê"], ["n", 1]], []], "deep": [[[[[]]]]]}
    assert json_body(rf.post("/", json.dumps(data), content_type="application/json")) == data
