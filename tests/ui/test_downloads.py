"""A downloaded file's name and its sheets' names are Vietnamese, and arrive whole."""

from __future__ import annotations

import datetime as dt
import email.message
import unicodedata
from urllib.parse import unquote

import pytest
from django.http import HttpResponse

from portal.ui.downloads import attach, file_name, sheet_name


def names_of(header: str) -> tuple[str, str]:
    """The plain name and the full one, as an HTTP client reads them."""
    plain = email.message.Message()
    plain["Content-Disposition"] = header.split("; filename*=")[0]
    _charset, _lang, extended = header.partition("filename*=")[2].partition("''")
    return str(plain.get_filename()), unquote(extended)


@pytest.mark.parametrize(
    "title", ["Hàng chờ", "Đợt xe “Tết” 50%", 'Xã A/B: "x"\r\nSet-Cookie: a=b', "a\u202ecod"]
)
def test_a_name_arrives_whole_and_without_marks(title: str) -> None:
    response = HttpResponse()
    name = file_name(title, "xlsx", day=dt.date(2026, 11, 24))
    attach(response, name)
    header = response["Content-Disposition"]
    plain, full = names_of(header)
    assert header.isascii()
    assert "\n" not in header
    assert (full or plain) == name
    assert name.endswith(" 24-11-2026.xlsx")
    assert not set(name) & set('/\\:*?"<>|\r\n\u202e')
    assert unicodedata.is_normalized("NFC", name)


def test_a_name_without_marks_is_readable() -> None:
    response = HttpResponse()
    attach(response, "Đợt đón công dân 24-11-2026.csv")
    assert names_of(response["Content-Disposition"])[0] == "Dot don cong dan 24-11-2026.csv"


@pytest.mark.parametrize(
    ("title", "wanted"), [("", "tep.pdf"), ("...", "tep.pdf"), ("a" * 300, "a" * 120 + ".pdf")]
)
def test_no_name_is_empty_or_too_long(title: str, wanted: str) -> None:
    assert file_name(title, "pdf") == wanted


def test_a_sheets_name_is_one_that_excel_takes() -> None:
    assert sheet_name("Hàng chờ") == "Hàng chờ"
    assert sheet_name("Xã A/B [1]: *?") == "Xã A-B -1- -"
    assert len(sheet_name("Đ" * 40)) == 31
    assert sheet_name("'") == "1"
