"""Actions on alerts: raise one, take it over, settle it with a note, and the way back from each.

An alert is somebody's at every moment: of its place until an officer takes it over, then of that officer until the
note. `escalating.py` tells the next level when neither acts in time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.models import User
from portal.places.models import Place
from portal.records.actors import Actor, as_actor
from portal.records.log import event_for, record, save_events
from portal.records.refusals import Refused, broken_constraint
from portal.records.transitions import transition
from quarantine.alerts.contacts import list_contacts
from quarantine.alerts.telling import tell_at_once
from quarantine.models import Alert, DailyCheck, TestResult
from quarantine.models.alert import has_positive

NO_TIME = dt.timedelta()


def time_to_act() -> dt.timedelta:
    """Return how long an alert may stay without anybody, before the next level is told."""
    return dt.timedelta(minutes=settings.PORTAL_ALERT_MINUTES)


def time_to_settle() -> dt.timedelta:
    """Return how long whoever took an alert over has until the note."""
    return dt.timedelta(hours=settings.PORTAL_ALERT_SETTLE_HOURS)


def deadline(after: dt.timedelta) -> dict[str, Any]:
    """Return the columns of a new deadline: by when somebody has to act, and when the next level is told."""
    moment = timezone.now() + after
    return {"due_at": moment, "tell_at": moment}


@transaction.atomic
def raise_alert(
    person: Person,
    *,
    signs: Sequence[str],
    by: User | Actor,
    place: Place | None = None,
    result: TestResult | None = None,
) -> Alert:
    """Open the person's alert, list the people around them, and tell the officers at once.

    A person has one alert at a time. New signs join the one that stands; one that was taken over is opened again,
    because something has happened since. `place` acts: the receiving commune, else who answers for the person.
    """
    if not signs:
        raise ValueError("an alert says why")
    alert = _unsettled(person) or _open(person, signs, place or place_that_acts(person), result, by)
    if alert is None:  # somebody else opened it in this moment
        alert = _unsettled(person)
        assert alert is not None
    if alert.signs != list(signs) or alert.status == Alert.Status.TAKEN:
        alert = _join(alert, signs, result, by)
    list_contacts(alert)
    alert.told = tell_at_once(alert)  # type: ignore[attr-defined]
    return alert


def place_that_acts(person: Person) -> Place:
    """Return who answers for the person's health: the responsible place, or home while that is a checkpoint."""
    place = person.responsible_place
    return person.home_commune if place is None or place.kind == Place.Kind.CHECKPOINT else place


def _unsettled(person: Person) -> Alert | None:
    rows = Alert.objects.unsettled().filter(person=person).select_related("place__parent", "person")
    return rows.select_for_update(of=("self",)).first()


def _open(
    person: Person, signs: Sequence[str], place: Place, result: TestResult | None, by: User | Actor
) -> Alert | None:
    now = timezone.now()
    try:
        with transaction.atomic():
            alert = Alert.objects.create(
                person=person,
                place=place,
                told_place=place,
                signs=list(signs),
                is_positive=has_positive(signs),
                result=result,
                raised_at=now,
                **deadline(time_to_act()),
                entered_by=as_actor(by).user,
            )
    except IntegrityError as error:
        if broken_constraint(error) != "alert_one_unsettled_per_person":
            raise
        return None
    record(alert, "raise", by=by, data={"person": person.pk})
    return alert


def _join(alert: Alert, signs: Sequence[str], result: TestResult | None, by: User | Actor) -> Alert:
    """Add signs to an alert that stands; whoever had taken it over has to look again."""
    fields: dict[str, Any] = {
        "signs": list(dict.fromkeys([*alert.signs, *signs])),
        "is_positive": alert.is_positive or has_positive(signs),
        "result": result or alert.result,
    }
    if alert.status == Alert.Status.TAKEN:
        fields |= deadline(time_to_act())
        new = transition(alert, "renew", by=by, taken_at=None, taken_by=None, **fields)
        new.place, new.person = alert.place, alert.person
        return new
    # Nobody has acted yet: joining gives no more time.
    for name, value in fields.items():
        setattr(alert, name, value)
    alert.save(update_fields=list(fields))
    record(alert, "join", by=by)
    return alert


@transaction.atomic
def take_alert(alert: Alert, *, by: User) -> Alert:
    """Take an alert over: from now on it is this officer's, until the note. Pressed twice, the first one stays."""
    row = _lock(alert)
    if row.status == Alert.Status.TAKEN:
        return row
    row = transition(row, "take", by=by, taken_at=timezone.now(), taken_by=by, **deadline(time_to_settle()))
    _mark_seen(row, by)
    return row


@transaction.atomic
def release_alert(alert: Alert, *, by: User) -> Alert:
    """Give an alert back that was taken over by mistake; it waits again, and is due at once."""
    return transition(alert, "release", by=by, taken_at=None, taken_by=None, **deadline(NO_TIME))


@transaction.atomic
def settle_alert(alert: Alert, *, by: User, note: str) -> Alert:
    """Settle an alert with a note of what was done. Raises `Refused` without a note, or when it is settled."""
    if not note.strip():
        raise Refused(_("Vui lòng ghi đã xử lý thế nào, để người sau biết."))
    row = _lock(alert)
    if row.status == Alert.Status.SETTLED:
        raise Refused(settled_sentence(row))
    row = transition(
        row, "settle", by=by, settled_at=timezone.now(), settled_by=by, columns={"note": note.strip()}
    )
    _mark_seen(row, by)
    return row


@transaction.atomic
def reopen_alert(alert: Alert, *, by: User) -> Alert:
    """Open an alert again that was settled by mistake; the note stays in the log."""
    row = _lock(alert)
    other = Alert.objects.unsettled().filter(person=row.person_id).exclude(pk=row.pk)
    if other.exists():
        raise Refused(_("Người này đã có một cảnh báo mới hơn. Vui lòng xử lý ở cảnh báo đó."))
    return transition(
        row,
        "reopen",
        by=by,
        data={"note": row.note},
        settled_at=None,
        settled_by=None,
        taken_at=None,
        taken_by=None,
        **deadline(time_to_act()),
        columns={"note": ""},
    )


def move_alerts(people: Iterable[int], *, to: Place, by: User | Actor) -> None:
    """Move what is not settled to the place that answers for these people (ids) from now on, and tell its officers.

    What somebody of the old place had taken over waits again. A facility only houses them: their commune goes on
    answering.
    """
    if to.kind == Place.Kind.FACILITY:
        return
    rows = Alert.objects.unsettled().filter(person__in=list(people)).exclude(place=to).order_by("pk")
    moved = list(rows.select_for_update(of=("self",)))
    if not moved:
        return
    for row in moved:
        if row.status == Alert.Status.TAKEN:
            transition(row, "release", by=by, taken_at=None, taken_by=None, **deadline(time_to_act()))
    Alert.objects.filter(pk__in=[row.pk for row in moved]).update(place=to, told_place=to)
    for row in moved:
        row.place = to
        tell_at_once(row)
    save_events(event_for(row, "move", by=by, place=to) for row in moved)


def settled_sentence(alert: Alert) -> str:
    return _("%(officer)s đã ghi xong cảnh báo này: %(note)s") % {
        "officer": alert.settled_by.full_name if alert.settled_by else "",
        "note": alert.note,
    }


def _lock(alert: Alert) -> Alert:
    rows = Alert.objects.select_related("person", "place__parent", "taken_by", "settled_by")
    return rows.select_for_update(of=("self",)).get(pk=alert.pk)


def _mark_seen(alert: Alert, by: User) -> None:
    """Mark the results and checks behind an alert as seen, so that their pages say who looks after the person."""
    seen = {"seen_at": timezone.now(), "seen_by": by}
    # A row that is being written just now gets new signs, and is looked at again: nobody waits for it.
    checks = DailyCheck.objects.red_unseen().filter(order__person=alert.person_id)
    results = TestResult.objects.positive_unseen().filter(person=alert.person_id)
    for rows in (checks, results):
        locked = rows.order_by("pk").select_for_update(of=("self",), skip_locked=True)
        ids = list(locked.values_list("pk", flat=True))
        if ids:
            rows.model._base_manager.filter(pk__in=ids).update(**seen)
