"""The check of a sheet of arrivals: every row is stored with its verdict, and counted."""

from __future__ import annotations

from portal import bulk
from portal.places.text import fold
from portal.records.actors import SYSTEM
from portal.records.transitions import transition
from portal.sheets.headings import Headings
from portal.sheets.reading import Table, read_table
from repatriation.importing.checking import Progress, layout_of
from repatriation.importing.families import ListLine
from repatriation.models import ImportBatch, ImportRow
from repatriation.on_paper.columns import find_headings
from repatriation.on_paper.matching import match_families
from repatriation.on_paper.reading import group, read_lines

Verdict = ImportRow.Verdict


def read(content: bytes) -> tuple[Table, Headings]:
    """Return the table of a file and the places of its columns. Raises `FileRefused`."""
    table = read_table(content)
    return table, find_headings(table.rows)


def check_sheet(batch: ImportBatch, progress: Progress) -> None:
    """Read the file of a batch that is being checked, and store every row with its verdict. Raises `FileRefused`."""
    table, headings = read(bytes(batch.file.content))
    lines = read_lines(table, headings, batch.campaign)
    progress(len(lines) // 2, len(lines))
    families = group(lines)
    match_families(families, batch.campaign, batch.place)
    good = {number for number, family in families.items() if not any(line.errors for line in family)}
    rows = [_row(batch, line, line.family in good) for line in lines]
    batch.lines.all().delete()
    bulk.insert(rows)
    to_record = [row for row in rows if row.verdict in {Verdict.GOOD, Verdict.ODD}]
    transition(
        batch,
        "checked",
        by=SYSTEM,
        layout=layout_of(table, headings),
        rows=len(rows),
        rows_wrong=sum(row.verdict == Verdict.WRONG for row in rows),
        rows_odd=sum(row.verdict == Verdict.ODD for row in rows),
        families=len(families),
        families_good=len({row.family for row in to_record}),
        people_good=len(to_record),
        done=len(rows),
        total=len(rows),
        attempts=0,
    )


def _row(batch: ImportBatch, line: ListLine, is_good: bool) -> ImportRow:
    verdict = _verdict(line, is_good)
    already = line.values.get("already") if verdict == Verdict.ALREADY else None
    return ImportRow(
        batch=batch,
        number=line.number,
        family=line.family,
        verdict=verdict,
        search_name=fold(line.values.get("full_name") or line.values.get("typed_name", ""))[:120],
        values=line.values,
        errors=[fault.to_json() for fault in line.errors],
        remarks=[fault.to_json() for fault in line.remarks],
        person_id=line.values.get("person") if already else None,
        arrival_id=already,
    )


def _verdict(line: ListLine, is_good: bool) -> str:
    if line.errors:
        return Verdict.WRONG
    if line.values.get("already"):
        return Verdict.ALREADY
    if not is_good:
        return Verdict.LEFT_OUT
    return Verdict.ODD if line.remarks else Verdict.GOOD
