"""Small files that cost memory or time where a reader makes what they describe before it counts it.

Each is a function that returns the bytes, by the name under which tests and the bench report it.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from functools import cache

from openpyxl import Workbook

from tests.repatriation.world.lists import HEADINGS, MOTHER, UNCLE, row, workbook_of
from tests.sheets.files import part_of, repacked, saved, xlsx

SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


@cache
def good() -> bytes:
    """A list of two families, one of them with a mistake."""
    return workbook_of(MOTHER, UNCLE | {"Ngày sinh": "31/02/1955"})


def _in_sheet(before: bytes = b"", rows: bytes = b"", after: bytes = b"") -> bytes:
    """The good list with more in its sheet: before the rows, behind the last row, after the rows."""
    sheet = part_of(good(), SHEET)
    sheet = sheet.replace(b"<sheetData>", before + b"<sheetData>")
    return _hidden_in({SHEET: sheet.replace(b"</sheetData>", rows + b"</sheetData>" + after)})


def merges_of_one_range() -> bytes:
    return _in_sheet(after=b"<mergeCells>" + b'<mergeCell ref="A1:A30000"/>' * 1_500 + b"</mergeCells>")


def merges_that_overlap() -> bytes:
    ranges = "".join(f'<mergeCell ref="A{top}:A{top + 30_000}"/>' for top in range(2, 20_000))
    return _in_sheet(after=f"<mergeCells>{ranges}</mergeCells>".encode())


def links_over_whole_columns() -> bytes:
    link = b'<hyperlink ref="A1:XFD30000" location="A1"/>'
    return _in_sheet(after=b"<hyperlinks>" + link * 500 + b"</hyperlinks>")


def a_far_cell_on_another_sheet() -> bytes:
    book = Workbook()
    for cells in (HEADINGS, row(MOTHER), row(UNCLE | {"Ngày sinh": "31/02/1955"})):
        book.active.append(cells)
    book.create_sheet("Nháp").cell(5_000, 500, "x")
    return saved(book)


def a_far_cell_in_the_list() -> bytes:
    return _in_sheet(rows=b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>')


def long_shared_strings() -> bytes:
    """95 MB of texts in less than one."""
    item = b"<si><t>" + b"Nguy\xe1\xbb\x85n " * 1_000 + b"</t></si>"
    return _with_strings(item * (95_000_000 // len(item)))


def many_shared_strings() -> bytes:
    return _with_strings(b"<si><t>a</t></si>" * (95_000_000 // 17))


def one_shared_string() -> bytes:
    return _with_strings(b"<si><t>" + b"x" * 95_000_000 + b"</t></si>")


def _with_strings(items: bytes) -> bytes:
    """The good list with shared strings."""
    relations = part_of(good(), RELATIONS)
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = b'<Relationship Id="s" Type="' + kind + b'" Target="sharedStrings.xml"/></Relationships>'
    return _hidden_in(
        {STRINGS: b"<sst>" + items + b"</sst>", RELATIONS: relations.replace(b"</Relationships>", relation)}
    )


def _hidden_in(changes: dict[str, bytes]) -> bytes:
    """The good list with these parts, and so much chance beside them that the archive packs no better than others."""
    chance = random.Random(8).randbytes(sum(map(len, changes.values())) // 140)
    return repacked(good(), changes | {"xl/media/image1.png": chance})


def a_million_empty_cells() -> bytes:
    """As a sheet becomes in which somebody has given borders to everything."""
    cells = b'<c s="1"/>' * 50
    return _in_sheet(rows=(b"<row>" + cells + b"</row>") * 20_000)


def empty_rows() -> bytes:
    return _in_sheet(rows=b'<row ht="15"/>' * 1_000_000)


def far_rows() -> bytes:
    """Cells of spaces, so that each row exists and is empty all the same."""
    return _in_sheet(rows=b'<row><c t="str"><v> </v></c></row>' * 1_000_000)


def full_cells() -> bytes:
    """Twenty thousand rows of a hundred numbers."""
    cells = b"<c><v>1</v></c>" * 100
    return _in_sheet(rows=(b"<row>" + cells + b"</row>") * 19_000)


def full_texts() -> bytes:
    cells = b'<c t="inlineStr"><is><t>' + "Nguyễn Thị ".encode() * 20 + b"</t></is></c>"
    return _in_sheet(rows=(b"<row>" + cells * 20 + b"</row>") * 15_000)


def deep_nesting() -> bytes:
    return _in_sheet(before=b"<a>" * 2_000_000 + b"</a>" * 2_000_000)


def many_sheets() -> bytes:
    sheets = "".join(
        f'<sheet name="S{number}" sheetId="{number}" r:id="rId1"/>' for number in range(2, 200_000)
    )
    book = part_of(good(), "xl/workbook.xml")
    return _hidden_in({"xl/workbook.xml": book.replace(b"</sheets>", sheets.encode() + b"</sheets>")})


def a_huge_attribute() -> bytes:
    return _in_sheet(before=b'<sheetPr codeName="' + b"x" * 90_000_000 + b'"/>')


def a_huge_comment() -> bytes:
    return _in_sheet(before=b"<!--" + b"x" * 90_000_000 + b"-->")


def many_hidden_columns() -> bytes:
    return _in_sheet(before=b"<cols>" + b'<col min="1" max="99" hidden="1"/>' * 1_000_000 + b"</cols>")


def many_styles() -> bytes:
    styles = part_of(good(), STYLES)
    return _hidden_in(
        {STYLES: styles.replace(b"</cellXfs>", b'<xf numFmtId="14"/>' * 3_000_000 + b"</cellXfs>")}
    )


def many_formats() -> bytes:
    formats = "".join(f'<numFmt numFmtId="{n}" formatCode="{"y" * 3_000}"/>' for n in range(200, 20_000))
    styles = part_of(good(), STYLES)
    return _hidden_in({STYLES: styles.replace(b"<fonts", f"<numFmts>{formats}</numFmts><fonts".encode(), 1)})


def long_formulas() -> bytes:
    """One long formula that a hundred thousand cells share: openpyxl writes it anew for each."""
    first = b'<row><c r="A9"><f t="shared" ref="A9:A200000" si="0">' + b"A1+" * 2_500 + b"1</f></c></row>"
    return _in_sheet(rows=first + b'<row><c><f t="shared" si="0"/></c></row>' * 19_000)


def many_comments() -> bytes:
    comment = b'<comment ref="A1" authorId="0"><text><r><t>x</t></r></text></comment>'
    return _hidden_in(
        {"xl/comments1.xml": b"<comments><commentList>" + comment * 700_000 + b"</commentList></comments>"}
    )


def many_parts() -> bytes:
    out = io.BytesIO(good())
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(50_000):
            archive.writestr(f"x{number}", b"")
    return out.getvalue()


def a_size_that_lies() -> bytes:
    """The archive says that the sheet has a thousand bytes; it has ninety million."""
    content = bytearray(a_huge_comment())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size.to_bytes(4, "little")
    return bytes(content.replace(size, (1_000).to_bytes(4, "little")))


def columns_of_a_csv() -> bytes:
    return b",".join(f"c{n}".encode() for n in range(100)) + b"\r\n" + (b"ab," * 100 + b"\r\n") * 19_000


def one_line_of_a_csv() -> bytes:
    return b"a,b\r\n" + b"a," * 4_900_000


FILES: dict[str, Callable[[], bytes]] = {
    one.__name__: one
    for one in (
        merges_of_one_range, merges_that_overlap, links_over_whole_columns, a_far_cell_on_another_sheet,
        a_far_cell_in_the_list, long_shared_strings, many_shared_strings, one_shared_string, a_million_empty_cells,
        empty_rows, far_rows, full_cells, full_texts, deep_nesting, many_sheets, a_huge_attribute, a_huge_comment,
        many_hidden_columns, many_styles, many_formats, long_formulas, many_comments, a_size_that_lies, many_parts, columns_of_a_csv,
        one_line_of_a_csv,
    )
}  # fmt: skip

__all__ = ["FILES", "good", "xlsx"]
