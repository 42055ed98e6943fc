"""Two lists of a hometown association: one taken in, one with mistakes that waits for its sender."""

from __future__ import annotations

import random
import uuid

from django.utils import timezone

from citizens.demo_people import Crowd
from portal.accounts.models import User
from portal.demo import Stage
from portal.records.actors import SYSTEM
from portal.records.transitions import transition
from portal.sheets.writing import workbook
from portal.ui.formats import vn_date
from repatriation.importing import actions as importing
from repatriation.importing import commit as import_commit
from repatriation.importing.checking import silent
from repatriation.importing.columns import COLUMNS
from repatriation.models import Campaign, ImportBatch

FAMILIES = 8
HOMES = ("Xã Hưng Thuận", "Phường Trảng Bàng", "Phường Gò Dầu", "Xã Phước Chỉ")
ORIGINS = ("TP Hồ Chí Minh", "Bình Dương")
# The mistakes in the second list, by row.
MISTAKES: dict[int, dict[str, str]] = {
    0: {"birth": "31/02/1990"},
    2: {"home": "Xã Hưng Thuân Đông"},
    3: {"full_name": "Nguyễn Thị Út (0987654321)"},
    4: {"phone": "1022"},
    5: {"identity": "07218400482"},
    6: {"full_name": "", "reasons": "lý do riêng"},
    7: {"doses": "2", "test_kind": "test nhanh", "test_outcome": "âm tính"},
}


def make_imports(stage: Stage, campaign: Campaign) -> None:
    """Make both lists once; none in a demo without families."""
    if (
        not stage.families
        or ImportBatch.objects.filter(campaign=campaign, kind=ImportBatch.Kind.REGISTRATIONS).exists()
    ):
        return
    officer = stage.shared["users"]["donghuong"]
    crowd = Crowd(stage.rng, timezone.localdate(stage.now))
    good = _upload(stage, campaign, "hoi-dong-huong-dot-1.xlsx", _rows(crowd, stage.rng), officer)
    batch = importing.order_commit(good, by=officer)
    import_commit.register_families(batch, silent, rng=stage.rng)
    transition(batch, "committed", by=officer, committed_at=timezone.now())
    rows = _rows(crowd, stage.rng)
    for number, mistakes in MISTAKES.items():
        rows[number] |= mistakes
    _upload(stage, campaign, "hoi-dong-huong-dot-2.xlsx", rows, officer)


def _upload(
    stage: Stage, campaign: Campaign, name: str, rows: list[dict[str, str]], officer: User
) -> ImportBatch:
    content = workbook(
        {
            "Danh sách": [
                [str(column.heading) for column in COLUMNS],
                *([row.get(column.key, "") for column in COLUMNS] for row in rows),
            ]
        }
    )
    key = uuid.UUID(int=stage.rng.getrandbits(128), version=4)
    batch = importing.upload(campaign, name, content, by=officer, client_key=key)
    transition(batch, "check", by=SYSTEM)
    importing.check_file(ImportBatch.objects.get(pk=batch.pk), silent)
    return ImportBatch.objects.get(pk=batch.pk)


def _rows(crowd: Crowd, rng: random.Random) -> list[dict[str, str]]:
    rows = []
    for family in range(1, FAMILIES + 1):
        phone, home, origin = crowd.phone(), rng.choice(HOMES), rng.choice(ORIGINS)
        for index, who in enumerate(crowd.family()):
            row = {
                "family": str(family),
                "full_name": who.full_name,
                "birth": vn_date(who.birth_date) if who.birth_date else str(who.birth_year),
                "sex": "Nữ" if who.sex == "female" else "Nam",
                "identity": who.identity_number or "",
            }
            if index == 0:
                row |= {"phone": phone.replace("+84", "0"), "origin_province": origin, "home": home}
                row |= {"origin_address": crowd.city_address(), "home_address": crowd.home_address()}
                row |= {"reasons": "mất việc làm"}
            rows.append(row)
    return rows
