"""Files that a page gives to be saved, under names that people can read."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from urllib.parse import quote

from django.http import HttpResponseBase
from django.utils import timezone

LONGEST = 120  # characters of a name without its ending; file systems take 255 bytes
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+')
SHEET_FORBIDDEN = re.compile(r"[\x00-\x1f\[\]:*?/\\]+")
LONGEST_SHEET = 31  # characters that Excel takes for a sheet's name


def file_name(title: object, kind: str, *, day: dt.date | None = None) -> str:
    """A file's name from what stands in it: "Hàng chờ 24-11-2026.xlsx". `day` is left out where it says nothing."""
    stem = (
        " ".join(FORBIDDEN.sub("-", unicodedata.normalize("NFC", str(title))).split())[:LONGEST].strip(" .-")
        or "tep"
    )
    return f"{stem} {day:%d-%m-%Y}.{kind}" if day else f"{stem}.{kind}"


def dated(title: object, kind: str) -> str:
    """As `file_name`, with today's day."""
    return file_name(title, kind, day=timezone.localdate())


def sheet_name(title: object) -> str:
    """A sheet's name as Excel takes it."""
    name = " ".join(SHEET_FORBIDDEN.sub("-", unicodedata.normalize("NFC", str(title))).split())
    return name[:LONGEST_SHEET].strip(" '") or "1"


def attach(response: HttpResponseBase, name: str) -> None:
    """Let the browser save the answer under this name (RFC 6266); one that reads no UTF-8 gets it without marks."""
    decomposed = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    plain = decomposed.encode("ascii", "ignore").decode().replace('"', "'").replace("\\", "-")
    value = f'attachment; filename="{plain}"'
    if plain != name:
        value += f"; filename*=UTF-8''{quote(name, safe='')}"
    response["Content-Disposition"] = value
