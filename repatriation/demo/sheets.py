"""A sheet that the checkpoint kept while its line was down: checked, with a mistake and somebody recorded already."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from citizens.demo_people import Crowd
from portal.demo import Stage
from portal.places.models import Place
from portal.records.actors import SYSTEM
from portal.records.transitions import transition
from portal.sheets.writing import workbook
from portal.ui.formats import vn_date, vn_time
from repatriation.importing import actions as importing
from repatriation.importing.checking import silent
from repatriation.models import Arrival, Campaign, ImportBatch
from repatriation.on_paper.checking import check_sheet
from repatriation.on_paper.columns import COLUMNS

HOMES = ("Xã Hưng Thuận", "Phường Trảng Bàng", "Phường Gò Dầu")


def make_arrival_sheets(stage: Stage, campaign: Campaign) -> None:
    """Make the sheet once; none in a demo without families."""
    sheets = ImportBatch.objects.filter(kind=ImportBatch.Kind.ARRIVALS)
    if not stage.families or sheets.exists():
        return
    place = Place.objects.get(code="cp-suoi-sau")
    content = workbook(
        {
            "Người đã đến": [
                [str(column.heading) for column in COLUMNS],
                *([row.get(column.key, "") for column in COLUMNS] for row in _rows(stage, place)),
            ]
        }
    )
    batch = importing.upload(
        campaign,
        "phieu-giay-dem-mat-mang.xlsx",
        content,
        by=stage.shared["users"]["chot"],
        client_key=uuid.UUID(int=stage.rng.getrandbits(128), version=4),
        kind=ImportBatch.Kind.ARRIVALS,
        place=place,
    )
    transition(batch, "check", by=SYSTEM)
    check_sheet(ImportBatch.objects.get(pk=batch.pk), silent)


def _rows(stage: Stage, place: Place) -> list[dict[str, str]]:
    """Return three families who came by themselves, and one that was entered on the screen after all."""
    crowd = Crowd(stage.rng, timezone.localdate(stage.now))
    came = timezone.localtime(stage.now - dt.timedelta(hours=2))
    moment = {"came_on": vn_date(came), "came_at": vn_time(came)}
    rows = []
    for family, home in enumerate(HOMES, start=1):
        for index, who in enumerate(crowd.family()):
            row = {
                "family": str(family),
                "full_name": who.full_name,
                "birth": vn_date(who.birth_date) if who.birth_date else str(who.birth_year),
                "sex": "Nữ" if who.sex == "female" else "Nam",
                "identity": who.identity_number or "",
                "temperature": "36,8",
                "test": "Âm tính",
                "decision": "Về nhà",
                **moment,
            }
            if index == 0:
                row |= {"phone": crowd.phone().replace("+84", "0"), "home": home}
            rows.append(row)
    rows[0] |= {"test": "Dương tính"}  # and still "home": the mistake to mend
    for arrival in _last_family(place):
        born = arrival.person.birth_date
        rows.append(
            {
                "code": arrival.registration.code if arrival.registration else "",
                "full_name": arrival.person.full_name,
                "birth": vn_date(born) if born else str(arrival.person.birth_year),
                "temperature": "38,1",
                **moment,
            }
        )
    return rows


def _last_family(place: Place) -> list[Arrival]:
    rows = Arrival.objects.standing().filter(checkpoint=place).exclude(registration=None)
    last = rows.order_by("-at", "pk").first()
    if last is None:
        return []
    family = rows.filter(registration=last.registration).select_related("person", "registration")
    return list(family.order_by("pk"))
