"""What nobody should type and somebody will send, as the bytes of a form or of an address."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote_plus

# In one field, while the others are as the page gave them.
TEXTS = [
    "a\x00b",
    "\r\n\t\x0b\x1b[31m\x7f\x85\u2028",
    "\u202egnud\u2066\u200b\ufeff\ufffd",
    "\ud83d",  # half of a sign
    "👨‍👩‍👧‍👦" * 40,
    "<script>alert(1)</script>{{ 7*7 }}{% now %}%(x)s{0}",
    "-1",
    "9" * 10,
    "9" * 19,
    "9" * 5_000,
    "1e400",
    "²½Ⅷ",
    "01/01/0001",
    "31/12/9999",
    "x" * 70_000,
]
# In all fields at once.
MORE_TEXTS = [
    "",
    "Ngu\u1ec5n" + "\u0301" * 500,
    "'\"`\\;--",
    "0",
    "-0.0",
    "NaN",
    "٣١/١٢/٢٠٢٦",
    "0001-01-01",
    "9999-12-31",
    "31/02/2026 25:61",
    "[]",
    '{"a":[1]}',
    "//xau.example/",
    "https://[",
    "officer/today/",
    "00000000-0000-0000-0000-000000000000",
    "true,1,2;3|4",
]
CHOICES = [
    "",
    "a\x00b",
    "\ud83d",
    "-1",
    "9" * 19,
    "9" * 5_000,
    "٣",
    "abc",
    "{}",
]  # where a browser lets choose
# As they stand in an address, already quoted: the last three are no UTF-8.
PATHS = ["%00", "a%00b", "%0A", "%E2%80%AE", "%F0%9F%91%A8", "'", "%3Cb%3E", "%2E%2E%2F", "-1", "0", "9" * 10, "9" * 19,
         "9" * 30, "9" * 5_000, "%D9%A3", "x" * 3_000, "a%2Fb", "%FF", "%ED%A0%80", "%C0%AF"]  # fmt: skip
RAW = ["%FF", "%ED%A0%80", "%", "%u202e", "+", "&", "="]  # in a query, beside the texts


def quoted(text: str) -> str:
    return quote_plus(text.encode("utf-8", "surrogatepass"))


def encoded(pairs: Iterable[tuple[str, str]]) -> bytes:
    """The pairs as a form sends them, half signs and all."""
    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs).encode()
