"""Sheets of arrivals for the tests."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from citizens.models import Person
from portal.ui.formats import vn_date
from repatriation.importing import actions as importing
from repatriation.models import ImportBatch, Registration
from repatriation.on_paper.columns import COLUMNS
from tests.repatriation.world.road import people_of
from tests.sheets.files import xlsx

HEADINGS = [str(column.heading) for column in COLUMNS]
KEYS = [column.key for column in COLUMNS]


def came(hours: float = 3) -> dict[str, str]:
    """The day and hour so many hours ago, as the paper has them."""
    moment = timezone.localtime(timezone.now() - dt.timedelta(hours=hours))
    return {"came_on": vn_date(moment), "came_at": f"{moment:%H:%M}"}


def line(person: Person | None = None, **changes: Any) -> dict[str, Any]:
    """A row about somebody who is known, or about Lê Văn Sáu, who is on nobody's list."""
    values: dict[str, Any] = {"full_name": "Lê Văn Sáu", "birth": "1955", "sex": "Nam", **came()}
    if person is not None:
        born = person.birth_date
        values |= {"full_name": person.full_name, "birth": vn_date(born) if born else str(person.birth_year)}
        values |= {"sex": "Nữ" if person.sex == "female" else "Nam"}
    elif "home" not in changes:
        values["home"] = "Xã Hưng Thuận"
    return values | changes


def lines_of(row: Registration, **changes: Any) -> list[dict[str, Any]]:
    return [line(person, code=row.code, **changes) for person in people_of(row)]


def workbook_of(*lines: dict[str, Any]) -> bytes:
    return xlsx(HEADINGS, *([one.get(key, "") for key in KEYS] for one in lines))


def uploaded(road: SimpleNamespace, *lines: dict[str, Any], **changes: Any) -> ImportBatch:
    values = {"by": road.barrier, "client_key": uuid.uuid4(), "place": road.checkpoint, **changes}
    content = values.pop("content", None) or workbook_of(*lines)
    return importing.upload(road.campaign, "dem.xlsx", content, kind=ImportBatch.Kind.ARRIVALS, **values)


def checked(road: SimpleNamespace, *lines: dict[str, Any], **changes: Any) -> ImportBatch:
    batch = uploaded(road, *lines, **changes)
    importing.work_on(batch.pk)
    batch.refresh_from_db()
    return batch


def recorded(road: SimpleNamespace, *lines: dict[str, Any], **changes: Any) -> ImportBatch:
    batch = checked(road, *lines, **changes)
    importing.order_commit(batch, by=road.barrier)
    importing.work_on(batch.pk)
    batch.refresh_from_db()
    return batch


def verdicts(batch: ImportBatch) -> list[str]:
    return list(batch.lines.values_list("verdict", flat=True))


def codes(batch: ImportBatch) -> list[set[str]]:
    """What is wrong or odd in each row."""
    return [{fault["code"] for fault in [*row.errors, *row.remarks]} for row in batch.lines.all()]
