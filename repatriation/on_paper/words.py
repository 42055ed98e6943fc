"""The files that go with a sheet of arrivals: the template, and the sender's own file with reasons."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from portal.places.home import home_path
from portal.places.models import Place
from portal.sheets import writing
from repatriation.models import ImportBatch, ImportRow
from repatriation.on_paper import checking, faults
from repatriation.on_paper.columns import COLUMNS, ONE_OF

TEXT_ROWS = 500
Verdict = ImportRow.Verdict


def template() -> bytes:
    """Return an empty sheet with drop-downs; notes and an example stand on further sheets."""
    headings = [str(column.heading) for column in COLUMNS]
    notes = [[_("Cột"), _("Cách ghi")], *([str(one.heading), str(one.note)] for one in COLUMNS)]
    examples = [[column.example[number] for column in COLUMNS] for number in range(3)]
    communes = Place.objects.active().filter(kind=Place.Kind.COMMUNE, path__startswith=home_path())
    facilities = Place.objects.active().filter(kind=Place.Kind.FACILITY, path__startswith=home_path())
    lists = {key: [str(label) for label in labels] for key, labels in ONE_OF.items()}
    lists["home"] = [place.name for place in communes.by_name()]
    lists["facility"] = [place.name for place in facilities.by_name()]
    return writing.workbook(
        {_("Người đã đến"): [headings], _("Cách ghi"): notes, _("Ví dụ"): [headings, *examples]},
        text_rows=TEXT_ROWS,
        choices={number: lists[column.key] for number, column in enumerate(COLUMNS) if lists.get(column.key)},
        choices_name=_("Danh mục"),
    )


def with_reasons(batch: ImportBatch, content: bytes) -> bytes:
    """Return the sender's own file with a column that says what became of each row that was not recorded."""
    table, headings = checking.read(content)
    rows = batch.lines.exclude(verdict__in=[Verdict.GOOD, Verdict.ODD])
    remarks = {
        number: faults.remark(
            remarks if verdict == Verdict.ALREADY else errors, left_out=verdict == Verdict.LEFT_OUT
        )
        for number, errors, remarks, verdict in rows.values_list("number", "errors", "remarks", "verdict")
    }
    return writing.with_remarks(content, table, headings.row, _("Kết quả kiểm tra"), remarks)


def faults_of(row: ImportRow) -> list[dict[str, Any]]:
    """Return the sentences of a row for its page: first what is wrong, then what to look at."""
    sentences = [{"text": faults.text_of(fault), "tone": "bad"} for fault in row.errors]
    if row.verdict == Verdict.LEFT_OUT:
        sentences.append({"text": faults.remark([], left_out=True), "tone": "plain"})
    return sentences + [{"text": faults.text_of(fault), "tone": "wait"} for fault in row.remarks]


def counts_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """Return how many rows have each verdict; they add up to the rows of the file. One query."""
    found = batch.lines.order_by().values_list("verdict").annotate(number=Count("pk"))
    counts = dict(found)
    return [
        {"label": label, "tone": ImportRow.TONES[value], "value": value, "number": counts.get(value, 0)}
        for value, label in Verdict.choices
    ]
