"""Actions on stays: who goes to which facility, is admitted, and leaves.

An expected stay holds its bed. The database counts the beds (`facility.taken`) and refuses one too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.models import User
from portal.notifications.outbox import Note, notify_many
from portal.places.models import Place
from portal.records.actors import Actor
from portal.records.log import event_for, record, save_events
from portal.records.refusals import Refused, broken_constraint
from portal.records.transitions import transition
from quarantine.models import Alert, Facility, Stay


@dataclass(frozen=True)
class NewStay:
    """Where one person is to go. Without a `facility` the province is asked to name one."""

    person: Person
    place: Place  # the commune that goes on answering for the person
    wanted: str
    facility: Facility | None = None
    is_positive: bool = False
    needs: str = ""
    family_phone: str = ""


@transaction.atomic
def open_stays(rows: Sequence[NewStay], *, by: User | Actor) -> list[Stay]:
    """Give each of these people a bed where one was named, else ask the province, and tell their families.

    A stay that somebody has is ended first. Raises `Refused` when a bed is gone, or when the facility takes no
    positives.
    """
    if not rows:
        return []
    for row in rows:
        if row.facility is not None:
            _require_fit(row.facility, is_positive=row.is_positive)
    end_stays([row.person.pk for row in rows], by=by)
    stays = [
        Stay(
            person=row.person,
            place=row.place,
            wanted=row.facility.kind if row.facility else row.wanted,
            facility=row.facility,
            status=Stay.Status.EXPECTED if row.facility else Stay.Status.ASKED,
            needs=row.needs[:200],
            family_phone=row.family_phone,
        )
        for row in rows
    ]
    # One facility after the other, in one order, since the trigger locks its row.
    for stay in sorted(stays, key=lambda one: one.facility_id or 0):
        _save_within_beds(stay)
    save_events(
        event_for(stay, "expect" if stay.facility_id else "ask", by=by, data={"person": stay.person_id})
        for stay in stays
    )
    tell_families(stays)
    return stays


def _require_fit(facility: Facility, *, is_positive: bool) -> None:
    values = {"name": facility.place.name}
    if not facility.is_open:
        raise Refused(_("%(name)s đang không nhận người. Vui lòng chọn nơi khác.") % values)
    if is_positive and not facility.takes_positives:
        raise Refused(_("%(name)s không nhận người dương tính. Vui lòng chọn nơi khác.") % values)


def end_stays(people: Iterable[int], *, by: User | Actor) -> None:
    """End the live stays of these people (ids), who are somewhere else now: one that has begun was left."""
    rows = Stay.objects.live().filter(person__in=list(people)).order_by("pk")
    for stay in rows.select_for_update(of=("self",)):
        if stay.status == Stay.Status.INSIDE:
            transition(stay, "leave", by=by, until_at=timezone.now())
        else:
            transition(stay, "cancel", by=by)


def _save_within_beds(stay: Stay) -> None:
    try:
        with transaction.atomic():
            stay.save(force_insert=True)
    except IntegrityError as error:
        raise _refusal(error, stay.facility) from error


def _refusal(error: IntegrityError, facility: Facility | None) -> Exception:
    """Return what to say about a broken constraint: no bed is left, or the person has a place already."""
    name = broken_constraint(error)
    if name == "facility_taken_within_beds" and facility is not None:
        return Refused(
            _("%(name)s vừa hết chỗ. Vui lòng chọn nơi khác, hoặc để tỉnh chỉ định.")
            % {"name": facility.place.name}
        )
    if name == "stay_one_live_per_person":
        return Refused(_("Người này vừa được bố trí nơi khác. Vui lòng tải lại trang để xem."))
    return error


@transaction.atomic
def name_facility(stay: Stay, *, facility: Facility, by: User) -> Stay:
    """Name the facility of a person who waits for one, or another one before they have come; tell the family.

    Named again with the same facility it changes nothing. Raises `Refused` when no bed is free there.
    """
    row = _lock(stay)
    if row.status == Stay.Status.EXPECTED and row.facility_id == facility.pk:
        return row
    positive = Alert.objects.unsettled().filter(person=row.person_id, is_positive=True).exists()
    _require_fit(facility, is_positive=positive)
    data = {"facility": facility.place.code}
    try:
        with transaction.atomic():
            if row.status == Stay.Status.EXPECTED:  # another one, before they have come
                named = row
                named.facility = facility
                named.save(update_fields=["facility"])
                record(named, "rename", by=by, data=data)
            else:
                named = transition(row, "name", by=by, data=data, facility=facility)
    except IntegrityError as error:
        raise _refusal(error, facility) from error
    named.person = row.person
    tell_families([named])
    return named


@transaction.atomic
def admit(stay: Stay, *, by: User) -> Stay:
    """Write down that an expected person has come. Pressed twice it changes nothing."""
    row = _lock(stay)
    if row.status == Stay.Status.INSIDE:
        return row
    return transition(row, "admit", by=by, from_at=timezone.now())


@transaction.atomic
def undo_admit(stay: Stay, *, by: User) -> Stay:
    """Take back an admission that was pressed by mistake; the person is expected again."""
    return transition(stay, "undo_admit", by=by, from_at=None)


@transaction.atomic
def leave(stay: Stay, *, by: User) -> Stay:
    """Write down that a person has left; the bed is free. Pressed twice it changes nothing."""
    row = _lock(stay)
    if row.status == Stay.Status.LEFT:
        return row
    return transition(row, "leave", by=by, until_at=timezone.now())


@transaction.atomic
def undo_leave(stay: Stay, *, by: User) -> Stay:
    """Take back a departure that was pressed by mistake. Raises `Refused` when the bed has been given away."""
    row = _lock(stay)
    try:
        with transaction.atomic():
            return transition(row, "undo_leave", by=by, until_at=None)
    except IntegrityError as error:
        raise _refusal(error, row.facility) from error


@transaction.atomic
def cancel_stay(stay: Stay, *, by: User | Actor, reason: str = "") -> Stay:
    """End a stay that has not begun. Raises `Refused` for somebody whose positive test is not settled."""
    row = _lock(stay)
    if Alert.objects.unsettled().filter(person=row.person_id, is_positive=True).exists():
        raise Refused(_("Người dương tính không về thẳng nhà. Vui lòng chỉ định nơi khác."))
    return transition(row, "cancel", by=by, reason=reason)


def _lock(stay: Stay) -> Stay:
    rows = Stay.objects.select_related("person", "facility__place", "place")
    return rows.select_for_update(of=("self",)).get(pk=stay.pk)


def move_stays(people: Iterable[int], *, to: Place) -> None:
    """Let the live stays of these people (ids) follow to the commune that answers for them from now on."""
    if to.kind != Place.Kind.FACILITY:
        Stay.objects.live().filter(person__in=list(people)).exclude(place=to).update(place=to)


def goes_to_facility(people: Iterable[int]) -> set[int]:
    """Return those of these people (ids) who go to a facility, are to be named one, or are inside."""
    return set(Stay.objects.live().filter(person__in=list(people)).values_list("person_id", flat=True))


def stays_of(people: Iterable[int]) -> dict[int, Stay]:
    """Return the live stay of each of these people (ids) who has one, with its facility; one query."""
    rows = Stay.objects.live().filter(person__in=list(people)).select_related("facility__place")
    return {stay.person_id: stay for stay in rows}


def tell_families(stays: Sequence[Stay]) -> None:
    """Tell each family where its people are taken: one message a phone and facility, without a word of health."""
    groups: dict[tuple[str, Facility | None], list[Stay]] = {}
    for stay in stays:
        phone = stay.family_phone or stay.person.phone
        if phone:
            groups.setdefault((phone, stay.facility), []).append(stay)
    for (phone, facility), together in groups.items():
        names = ", ".join(stay.person.full_name for stay in together)
        context = {"name": names}
        if facility is not None:
            context |= {"facility": facility.place.name, "phone": facility.phone or settings.PORTAL_HOTLINE}
        notify_many("stay_named" if facility else "stay_asked", [Note(phone, "", together[0], context)])


@transaction.atomic
def set_beds(place: Place, *, by: User, **fields: object) -> Facility:
    """Say what a facility has: kind, beds, phone, whether it takes people in, and positives.

    Raises `Refused` when more beds are held by now than it is to have.
    """
    row = Facility.objects.select_for_update(of=("self",)).filter(place=place).first() or Facility(
        place=place
    )
    for name, value in fields.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save(update_fields=list(fields) if row.pk else None)
    except IntegrityError as error:
        if broken_constraint(error) != "facility_taken_within_beds":
            raise
        raise Refused(_("Số giường không được ít hơn số người đang ở và sắp đến.")) from error
    record(row, "set_beds", by=by, data={"beds": row.beds, "open": row.is_open})
    return row
