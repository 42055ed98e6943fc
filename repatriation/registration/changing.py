"""Actions on a change of a registration, which is stored beside the registration until the family confirms it.

Nothing here touches a trip: a change that would affect seats offered to or confirmed by the family is refused.
Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.places.models import Place
from portal.records.actors import Actor
from portal.records.log import record
from portal.records.refusals import Refused, broken_constraint
from portal.records.transitions import transition
from repatriation.models import Campaign, Member, Offer, Registration, RegistrationChange
from repatriation.models.registration import Status
from repatriation.queue.admission import admits, for_whom
from repatriation.queue.predicates import Facts, Scored, score
from repatriation.registration.answers import answers_of, key_of, member_columns, registration_columns
from repatriation.registration.corrections import correct_person
from repatriation.registration.differences import Difference, difference, rebased
from repatriation.registration.drafts import Draft, DraftChange
from repatriation.registration.people import Home, IdentityTaken, NumberDisagrees, known_people, settle_people
from repatriation.registration.proving import prove_people
from repatriation.registration.refusals import (
    lock_phone,
    number_marks,
    refuse_registered,
    require_few_refusals,
)
from repatriation.registration.submitting import facts_of
from repatriation.screening.actions import restart_screening

SEATED = frozenset({Status.OFFERED, Status.CONFIRMED})
CHANGEABLE = frozenset({Status.WAITING, *SEATED})


class NotChangeable(Refused):
    """The registration cannot be changed, because the family is on its way or has left the queue."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(registration.pk)
        self.registration = registration

    def __str__(self) -> str:
        if self.registration.status in {Status.DEPARTED, Status.ARRIVED, Status.CLOSED}:
            text = _(
                "Gia đình đã lên đường nên không sửa đăng ký ở đây được nữa. Cần sửa, vui lòng gọi %(hotline)s."
            )
        else:
            text = _("Đăng ký này đã ra khỏi hàng chờ. Muốn về, vui lòng đăng ký lại hoặc gọi %(hotline)s.")
        return text % {"hotline": settings.PORTAL_HOTLINE}


class SeatsHeld(Refused):
    """The change would affect the seats that the family has."""

    def __str__(self) -> str:
        return _(
            "Gia đình đang có chỗ trên xe cho đúng số người, ngày đi, nơi đi và nơi về đã khai, nên chưa ghi thay đổi này được. "
            "Vui lòng mở chỗ trên xe, chọn “Chờ chuyến sau” rồi sửa tiếp, hoặc gọi %(hotline)s. "
            "Những gì vừa sửa vẫn được giữ."
        ) % {"hotline": settings.PORTAL_HOTLINE}


class ChangeOver(Refused):
    """The change was applied or dropped already, perhaps on another device."""

    def __str__(self) -> str:
        return _("Lần sửa này đã được ghi hoặc đã bỏ ở một máy khác. Dưới đây là đăng ký hiện nay.")


class RegistrationChanged(Refused):
    """The change that the family confirmed differs from the one that would be written now."""

    def __str__(self) -> str:
        return _(
            "Vừa có thay đổi khác nên chưa ghi gì cả. Những gì anh/chị sửa vẫn còn. "
            "Vui lòng xem lại bên dưới rồi xác nhận lần nữa."
        )


class NotAdmittedAnyMore(Refused):
    """The change would leave the family in none of the groups that the campaign admits."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(campaign.pk)
        self.campaign = campaign

    def __str__(self) -> str:
        return _(
            "Đợt này chỉ nhận gia đình thuộc một trong các diện: %(words)s. Sửa như vậy thì gia đình không còn "
            "thuộc diện nào, nên chưa ghi được. Vui lòng xem lại, hoặc gọi %(hotline)s."
        ) % {"words": "; ".join(for_whom(self.campaign)), "hotline": settings.PORTAL_HOTLINE}


class NobodyLeft(Refused):
    def __str__(self) -> str:
        return _("Đăng ký phải còn ít nhất một người. Cả nhà không về nữa thì vui lòng rút đăng ký.")


@dataclass(frozen=True)
class Review:
    """The effect of a change. `seen` is a hash of it, which the family's confirmation sends back."""

    difference: Difference
    base: Draft
    draft: Draft
    old: Scored
    new: Scored
    facts: Facts
    admitted: bool  # also when the family is not admitted as it stands now: the conditions are newer
    seats_on: dt.date | None  # the day of the trip on which the family has seats
    was_alone: bool  # as it stands now, all members are minors
    seen: str

    @property
    def moves(self) -> bool:
        """Return whether the points change, and so perhaps the place."""
        return self.new.points != self.old.points

    @property
    def needs_free_seats(self) -> bool:
        """Return whether the family has seats and must give them back before it makes this change."""
        return self.seats_on is not None and (
            self.difference.touches_seats or self._left_alone or self._cannot_travel_then(self.seats_on)
        )

    @property
    def _left_alone(self) -> bool:
        """Return whether only minors would be left; the vehicle may have no escort."""
        return self.facts.are_minors_alone and not self.was_alone

    def _cannot_travel_then(self, day: dt.date) -> bool:
        """Return whether the family changed its travel days so that they exclude the trip's day."""
        first, last = self.draft.travel_days
        changed_days = self.difference.answers & {"travel_from", "travel_until"}
        return bool(changed_days) and not (first or day) <= day <= (last or day)


@transaction.atomic
def begin_change(registration: Registration, *, by: User | Actor) -> RegistrationChange:
    """Return the open change of this registration, else a new one. Raises `NotChangeable`."""
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    if row.status not in CHANGEABLE:
        raise NotChangeable(row)
    known = RegistrationChange.objects.open().filter(registration=row).first()
    if known is not None:
        rebase_change(known)
        return known
    answers = answers_of(row).to_json()
    return RegistrationChange.objects.create(registration=row, base=answers, draft=answers)


@transaction.atomic
def save_change(change: RegistrationChange, answer: DraftChange) -> Draft:
    """Apply one answer to the stored change, under a lock. Raises `ChangeOver`."""
    row = _open(change)
    draft = answer(Draft.from_json(row.draft))
    row.draft, row.saved_at = draft.to_json(), timezone.now()
    row.save(update_fields=["draft", "saved_at"])
    return draft


@transaction.atomic
def drop_change(change: RegistrationChange, *, by: User | Actor) -> None:
    """Drop an open change and wipe its answers. A change that is over stays as it is."""
    row = RegistrationChange.objects.select_for_update().get(pk=change.pk)
    if row.status == RegistrationChange.Status.OPEN:
        transition(row, "drop", by=by, draft={}, base={})


def _open(change: RegistrationChange) -> RegistrationChange:
    row = RegistrationChange.objects.select_for_update().get(pk=change.pk)
    if row.status != RegistrationChange.Status.OPEN:
        raise ChangeOver
    return row


def review(change: RegistrationChange, campaign: Campaign | None = None) -> Review:
    """Compute the effect of confirming the change now. It is rebased on the registration; nothing is written."""
    row = change.registration
    now, base, draft = answers_of(row), Draft.from_json(change.base), Draft.from_json(change.draft)
    if now != base:
        draft = rebased(base, draft, now)
    rules = (campaign or row.campaign).rule_set
    assert row.registered_at is not None
    day = timezone.localdate(row.registered_at)
    facts = facts_of(draft, registered_on=day)
    admitted = admits(row.campaign, facts) or not admits(row.campaign, facts_of(now, registered_on=day))
    old, new = Scored(row.score, row.score_reasons), score(facts, rules.rules)
    content = [change.pk, now.to_json(), draft.to_json(), old.points, new.points, rules.pk]
    seen = sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    on, alone = _seats_on(row), row.needs_escort
    return Review(difference(now, draft), now, draft, old, new, facts, admitted, on, alone, seen)


def _seats_on(row: Registration) -> dt.date | None:
    if row.status not in SEATED:
        return None
    offer = row.offers.filter(status__in=Offer.LIVE).select_related("trip").first()
    return offer.trip.day if offer is not None else None


@transaction.atomic
def rebase_change(change: RegistrationChange) -> None:
    """Rebase the change on the registration as it stands now. Raises `ChangeOver`."""
    row = _open(change)
    now = answers_of(Registration.objects.get(pk=row.registration_id))
    draft = rebased(Draft.from_json(row.base), Draft.from_json(row.draft), now)
    row.base, row.draft, row.saved_at = now.to_json(), draft.to_json(), timezone.now()
    row.save(update_fields=["base", "draft", "saved_at"])


def apply_change(
    change: RegistrationChange, *, by: User | Actor, seen: str, address: str | None = None
) -> Registration:
    """Write the change that the family has seen and confirmed, and notify the family.

    The time of registering stays. Confirming twice returns the same registration. Raises `RegistrationChanged`,
    `ChangeOver`, `SeatsHeld`, `NotAdmittedAnyMore`, `NotChangeable`, `NobodyLeft`, and what registering raises;
    then nothing was written, except the count of a number that disagreed.
    """
    settled: list[tuple[Person, str]] = []
    try:
        result = _apply(change, seen, settled, by, address)
    except IntegrityError as error:
        if broken_constraint(error) != "member_one_live_registration":
            raise
        refuse_registered(change.registration.campaign, settled)
        raise
    if isinstance(result, NumberDisagrees):
        raise result
    return result


@transaction.atomic
def _apply(
    change: RegistrationChange,
    seen: str,
    settled: list[tuple[Person, str]],
    by: User | Actor,
    address: str | None,
) -> Registration | NumberDisagrees:
    campaign = Campaign.objects.hold_rules(change.registration.campaign_id)
    row = Registration.objects.select_for_update().get(pk=change.registration_id)
    change = RegistrationChange.objects.select_for_update().get(pk=change.pk)
    if change.status == RegistrationChange.Status.APPLIED and change.seen == seen:
        return row
    _require_open(change, row)
    change.registration = row
    outcome = review(change, campaign)
    if outcome.seen != seen:
        raise RegistrationChanged
    _require_possible(outcome, campaign)
    lock_phone(row.phone)
    marks = number_marks(row.phone, address)
    require_few_refusals(marks)
    try:
        people = _settle(outcome, row, by)
    except NumberDisagrees as refusal:
        record(row, "number_refused", by=by, data=marks)
        return refusal
    before = set(row.members.values_list("person_id", flat=True))
    entries = zip(people, outcome.draft.people, strict=True)
    settled += [(person, entry.full_name) for person, entry in entries if person.pk not in before]
    refuse_registered(campaign, settled)
    _write(outcome, row, people, campaign)
    prove_people(row)
    if "home" in outcome.difference.answers:
        restart_screening(row, by=by)
    transition(change, "apply", by=by, draft={}, base={}, seen=seen)
    after = {person.pk for person in people}
    _record_and_notify(outcome, row, by, added=sorted(after - before), removed=sorted(before - after))
    return row


def _require_open(change: RegistrationChange, row: Registration) -> None:
    if change.status != RegistrationChange.Status.OPEN:
        raise ChangeOver
    if row.status not in CHANGEABLE:
        raise NotChangeable(row)


def _require_possible(outcome: Review, campaign: Campaign) -> None:
    if not outcome.draft.people:
        raise NobodyLeft
    if outcome.needs_free_seats:
        raise SeatsHeld
    if not outcome.admitted:
        raise NotAdmittedAnyMore(campaign)


def _settle(outcome: Review, row: Registration, by: User | Actor) -> list[Person]:
    """Return the person of each entry. Persons of present members are corrected as the family says."""
    members = {key_of(member): member.person_id for member in row.members.all()}
    corrected = {one.after.key: one for one in outcome.difference.corrected if one.record_fields}

    draft = outcome.draft
    home = Home(Place.objects.get(pk=draft.home or 0), draft.home_address, row.phone)
    known = known_people(draft.people, home, also=members.values())
    by_id = {person.pk: person for person in known}
    standing = {entry.key: by_id[members[entry.key]] for entry in draft.people if entry.key in members}
    for key, correction in corrected.items():
        standing[key] = correct_person(standing[key], correction, row, known, by=by)
    people = settle_people(draft.people, home, by=by, standing=standing)
    for index, person in enumerate(people):
        if person in people[:index]:  # a number led to a person who is a member already
            raise IdentityTaken(draft.people[index])
    return people


def _write(outcome: Review, row: Registration, people: list[Person], campaign: Campaign) -> None:
    """Write the members in the order of the entries, the first as head, and the answers."""
    staying = {key_of(member): member for member in row.members.all()}
    keys = {entry.key for entry in outcome.draft.people}
    gone = [member.pk for key, member in staying.items() if key not in keys]
    row.members.filter(pk__in=gone).delete()
    row.members.filter(is_head=True).update(is_head=False)
    for index, (entry, person) in enumerate(zip(outcome.draft.people, people, strict=True)):
        columns = {**member_columns(entry), "person": person, "is_head": index == 0}
        member = staying.get(entry.key)
        if member is None:
            member = Member(registration=row, campaign=campaign, **columns)
            member.save()
        else:
            for name, value in columns.items():
                setattr(member, name, value)
            member.save(update_fields=list(columns))
    columns = {
        **registration_columns(outcome.draft),
        "people": len(people),
        "rule_set": campaign.rule_set,
        "score": outcome.new.points,
        "score_reasons": outcome.new.reasons,
        "needs_escort": outcome.facts.are_minors_alone,
    }
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=[name.removesuffix("_id") for name in columns])


def _record_and_notify(
    outcome: Review, row: Registration, by: User | Actor, *, added: list[int], removed: list[int]
) -> None:
    """Log which answers changed and whose, without what they say about health, and notify the family."""
    changed = outcome.difference
    data = {
        "fields": sorted(changed.answers),
        "added": added,
        "removed": removed,
        "corrected": sorted({name for one in changed.corrected for name in one.record_fields}),
        "health_of": sum(one.health_differs for one in changed.corrected),
        "other_head": changed.other_head,
        "people": row.people,
        "score_before": outcome.old.points,
        "score": outcome.new.points,
    }
    record(row, "change", by=by, data=data)
    notify(
        "registration_changed_points" if outcome.moves else "registration_changed",
        phone=row.phone,
        about=row,
        context={
            "code": row.code,
            "people": row.people,
            "before": outcome.old.points,
            "after": outcome.new.points,
        },
    )
