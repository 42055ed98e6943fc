"""Correct an arrival later, with a reason: the values before and after are both kept.

Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.duty import officers_for
from portal.accounts.guards import demand
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.notifications.officers import notify_officers
from portal.notifications.outbox import notify
from portal.places.models import Place
from portal.records.log import record
from portal.records.refusals import Refused
from portal.records.transitions import transition
from portal.ui.formats import vn_datetime
from repatriation.checkpoint import health_course
from repatriation.checkpoint.actions import handover_hours
from repatriation.checkpoint.resending import HEALTH, values_of
from repatriation.checkpoint.undoing import last_links, require_nobody_accepted
from repatriation.models import Arrival, ArrivalCorrection, Handover
from repatriation.rules import may_record_at

CORRECTABLE = frozenset(
    {
        "temperature", "has_symptoms", "symptoms", "needs", "papers", "identity_checked", "decision", "facility",
        "destination",
    }
)  # fmt: skip
CHANGES_COURSE = frozenset({"destination", "decision", "facility"})
MATTERS = HEALTH | CHANGES_COURSE  # the receiving place is told of a change


@dataclass(frozen=True)
class CorrectionResult:
    """What a correction did: the row with the values before and after, None where nothing differed, and the
    officers who were told."""

    correction: ArrivalCorrection | None
    told: list[User] = field(default_factory=list)


@transaction.atomic
def correct_arrival(
    arrival: Arrival, *, by: User, reason: str, changes: Mapping[str, Any], version: int | None = None
) -> CorrectionResult:
    """Set the fields in `changes` (names of `CORRECTABLE`) to these values, and keep the values before.

    A changed destination withdraws the open handover and sends the person there. The officers of the receiving
    place are told when health, decision or destination changed. Values that are the same already change
    nothing. `version`: how many corrections the officer has seen, so that an old page overwrites nothing. Raises `Refused` without a reason, for an arrival that was taken back, and for another destination
    or decision once somebody accepted; `PermissionDenied` for an officer of another checkpoint.
    """
    demand(may_record_at(by, arrival.checkpoint))
    unknown = set(changes) - CORRECTABLE
    if unknown:
        raise ValueError(f"these fields are not corrected: {sorted(unknown)}")
    if not reason.strip():
        raise Refused(_("Vui lòng ghi lý do sửa, để nơi nhận hiểu."))
    person = Person.objects.select_for_update(of=("self",)).get(pk=arrival.person_id)
    list(Handover.objects.select_for_update(of=("self",)).filter(arrival=arrival).order_by("pk"))
    row = Arrival.objects.select_related(
        "checkpoint", "destination", "registration__campaign", "facility"
    ).get(pk=arrival.pk)
    if row.taken_back_at is not None:
        raise Refused(_("Lượt đến này đã được bỏ lúc %(time)s.") % {"time": vn_datetime(row.taken_back_at)})
    if version is not None and ArrivalCorrection.objects.filter(arrival=row).count() != version:
        raise Refused(_("Lượt đến này vừa được người khác sửa. Vui lòng xem lại rồi sửa tiếp."))
    before = values_of(row)
    signs_before = health_course.danger_signs(row)
    told_before = row.destination
    for name, value in changes.items():
        setattr(row, name, value)
    link = last_links([row.pk]).get(row.pk)
    _keep_from_home(row, link, chosen=row.decision != before["decision"])
    after = values_of(row)
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changed:
        return CorrectionResult(None)
    if changed.keys() & CHANGES_COURSE and link is not None:
        require_nobody_accepted([link])
    row.has_symptoms = after["has_symptoms"]
    row.save(update_fields=sorted({*changes, "has_symptoms", "decision"}))
    correction = ArrivalCorrection.objects.create(arrival=row, changes=changed, reason=reason[:300], by=by)
    record(row, "correct", by=by, reason=reason, data={"person": person.pk, "fields": sorted(changed)})
    if "destination" in changed:
        _send_elsewhere(row, link, person, by=by, reason=reason)
    notices = health_course.follow_correction(row, signs_before, changed.keys(), by=by)
    told = _notify_receivers(row, told_before, changed.keys())
    officers = {user.pk: user for user in [*told, *(notice.officer for notice in notices)]}
    return CorrectionResult(correction, list(officers.values()))


def _keep_from_home(row: Arrival, link: Handover | None, *, chosen: bool) -> None:
    """Send somebody with a danger sign to a facility instead of home, as at the first entry, while nobody accepted.

    Raises `Refused` where the officer chose home.
    """
    if row.decision != Arrival.Decision.HOME or not health_course.danger_signs(row):
        return
    if chosen:
        raise Refused(
            _(
                "Người dương tính, sốt cao hoặc có dấu hiệu nặng không về thẳng nhà. Vui lòng chọn cơ sở cách ly hoặc "
                "bệnh viện."
            )
        )
    if link is None or link.status == Handover.Status.SENT:
        row.decision = Arrival.Decision.FACILITY


def _send_elsewhere(row: Arrival, link: Handover | None, person: Person, *, by: User, reason: str) -> None:
    """Withdraw the open handover, and make the next link of the chain to the new destination."""
    if link is None or link.status != Handover.Status.SENT:
        raise Refused(_("Nơi nhận đã trả lại, tỉnh đang thu xếp nơi khác. Vui lòng báo tỉnh nơi cần đến."))
    now = timezone.now()
    transition(
        link,
        "withdraw",
        by=by,
        reason=reason,
        columns={"reason": reason[:300]},
        decided_at=now,
        decided_by=by,
    )
    deadline = now + dt.timedelta(hours=handover_hours(row.registration))
    following = Handover.objects.create(
        kind=link.kind,
        party=link.party,
        arrival=row,
        person=person,
        from_place=row.checkpoint,
        to_place=row.destination,
        sent_at=now,
        sent_by=by,
        sent_because=reason[:300],
        deadline=deadline,
        previous=link,
    )
    record(following, "send", by=by, reason=reason, data={"person": person.pk, "previous": link.pk})
    phone = row.registration.phone if row.registration is not None else person.phone
    notify(
        "arrival_sent_elsewhere",
        phone=phone,
        about=row.registration or row,
        context={"people": 1, "commune": row.destination.name, "deadline": vn_datetime(deadline)},
    )


def _notify_receivers(row: Arrival, before: Place, changed: Any) -> list[User]:
    """Tell the officers of the place that receives the person, and of the one that no longer does."""
    if not MATTERS & set(changed):
        return []
    places = {before.pk: before, row.destination_id: row.destination}
    told: dict[int, User] = {}
    for place in places.values():
        officers = officers_for(place, Permission.DECIDE_HANDOVERS)
        new = [officer for officer in officers if officer.pk not in told]
        context = {"checkpoint": row.checkpoint.name, "time": vn_datetime(row.at)}
        told |= {
            user.pk: user for user in notify_officers("arrival_corrected", new, about=row, context=context)
        }
    return list(told.values())
