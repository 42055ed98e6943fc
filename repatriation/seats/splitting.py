"""The split of a family by an officer with a reason: when half of it can travel, or half of it came."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens import codes
from citizens.links import make_link
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.records.log import record
from portal.records.refusals import Refused
from portal.records.transitions import transition
from repatriation.intake.actions import lock_day
from repatriation.models import Arrival, Boarding, Campaign, Member, Offer, Registration, Trip
from repatriation.queue.predicates import AGE_OF_MAJORITY
from repatriation.queue.rescoring import score_now
from repatriation.screening.actions import begin_screening, copy_screenings
from repatriation.seats.offering import notify_families

# Columns that the new registration does not copy.
OWN = {"id", "code", "status", "client_key", "people", "split_from_id"}


@transaction.atomic
def split_family(
    registration: Registration, leaving: Collection[int], *, by: User, reason: str
) -> Registration:
    """Move these members (their ids) to a second registration, and return it.

    Both keep the time of registering, are scored by their own people, and get a message. Raises `Refused`
    when the family does not wait, or nobody would leave or stay.
    """
    if not reason.strip():
        raise Refused(_("Vui lòng ghi lý do: gia đình sẽ đọc lý do này."))
    campaign = Campaign.objects.hold_rules(registration.campaign_id)
    row = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    if row.status != Registration.Status.WAITING:
        raise Refused(
            _("Chỉ tách được gia đình đang chờ. Hiện nay: %(status)s.") % {"status": row.get_status_display()}
        )
    members = list(row.members.select_related("person").select_for_update(of=("self",)).order_by("pk"))
    going = [member for member in members if member.pk in leaving]
    staying = [member for member in members if member.pk not in leaving]
    if not going or not staying:
        raise Refused(_("Vui lòng chọn một phần gia đình: mỗi bên cần ít nhất một người."))
    new = _part(row, going, staying, by=by, reason=reason)
    data = {"split_from": row.code}
    new = transition(new, "submit", by=by, reason=reason, data=data, people=len(going))
    score_now(campaign, [row.pk, new.pk])
    copy_screenings(row, new, by=by)
    begin_screening(new)
    for one in (row, new):
        _notify_split(one, reason)
    return new


@transaction.atomic
def part_absent(trip: Trip, registration: Registration, *, by: User, reason: str) -> Registration:
    """Move, after the ride, the members who did not come to a registration of their own, and return it.

    These are the ones who neither got on nor were entered at a checkpoint. The new registration has missed
    the trip, keeps the old time of registering, and can go back into the queue. The seats that they did not
    use are no longer counted. Raises `Refused` when the vehicle is not there yet, or the family came whole or
    not at all.
    """
    if not reason.strip():
        raise Refused(_("Vui lòng ghi lý do: gia đình sẽ đọc lý do này."))
    trip = Trip.objects.select_for_update(of=("self",)).select_related("gateway").get(pk=trip.pk)
    if trip.status not in {Trip.Status.ARRIVED, Trip.Status.RECONCILED}:
        raise Refused(_("Chỉ tách được sau khi xe đã đến chốt. Vui lòng bấm “Xe đã đến chốt” trước."))
    campaign = Campaign.objects.hold_rules(trip.campaign_id)
    lock_day(trip.day)
    row = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    seats = Offer.objects.select_for_update(of=("self",)).filter(trip=trip, registration=row)
    seat = seats.filter(status__in=[Offer.Status.CONFIRMED, Offer.Status.TRAVELLED]).first()
    if seat is None:
        raise Refused(_("%(code)s không còn chỗ trên chuyến này nên không tách được.") % {"code": row.code})
    members = list(row.members.select_related("person").select_for_update(of=("self",)).order_by("pk"))
    travelled = _travelled_ids(trip, row, [member.person_id for member in members])
    going = [member for member in members if member.person_id not in travelled]
    staying = [member for member in members if member.person_id in travelled]
    if not going or not staying:
        raise Refused(
            _("Chỉ tách được gia đình có người đã đi và có người không đến. Vui lòng tải lại trang.")
        )
    new = _part(row, going, staying, by=by, reason=reason, trip=trip)
    seat.people = len(staying)
    seat.save(update_fields=["people"])
    data = {"split_from": row.code, "trip": trip.code}
    new = transition(new, "stay_behind", by=by, reason=reason, data=data, people=len(going))
    Offer.objects.create(
        trip=trip, registration=new, people=len(going), status=Offer.Status.NO_SHOW, deadline=seat.deadline
    )
    copy_screenings(row, new, by=by)
    score_now(campaign, [new.pk])  # the others have travelled and keep their score
    _notify_split(row, reason)
    notify_families(trip, [new], "no_show", links=[make_link(new, "registration", phone=new.phone)])
    return new


def _travelled_ids(trip: Trip, row: Registration, people: Collection[int]) -> set[int]:
    """Return those of these people (ids) who got on, or were entered for this registration."""
    boarded = Boarding.objects.standing().filter(trip=trip, person__in=people)
    entered = Arrival.objects.standing().filter(registration=row, person__in=people)
    return {*boarded.values_list("person_id", flat=True), *entered.values_list("person_id", flat=True)}


def _notify_split(row: Registration, reason: str) -> None:
    link = make_link(row, "registration", phone=row.phone)
    context = {"code": row.code, "people": row.people, "reason": reason.strip()}
    notify("family_split", phone=row.phone, about=row, context=context, secrets={"link": link})


def _new_row(row: Registration) -> Registration:
    """Insert a draft with everything that the family stated, under a new code."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in Registration._meta.concrete_fields
        if field.attname not in OWN
    }
    return codes.fresh(Registration(**values, split_from=row), settings.PORTAL_CODE_PREFIX)


def _head_of(members: list[Member]) -> int:
    """Return the member (id) who heads this part: the head so far, else an adult, else the first."""
    grown_before = timezone.localdate().year - AGE_OF_MAJORITY
    ranked = sorted(members, key=lambda one: (not one.is_head, one.person.birth_year > grown_before, one.pk))
    return ranked[0].pk


def _part(
    row: Registration,
    going: list[Member],
    staying: list[Member],
    *,
    by: User,
    reason: str,
    trip: Trip | None = None,
) -> Registration:
    """Move those who go to a draft of their own, and give each part a head."""
    new = _new_row(row)
    head_leaves = any(member.is_head for member in going)
    Member.objects.filter(pk__in=[member.pk for member in going]).update(registration=new, is_head=False)
    Member.objects.filter(pk=_head_of(going)).update(is_head=True)
    if head_leaves:
        Member.objects.filter(pk=_head_of(staying)).update(is_head=True)
    row.people = len(staying)
    row.save(update_fields=["people"])
    data = {"code": new.code, "people": len(going)} | ({"trip": trip.code} if trip else {})
    record(row, "split", by=by, reason=reason, data=data)
    return new
