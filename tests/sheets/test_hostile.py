"""Files made to harm are refused with a sentence, and cost neither memory nor time."""

from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from portal.embedded.homes import ROOT
from portal.sheets import reading, workbooks
from portal.sheets.cells import is_formula
from portal.sheets.reading import FileRefused, read_table
from portal.sheets.writing import with_remarks
from tests.sheets import hostile
from tests.sheets.files import part_of, repacked, saved, xlsx

SHEET = "xl/worksheets/sheet1.xml"
GOOD = xlsx(["Họ và tên"], ["Hoa"])


def refused(content: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        read_table(content)
    assert str(caught.value), "a sentence for the sender"
    return caught.value.code


def bomb(size: int) -> bytes:
    """A workbook with a part that unpacks to so many bytes."""
    out = io.BytesIO(GOOD)
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/x.xml", "w") as part,
    ):
        for _piece in range(size // 1_000_000):
            part.write(bytes(1_000_000))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n\0\0 ", "empty"),
        (b"%PDF-1.7", "wrong_type"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "wrong_type"),
        (b"MZ\x90" + bytes(90), "wrong_type"),
        (b"<html><table><tr><td>x</td></tr></table>", "wrong_type"),
        (workbooks.OLE + bytes(600), "old_excel"),
        (workbooks.OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04" + bytes(100), "broken"),
        (GOOD[: len(GOOD) // 2], "broken"),
        (repacked(GOOD, {"xl/vbaProject.bin": b"x"}), "macros"),
        (repacked(GOOD, {"xl/workbook.xml": None, "word/document.xml": b"<x/>"}), "wrong_type"),
        (repacked(GOOD, {SHEET: b"<worksheet><sheetData>"}), "broken"),
        (b"x" * (reading.BYTES + 1), "too_large"),
        (b"a,b\r\n" + b"1,2\r\n" * 20_100, "too_many_rows"),
        (bytes(range(128, 256)) * 20, "encoding"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_list_is_refused(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_a_workbook_that_says_it_has_macros_is_refused() -> None:
    types = part_of(GOOD, "[Content_Types].xml").replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")
    assert refused(repacked(GOOD, {"[Content_Types].xml": types})) == "macros"


def test_an_archive_behind_a_password_is_refused() -> None:
    content = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    assert refused(bytes(content)) == "password"


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
    ids=["bomb", "file", "address"],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_part_with_a_document_type_is_refused(part: str, declared: bytes) -> None:
    xml = part_of(GOOD, part)
    head, mark, rest = xml.partition(b"?>") if xml.startswith(b"<?xml") else (b"", b"", xml)
    assert refused(repacked(GOOD, {part: head + mark + declared + rest})) == "declares"


def test_links_to_other_workbooks_are_not_followed() -> None:
    book = Workbook()
    book.active.append(["Họ và tên", "='[http://127.0.0.1:9/x.xlsx]A'!A1"])
    ((_number, row),) = read_table(saved(book)).rows
    assert is_formula(row[1])


def test_a_zip_bomb_is_refused_without_unpacking_it() -> None:
    content = bomb(400_000_000)
    assert len(content) < 1_000_000
    assert refused(content) == "bomb"


def test_rows_that_are_numbered_into_the_millions_do_not_hold_the_reader_up() -> None:
    sheet = (
        part_of(GOOD, SHEET).replace(b'<row r="2"', b'<row r="1048576"').replace(b'r="A2"', b'r="A1048576"')
    )
    rows = read_table(repacked(GOOD, {SHEET: sheet})).rows
    assert [number for number, _cells in rows] == [1, 1_048_576], "no row is lost on the way"


MEASURE = """
import re, sys, time
from pathlib import Path
from portal.sheets.reading import read_table
from portal.sheets.writing import with_remarks
content = Path(sys.argv[1]).read_bytes()
started = time.process_time()
try:
    table = read_table(content)
    rows = len(table.rows)
    with_remarks(content, table, 1, "Lý do", {3: "sai"})
except Exception as error:
    rows = getattr(error, "code", repr(error))
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(rows, int(peak) // 1024, time.process_time() - started)
"""


def cost(content: bytes, tmp_path: Path) -> tuple[str, int, float]:
    """What reading gives, the megabytes and the seconds of reading and giving it back, in a process of its own."""
    path = tmp_path / "file"
    path.write_bytes(content)
    program = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'\nimport django; django.setup()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program + MEASURE, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    rows, megabytes, seconds = done.stdout.split()[-3:]
    return rows, int(megabytes), float(seconds)


def test_twenty_thousand_rows_take_bounded_memory(tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Danh sách")
    for number in range(20_000):
        sheet.append(
            [f"Nguyễn Văn Người {number}", "12/03/1989", f"0721890{number:05d}", *["ấp Bùng Binh"] * 12]
        )
    rows, megabytes, _seconds = cost(saved(book), tmp_path)
    assert rows == "20000"
    assert megabytes < 200


@pytest.mark.parametrize(
    "name", ["full_cells", "full_texts", "long_shared_strings", "many_formats", "columns_of_a_csv"]
)
def test_what_costs_most_costs_little(name: str, tmp_path: Path) -> None:
    _rows, megabytes, seconds = cost(hostile.FILES[name](), tmp_path)
    assert megabytes <= 300
    assert seconds <= 10


LIGHT = {
    "merges_of_one_range": 3, "merges_that_overlap": 3, "links_over_whole_columns": 3, "a_far_cell_on_another_sheet": 3,
    "a_far_cell_in_the_list": 3, "deep_nesting": "bomb", "many_sheets": "bomb", "a_huge_attribute": "bomb",
    "a_huge_comment": "bomb", "a_size_that_lies": "broken", "many_parts": "bomb", "long_formulas": 19_004,
}  # fmt: skip


@pytest.mark.parametrize("name", LIGHT)
def test_what_is_only_described_is_not_made(name: str) -> None:
    """The peak of what Python allocates, which for these files is next to nothing."""
    content = hostile.FILES[name]()
    tracemalloc.start()
    try:
        try:
            table = read_table(content)
            found: int | str = len(table.rows)
            back = with_remarks(content, table, 1, "Lý do", {3: "sai"})
            assert any("sai" in cells for _number, cells in read_table(back).rows)
        except FileRefused as refusal:
            found = refusal.code
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == LIGHT[name]
    assert peak < 40_000_000
