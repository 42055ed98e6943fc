"""Who may do what with a handover at each state: one table, asked by the actions and written in docs/handover.md."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from portal.accounts.models import User
from portal.records.refusals import Refused
from repatriation.editing import EDITS, Side, may_edit, require_edit
from repatriation.handover.actions import accept, refuse
from repatriation.handover.routing import close_open
from repatriation.models import Handover
from tests.factories import fresh
from tests.repatriation.world.road import handed_over
from tests.repatriation.world.transfers import at_home, moved

DOC = Path(__file__).resolve().parents[3] / "docs" / "handover.md"
WRITE = "WRITE_DOCS"
SIDES = {Side.SENDER: "sender", Side.RECEIVER: "receiver", Side.PROVINCE: "province"}


def transitions_table() -> list[str]:
    lines = ["| verb | from | to |", "|---|---|---|"]
    for verb, (sources, target) in Handover.TRANSITIONS.items():
        lines.append(f"| `{verb}` | {', '.join(sorted(map(str, sources)))} | {target} |")
    return lines


def edits_table() -> list[str]:
    lines = ["| what | on the page | kind | sender | receiver | province |", "|---|---|---|---|---|---|"]
    with translation.override("vi"):
        for key, edit in EDITS.items():
            kind = "both" if len(edit.kinds) > 1 else str(edit.kinds[0])
            states = [", ".join(map(str, edit.states(side))) or "–" for side in Side]
            lines.append(f"| `{key}` | {edit.title} | {kind} | {' | '.join(states)} |")
    return lines


def generated(text: str) -> str:
    """The page with both tables as the code has them."""
    for name, lines in (("transitions", transitions_table()), ("edits", edits_table())):
        part = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        assert part.search(text), f"docs/handover.md has no part <!-- {name} -->"
        table = "\n".join(lines)
        text = part.sub(lambda match, table=table: f"{match[1]}\n{table}\n\n{match[2]}", text)
    return text


def test_the_page_has_the_tables_of_the_code() -> None:
    """Written anew by: WRITE_DOCS=1 bin/test tests/repatriation/handover/test_editing.py"""
    text = DOC.read_text(encoding="utf-8")
    wanted = generated(text)
    if os.environ.get(WRITE):
        DOC.write_text(wanted, encoding="utf-8")
        return
    diff = "\n".join(
        difflib.unified_diff(text.splitlines(), wanted.splitlines(), "docs", "code", lineterm="")
    )
    assert not diff, f"docs/handover.md is out of date; {WRITE}=1 with this test writes it anew:\n{diff}"


def in_state(road: SimpleNamespace, kind: str, status: str) -> Handover:
    (row,) = handed_over(road, 1) if kind == "arrival" else moved(road, at_home(road, 1))
    receiver = road.here if kind == "arrival" else road.outside
    if status == "accepted":
        accept([row], by=receiver)
    elif status == "refused":
        refuse([row], by=receiver, reason="Hết chỗ")
    elif status == "withdrawn":
        close_open([row], by=road.coordinator, reason="Ghi nhầm")
    return Handover.objects.select_related("from_place", "to_place", "person", "decided_by").get(pk=row.pk)


def officers(road: SimpleNamespace, kind: str) -> dict[Side, User]:
    sender, receiver = (road.barrier, road.here) if kind == "arrival" else (road.here, road.outside)
    return {
        Side.SENDER: fresh(sender),
        Side.RECEIVER: fresh(receiver),
        Side.PROVINCE: fresh(road.coordinator),
    }


@pytest.mark.parametrize("status", Handover.Status.values)
@pytest.mark.parametrize("kind", Handover.Kind.values)
def test_each_side_may_do_what_the_table_says_and_nothing_else(
    road: SimpleNamespace, kind: str, status: str
) -> None:
    row = in_state(road, kind, status)
    for side, user in officers(road, kind).items():
        for key, edit in EDITS.items():
            wanted = kind in edit.kinds and status in edit.states(side)
            assert may_edit(user, key, row) == wanted, (key, side, status)
            if wanted:
                require_edit(user, key, [row])
            else:
                refusal = Refused if edit.states(side) and kind in edit.kinds else PermissionDenied
                with pytest.raises(refusal):
                    require_edit(user, key, [row])


def test_whoever_stands_on_no_side_may_do_nothing(road: SimpleNamespace) -> None:
    row = in_state(road, "arrival", "sent")
    for user in (road.elsewhere, road.viewer, road.outside, road.leader):
        assert not any(may_edit(fresh(user), key, row) for key in EDITS)


def test_an_old_page_reads_who_accepted_and_when(road: SimpleNamespace) -> None:
    row = in_state(road, "arrival", "accepted")
    for key, user in (("refuse", road.same), ("take_back_arrival", road.barrier)):
        with pytest.raises(Refused, match="đã được Xã Hưng Thuận tiếp nhận lúc"):
            require_edit(user, key, [row])
