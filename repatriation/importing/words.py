"""The texts of a list's page, and the files that go with it: the template, and the list with reasons."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.sheets import writing
from portal.sheets.headings import Skipped
from repatriation.importing import checking, faults
from repatriation.importing.columns import COLUMNS
from repatriation.models import ImportBatch, ImportRow

SETBACKS = {
    "changed": gettext_lazy(
        "Trong lúc chờ, có người trong danh sách đã tự đăng ký hoặc hồ sơ đã đổi, nên chưa nhập gia đình nào. "
        "Danh sách đã được kiểm tra lại; vui lòng xem rồi nhập lại."
    ),
    "closed": gettext_lazy("Đợt này đã ngừng nhận đăng ký, nên chưa nhập gia đình nào."),
    "few_numbers": gettext_lazy(
        "Có quá nhiều gia đình không ai có số giấy tờ, nên chưa nhập gia đình nào. Vui lòng tách thành nhiều tệp."
    ),
    "died": gettext_lazy(
        "Việc nhập danh sách này đã hai lần phải dừng giữa chừng, nên chưa nhập gia đình nào. Vui lòng tách thành nhiều "
        "tệp nhỏ rồi gửi lại; nếu vẫn vậy, báo người quản trị."
    ),
    "trouble": gettext_lazy(
        "Hệ thống gặp trục trặc khi nhập, nên chưa nhập gia đình nào. Vui lòng nhập lại; nếu vẫn vậy, báo người "
        "quản trị."
    ),
}
TEXT_ROWS = 500
SKIPPED = {
    Skipped.COLUMN_NUMBERS: gettext_lazy("Dòng đánh số cột, không phải người"),
    Skipped.NOTES: gettext_lazy("Dòng ghi chú cách điền, không phải người"),
    Skipped.HEADINGS: gettext_lazy("Dòng tiêu đề lặp lại, không phải người"),
    Skipped.GROUP: gettext_lazy("Dòng tên nhóm (ấp, xã, hộ…), không phải người"),
    Skipped.SUM: gettext_lazy("Dòng cộng giữa danh sách, không phải người"),
    Skipped.EMPTY: gettext_lazy("Dòng chỉ có số thứ tự, chưa điền người nào"),
    Skipped.END: gettext_lazy("Dòng tổng cộng, chữ ký ở cuối, không phải người"),
}


def setback_text(batch: ImportBatch) -> str:
    return str(SETBACKS[batch.setback]) if batch.setback else ""


def skipped_rows(batch: ImportBatch) -> dict[str, list[str]]:
    """Return the numbers of the rows that were left out, by the reason."""
    found: dict[str, list[str]] = {}
    for number, why in batch.layout.get("skipped", {}).items():
        found.setdefault(str(SKIPPED[Skipped(why)]), []).append(number)
    return {why: _shown(numbers) for why, numbers in found.items()}


def _shown(numbers: list[str]) -> list[str]:
    """Return so many numbers of rows as people read, many of them as ranges."""
    return numbers if len(numbers) <= checking.MOST_NAMED else checking.ranges_of(sorted(map(int, numbers)))


def template(kind: str) -> bytes:
    """Return an empty list with its headings; the Excel file has notes and an example on further sheets."""
    headings = [str(column.heading) for column in COLUMNS]
    if kind == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerow(headings)
        return out.getvalue().encode("utf-8-sig")
    notes = [[_("Cột"), _("Cách ghi")], *([str(one.heading), str(one.note)] for one in COLUMNS)]
    examples = [[column.example[number] for column in COLUMNS] for number in range(3)]
    return writing.workbook(
        {_("Danh sách"): [headings], _("Cách ghi"): notes, _("Ví dụ"): [headings, *examples]},
        text_rows=TEXT_ROWS,
    )


def with_reasons(batch: ImportBatch, content: bytes) -> bytes:
    """Return the sender's own file with a column that says why a row was not accepted."""
    table, headings = checking.read(content)
    remarks = {}
    rows = batch.lines.filter(verdict__in=[ImportRow.Verdict.WRONG, ImportRow.Verdict.LEFT_OUT])
    for number, errors, verdict in rows.values_list("number", "errors", "verdict"):
        remarks[number] = faults.remark(errors, verdict == ImportRow.Verdict.LEFT_OUT)
    return writing.with_remarks(content, table, headings.row, _("Lý do không nhận"), remarks)


def faults_of(row: ImportRow) -> list[dict[str, Any]]:
    """Return the sentences of a row for its page: first what is wrong, then what to look at."""
    sentences = [{"text": faults.text_of(fault), "tone": "bad"} for fault in row.errors]
    if row.verdict == ImportRow.Verdict.LEFT_OUT:
        sentences.append({"text": faults.remark([], left_out=True), "tone": "plain"})
    return sentences + [{"text": faults.text_of(fault), "tone": "wait"} for fault in row.remarks]
