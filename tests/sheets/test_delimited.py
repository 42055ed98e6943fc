"""Text files: their separator, and quotation marks that nobody closed."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.sheets.delimited import SEPARATORS, separator_of
from portal.sheets.reading import FileRefused, read_table

HEADINGS = ["Họ và tên", "Ngày sinh", "Tỉnh, thành phố; nơi ở", "Quê"]
fields = st.text(st.sampled_from("Nguyễn Thị ,;|\t\"0123/'"), max_size=25)
rows = st.lists(st.lists(fields, min_size=4, max_size=4), min_size=1, max_size=12)


def written(table: list[list[str]], separator: str, quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=quoting, lineterminator="\r\n").writerows(table)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("separator", list(SEPARATORS))
@given(rows)
def test_a_file_is_read_by_the_sign_with_which_it_was_written(separator: str, table: list[list[str]]) -> None:
    assert separator_of(written([HEADINGS, *table], separator, csv.QUOTE_ALL)) == separator


@pytest.mark.parametrize("separator", list(SEPARATORS))
@given(st.lists(st.integers(0, 12), min_size=1, max_size=20), st.sampled_from(SEPARATORS))
def test_other_signs_in_the_fields_do_not_count_however_many(
    separator: str, many: list[int], other: str
) -> None:
    address = [f"12{other} hẻm 7" * count for count in many]
    table = [["Nguyễn Thị Hoa", "1979", text.replace(separator, " "), "Hưng Thuận"] for text in address]
    headings = [heading.replace(separator, " ") for heading in HEADINGS]
    assert (
        separator_of("\r\n".join(separator.join(row) for row in [["DANH SÁCH"], headings, *table]))
        == separator
    )


def test_decimals_with_a_comma_do_not_part_a_file_with_semicolons() -> None:
    assert separator_of("Tên;Năm, tháng\r\nHoa;1955,0\r\nSáu;1960,0\r\n") == ";"


GOOD = ["1,Hoa,1979,ấp 1", "2,Sáu,1955,ấp 2", "3,Lan,1960,ấp 3", "4,Na,1999,ấp 4"]


@given(st.integers(0, 3), st.sampled_from(["", "quán ", '"'.join("ab")]), st.booleans())
def test_a_quotation_mark_that_is_not_closed_is_refused_with_its_line(
    place: int, text: str, is_closed_later: bool
) -> None:
    lines = list(GOOD)
    lines[place] = lines[place].rpartition(",")[0] + f',"{text}'
    if is_closed_later and place < 3:
        lines[-1] += '"'
    with pytest.raises(FileRefused) as caught:
        read_table("\r\n".join(["Số,Tên,Năm,Ấp", *lines]).encode())
    assert caught.value.code == "open_quote"
    assert caught.value.params == {"line": place + 2}
    assert f"dòng {place + 2}" in str(caught.value)


def test_the_line_is_counted_as_an_editor_counts() -> None:
    content = 'Số,Tên,Năm,Ấp\n1,Hoa,1979,"ấp 1\nxã Hưng Thuận"\n2,Sáu,1955,"ấp\n3,Lan,1960,ấp 3\n'
    with pytest.raises(FileRefused) as caught:
        read_table(content.encode())
    assert caught.value.params == {"line": 4}


def test_a_field_of_several_lines_is_one_field() -> None:
    content = 'Số,Tên,Năm,Ấp\n1,Hoa,1979,"ấp 1,\nxã Hưng Thuận, thị xã\n(gần chợ)"\n2,Sáu,1955,ấp 2\n'
    assert [row[0] for _number, row in read_table(content.encode()).rows] == ["Số", "1", "2"]


@given(rows)
def test_a_good_file_loses_no_row(table: list[list[str]]) -> None:
    table = [[f"x{field}" for field in row] for row in table]
    found = read_table(written([HEADINGS, *table], ";").encode()).rows
    assert len(found) == len(table) + 1
