"""Who may change what while a person is handed over: one table, which the actions ask and docs/handover.md shows.

A side is the place that sent the person, the place that receives them, or the province above both. Somebody who
stands on several sides may do what any of them may.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.records.refusals import Refused
from portal.ui.formats import vn_datetime
from repatriation.models import Handover
from repatriation.rules import may_decide, may_route

SENT, ACCEPTED, REFUSED, WITHDRAWN = Handover.Status
ARRIVAL, TRANSFER = Handover.Kind


class Side(StrEnum):
    SENDER = "sender"
    RECEIVER = "receiver"
    PROVINCE = "province"


@dataclass(frozen=True)
class Edit:
    """One thing that changes, and the states of the handover in which each side may change it."""

    title: Any
    sender: Sequence[str] = ()
    receiver: Sequence[str] = ()
    province: Sequence[str] = ()
    kinds: Sequence[str] = (ARRIVAL, TRANSFER)

    def states(self, side: Side) -> Sequence[str]:
        states: Sequence[str] = getattr(self, side)
        return states


EDITS: dict[str, Edit] = {
    "correct_arrival": Edit(
        gettext_lazy("Sửa lượt đến"), (SENT, REFUSED), (ACCEPTED,), (SENT, ACCEPTED, REFUSED), (ARRIVAL,)
    ),
    "take_back_arrival": Edit(gettext_lazy("Bỏ lượt đến ghi nhầm"), (SENT, REFUSED), kinds=(ARRIVAL,)),
    "accept": Edit(gettext_lazy("Tiếp nhận"), receiver=(SENT,)),
    "refuse": Edit(gettext_lazy("Từ chối, nêu lý do"), receiver=(SENT,)),
    "undo_accept": Edit(gettext_lazy("Rút lại việc tiếp nhận vừa bấm"), receiver=(ACCEPTED,)),
    "undo_refuse": Edit(gettext_lazy("Rút lại việc từ chối vừa bấm"), receiver=(REFUSED,)),
    "correct_answer": Edit(gettext_lazy("Mở lại câu trả lời, nêu lý do"), province=(ACCEPTED, REFUSED)),
    "confirm_home": Edit(gettext_lazy("Xác nhận về nhà an toàn"), receiver=(ACCEPTED,)),
    "reroute": Edit(gettext_lazy("Chuyển nơi tiếp nhận"), province=(SENT, REFUSED)),
    "withdraw": Edit(gettext_lazy("Rút lại việc chuyển"), sender=(SENT,), kinds=(TRANSFER,)),
    "keep": Edit(gettext_lazy("Giữ lại, không chuyển nữa"), sender=(REFUSED,), kinds=(TRANSFER,)),
    "record_exception": Edit(gettext_lazy("Ghi trường hợp riêng"), province=(SENT, ACCEPTED, REFUSED)),
}


def sides_of(user: User, row: Handover) -> set[Side]:
    """Return the sides of a handover on which the user may change something."""
    sends = Permission.RECORD_ARRIVALS if row.kind == ARRIVAL else Permission.DECIDE_HANDOVERS
    sides = {
        Side.SENDER: user.may(sends, row.from_place),
        Side.RECEIVER: may_decide(user, row),
        Side.PROVINCE: may_route(user, row),
    }
    return {side for side, stands in sides.items() if stands}


def may_edit(user: User, key: str, row: Handover) -> bool:
    """Return whether the user may change this now."""
    edit = EDITS[key]
    return row.kind in edit.kinds and any(row.status in edit.states(side) for side in sides_of(user, row))


def require_edit(user: User, key: str, rows: Iterable[Handover]) -> None:
    """Raise `PermissionDenied` for somebody who stands on no side that may ever do this, and `Refused`, with what
    became of the handover, when its state forbids it now."""
    edit, given = EDITS[key], list(rows)
    for row in given:
        sides = [side for side in sides_of(user, row) if edit.states(side)]
        if not sides or row.kind not in edit.kinds:
            raise PermissionDenied
        if not any(row.status in edit.states(side) for side in sides):
            raise Refused(decided_sentence([row]))


def decided_sentence(rows: Sequence[Handover]) -> str:
    """Say what became of a handover: who decided, when, and what to do now."""
    row = next((one for one in rows if one.status != SENT), rows[0])
    values = {
        "name": row.person.full_name,
        "officer": row.decided_by.full_name if row.decided_by else "",
        "time": vn_datetime(row.decided_at) if row.decided_at else "",
        "place": row.to_place.name,
        "reason": row.reason,
    }
    match row.status:
        case Handover.Status.ACCEPTED:
            text = _("%(name)s đã được %(place)s tiếp nhận lúc %(time)s (%(officer)s).")
        case Handover.Status.REFUSED:
            text = _(
                "%(officer)s đã trả lại %(name)s lúc %(time)s: %(reason)s. Vui lòng tải lại trang để xem nơi nhận mới."
            )
        case Handover.Status.WITHDRAWN:
            text = _("Bàn giao của %(name)s đã được rút lại lúc %(time)s: %(reason)s. Không cần làm gì thêm.")
        case _:
            text = _("%(name)s đang chờ %(place)s tiếp nhận.")
    return text % values
