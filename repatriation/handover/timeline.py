"""A person's handovers in time, the same for everybody who may read the person: sender, receiver and province."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.records.models import Event
from portal.ui.formats import vn_datetime
from repatriation.handover.parties import RELATED
from repatriation.models import Arrival, ArrivalCorrection, Handover, HandoverEscalation, HandoverException

TAKEN_BACK = {"undo_accept", "undo_refuse"}
ANSWERS = {"accept", "refuse"}
HEALTH = {"temperature", "has_symptoms", "symptoms", "rapid_test", "test_result", "needs"}
Step = dict[str, Any]


@dataclass
class Beside:
    """What happened beside the rows of some handovers; fetched for all of them at once."""

    escalations: dict[int, list[HandoverEscalation]] = field(default_factory=dict)
    undone: dict[int, list[Event]] = field(default_factory=dict)
    corrections: dict[int, list[ArrivalCorrection]] = field(default_factory=dict)
    exceptions: dict[int, list[HandoverException]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)


def beside(rows: Iterable[Handover]) -> Beside:
    """Return what happened beside these handovers: five queries however many."""
    given = list(rows)
    found = Beside()
    ids = [row.pk for row in given]
    for step in HandoverEscalation.objects.filter(handover__in=ids).select_related("to_place"):
        found.escalations.setdefault(step.handover_id, []).append(step)
    events = Event.objects.filter(
        subject_type=Handover._meta.label_lower, subject_id__in=ids, verb__in=TAKEN_BACK | ANSWERS
    )
    for event in events.order_by("at", "id"):
        found.undone.setdefault(event.subject_id, []).append(event)
    arrivals = [row.arrival_id for row in given if row.arrival_id]
    for correction in ArrivalCorrection.objects.filter(arrival__in=arrivals).select_related("by"):
        found.corrections.setdefault(correction.arrival_id, []).append(correction)
    exceptions = HandoverException.objects.filter(handover__in=ids)
    for exception in exceptions.select_related("recorded_by", "ended_by", "place"):
        found.exceptions.setdefault(exception.handover_id, []).append(exception)
    told = {pk for steps in found.escalations.values() for step in steps for pk in step.told}
    if told:
        found.names = dict(User.objects.filter(pk__in=told).values_list("pk", "full_name"))
    return found


def whole_chain(row: Handover) -> list[Handover]:
    """Return every link of a person's chain, also those between other places, so that both sides read the same. The
    caller has fetched `row` through `visible_to`, and may read the person."""
    chain = Handover.objects.filter(party=row.party, person=row.person_id).order_by("pk")
    return list(chain.select_related(*RELATED))


def row_steps(
    chain: Sequence[Handover], happened: Beside | None = None, *, shows_health: bool = False
) -> list[Step]:
    """Return one person's chain as steps for `ui/_steps.html`, oldest first; what is still to come stands last."""
    happened = happened if happened is not None else beside(chain)
    steps: list[Step] = []
    if chain and (arrival := chain[0].arrival):
        title = _("Đến %(place)s") % {"place": chain[0].from_place.name}
        steps.append({"title": title, "time": arrival.at, "state": "done"})
    for row in chain:
        steps += _link_steps(row, happened)
    if chain and chain[0].arrival_id:
        corrections = happened.corrections.get(chain[0].arrival_id, [])
        steps += [_correction_step(one, shows_health=shows_health) for one in corrections]
    for row in chain:
        for exception in happened.exceptions.get(row.pk, []):
            steps += _exception_steps(exception)
    to_come = [step for step in steps if "time" not in step]
    return sorted((step for step in steps if "time" in step), key=_moment) + to_come


def _moment(step: Step) -> dt.datetime:
    moment: dt.datetime = step["time"]
    return moment


def _link_steps(row: Handover, happened: Beside) -> list[Step]:
    place = {"place": row.to_place.name}
    why = " · ".join(filter(None, [row.sent_by.full_name if row.sent_by else "", row.sent_because]))
    steps: list[Step] = [
        {"title": _("Chuyển đến %(place)s") % place, "time": row.sent_at, "text": why, "state": "done"}
    ]
    steps += _undone_steps(row, happened)
    steps += [_escalation_step(step, happened) for step in happened.escalations.get(row.pk, [])]
    if row.escalated_at and row.pk not in happened.escalations:  # before each step was kept
        steps.append({"title": _("Quá hạn, đã báo tỉnh"), "time": row.escalated_at, "state": "wrong"})
    return [*steps, *_answer_steps(row)]


def _answer_steps(row: Handover) -> list[Step]:
    place = {"place": row.to_place.name}
    by = row.decided_by.full_name if row.decided_by else ""
    match row.status:
        case Handover.Status.SENT:
            return [{"title": _("Chờ %(place)s tiếp nhận") % place, "state": "now"}]
        case Handover.Status.REFUSED:
            text = _("%(officer)s: %(reason)s") % {"officer": by, "reason": row.reason}
            if row.proposed_place:
                text += " " + _("Nơi nhận đúng: %(place)s.") % {"place": row.proposed_place.name}
            title = _("%(place)s chưa tiếp nhận") % place
            return [{"title": title, "time": row.decided_at, "text": text, "state": "wrong"}]
        case Handover.Status.WITHDRAWN:
            text = _("%(officer)s: %(reason)s") % {"officer": by, "reason": row.reason}
            title = _("Bàn giao được rút lại")
            return [{"title": title, "time": row.decided_at, "text": text, "state": "wrong"}]
        case _:
            title = _("%(place)s đã tiếp nhận") % place
            steps: list[Step] = [{"title": title, "time": row.decided_at, "text": by, "state": "done"}]
            if row.home_safe_at:
                steps.append({"title": _("Về nhà an toàn"), "time": row.home_safe_at, "state": "done"})
            elif row.home_by:
                text = _("trước %(time)s") % {"time": vn_datetime(row.home_by)}
                steps.append({"title": _("Chờ xác nhận về nhà an toàn"), "text": text, "state": "now"})
            return steps


def _undone_steps(row: Handover, happened: Beside) -> list[Step]:
    """Return the answers that were taken back, each with its undo; the answer that holds is the row's own."""
    steps: list[Step] = []
    answer: Event | None = None
    for event in happened.undone.get(row.pk, []):
        if event.verb in ANSWERS:
            answer = event
            continue
        for one, state in ((answer, "done"), (event, "wrong")):
            if one is not None:
                text = " · ".join(filter(None, [one.who, one.reason]))
                steps.append({"title": one.verb_label, "time": one.at, "text": text, "state": state})
        answer = None
    return steps


def _escalation_step(step: HandoverEscalation, happened: Beside) -> Step:
    title = _("%(what)s, đã báo %(place)s") % {"what": step.get_kind_display(), "place": step.to_place.name}
    names = ", ".join(happened.names[pk] for pk in step.told if pk in happened.names)
    text = (
        _("Đã nhắn: %(names)s") % {"names": names} if names else _("Không có ai để nhắn; hiện ở Việc hôm nay")
    )
    return {"title": title, "time": step.at, "text": text, "state": "wrong"}


def _correction_step(correction: ArrivalCorrection, *, shows_health: bool) -> Step:
    labels = []
    for name, (before, after) in correction.changes.items():
        label = _label(name)
        hidden = name in HEALTH and not shows_health
        labels.append(label if hidden else f"{label}: {_value(before)} → {_value(after)}")
    text = f"{correction.by.full_name}: {correction.reason} ({'; '.join(labels)})"
    return {"title": _("Sửa lượt đến"), "time": correction.at, "text": text, "state": "done"}


def _label(name: str) -> str:
    try:
        return str(Arrival._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return name


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "–"
    return "–" if value in (None, "") else str(value)


def _exception_steps(exception: HandoverException) -> list[Step]:
    parts = [exception.recorded_by.full_name, exception.where, exception.taken_over_by, exception.reason]
    title = _("Trường hợp riêng: %(kind)s") % {"kind": exception.get_kind_display()}
    text = " · ".join(filter(None, parts))
    steps: list[Step] = [
        {"title": title, "time": exception.recorded_at, "text": text, "state": "wrong"},
    ]
    if exception.ended_by:
        text = f"{exception.ended_by.full_name}: {exception.ended_because}"
        title = _("Bỏ ghi trường hợp riêng")
        steps.append({"title": title, "time": exception.ended_at, "text": text, "state": "done"})
    return steps
