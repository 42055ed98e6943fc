"""Actions on a draft and its submission: start, save, abandon, submit, and the links to the registration.

Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, override

from citizens import codes
from citizens.links import end_links, make_link
from citizens.models import Person
from citizens.phones import mask
from portal.accounts.models import User
from portal.notifications.models import Message
from portal.notifications.outbox import notify
from portal.places.models import Place
from portal.records.actors import Actor, citizen_actor
from portal.records.log import record, subject_of
from portal.records.refusals import Refused, broken_constraint
from portal.records.transitions import transition, transition_many
from repatriation.models import Campaign, Member, Registration
from repatriation.models.registration import Status
from repatriation.queue import admission
from repatriation.queue.predicates import Facts, PersonFacts, score
from repatriation.registration import consent
from repatriation.registration.answers import member_columns, registration_columns
from repatriation.registration.drafts import Draft, DraftChange
from repatriation.registration.people import Home, NumberDisagrees, settle_people
from repatriation.registration.proving import prove_people
from repatriation.registration.refusals import (
    lock_phone,
    number_marks,
    refuse_registered,
    require_few_refusals,
)
from repatriation.rules import channels_of
from repatriation.screening.actions import first_screening

LINK_LIFETIME = dt.timedelta(days=90)
RESEND_PAUSE = dt.timedelta(minutes=10)
_LINK_KINDS = ("registered", "registered_for_you", "registration_link")
SENDERS = {
    Registration.Channel.HOTLINE: gettext_lazy("Tổng đài (%(name)s)"),
    Registration.Channel.ASSOCIATION: gettext_lazy("Hội đồng hương (%(name)s)"),
}


class DraftIncomplete(Exception):
    """A question has no answer yet; `question` is its name in `Draft.missing`."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


class CampaignClosed(Refused):
    def __str__(self) -> str:
        return _(
            "Đợt đón này đã ngừng nhận đăng ký. Bà con vui lòng theo dõi đợt sau hoặc gọi %(hotline)s."
        ) % {"hotline": settings.PORTAL_HOTLINE}

    def to_officer(self) -> str:
        return _("Đợt đón này đã ngừng nhận đăng ký. Vui lòng nói gia đình theo dõi đợt sau.")


class NotAdmitted(CampaignClosed):
    """The family is in no group that `campaign` admits now; its draft stays."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(campaign.pk)
        self.campaign = campaign

    def __str__(self) -> str:
        return admission.refusal(self.campaign)

    def to_officer(self) -> str:
        return admission.refusal_to_officer(self.campaign)


def family_actor(phone: str = "") -> Actor:
    """Return the actor of a family, named by its masked phone once it has one."""
    return citizen_actor(mask(phone) if phone else gettext_noop("Người đăng ký"))


@transaction.atomic
@transaction.atomic
def start_draft(campaign: Campaign, *, by: User | Actor, proof: dict[str, Any] | None = None) -> Registration:
    """Start the draft of a family that has consented, and log the words of the consent: `proof`, else those of now."""
    registration = new_row(campaign)
    record(registration, "consented", by=by, data=proof or consent.proof())
    return registration


def new_row(campaign: Campaign, **fields: Any) -> Registration:
    """Create an empty draft with a code of its own."""
    row = Registration(campaign=campaign, draft=Draft().to_json(), **fields)
    return codes.fresh(row, settings.PORTAL_CODE_PREFIX)


@transaction.atomic
def save_draft(registration: Registration, change: DraftChange) -> Draft:
    """Apply one answer to the stored draft, under a lock, so that two open pages do not overwrite each other.

    A draft that was submitted meanwhile stays as it is.
    """
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    draft = Draft.from_json(row.draft)
    if row.status != Status.DRAFT:
        return draft
    draft = change(draft)
    row.draft, row.draft_saved_at = draft.to_json(), timezone.now()
    row.save(update_fields=["draft", "draft_saved_at"])
    return draft


@transaction.atomic
def abandon(registration: Registration, *, by: User | Actor) -> None:
    """Give up a draft and wipe its answers. A submitted registration stays as it is."""
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    if row.status == Status.DRAFT:
        transition(row, "withdraw", by=by, draft={})
        end_links(row, "draft")


def submit(registration: Registration, *, by: User | Actor, address: str | None = None) -> Registration:
    """Submit the draft: put the family into the queue and notify it. Submitting twice returns the same row.

    Raises `DraftIncomplete`, `CampaignClosed`, `AlreadyRegistered`, `IdentityTaken` or `TooManyRefusals`;
    then nothing was written, except the count of a number that disagreed. It is counted by phone and by
    `address`, the internet address of the request.
    """
    settled: list[tuple[Person, str]] = []
    try:
        result = _submit(registration, settled, by, address)
    except IntegrityError as error:
        if broken_constraint(error) != "member_one_live_registration":
            raise
        refuse_registered(registration.campaign, settled)
        raise
    if isinstance(result, NumberDisagrees):
        raise result
    return result


@transaction.atomic
def _submit(
    registration: Registration, settled: list[tuple[Person, str]], by: User | Actor, address: str | None
) -> Registration | NumberDisagrees:
    """Return the row in the queue, or a refusal: raising it would roll back the event that counts it."""
    campaign = Campaign.objects.hold_rules(registration.campaign_id)
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    if row.status != Status.DRAFT:
        return row
    draft = Draft.from_json(row.draft)
    if question := draft.missing(confirmed=row.channel == Registration.Channel.SELF):
        raise DraftIncomplete(question)
    row.campaign = campaign
    if not campaign.takes_registrations:
        raise CampaignClosed
    places = Place.objects.in_bulk({draft.origin or 0, draft.home or 0})
    facts = facts_of(draft, origin=places.get(draft.origin or 0))
    if not admission.admits(campaign, facts):
        raise NotAdmitted(campaign)
    lock_phone(draft.phone)
    marks = number_marks(draft.phone, address, row.entered_by_id)
    require_few_refusals(marks)
    home = Home(places[draft.home or 0], draft.home_address, draft.phone)
    try:
        people = settle_people(draft.people, home, by=by, papers_seen=False)
    except NumberDisagrees as refusal:
        record(row, "number_refused", by=by, data=marks)
        return refusal
    settled += [(person, entry.full_name) for person, entry in zip(people, draft.people, strict=True)]
    refuse_registered(campaign, settled)
    Member.objects.bulk_create(
        Member(
            registration=row,
            person=person,
            campaign=campaign,
            is_head=index == 0,
            **member_columns(entry),
        )
        for index, (entry, person) in enumerate(zip(draft.people, people, strict=True))
    )
    scored = score(facts, campaign.rule_set.rules)
    (row,) = transition_many(
        [row],
        "submit",
        by=by,
        locked=True,
        draft={},
        phone=draft.phone,
        phone_confirmed_at=draft.phone_confirmed_at,
        **registration_columns(draft),
        people=len(people),
        rule_set=campaign.rule_set,
        score=scored.points,
        score_reasons=scored.reasons,
        needs_escort=facts.are_minors_alone,
        registered_at=timezone.now(),
    )
    prove_people(row)
    first_screening(row)
    send_first_link(row)
    return row


def facts_of(draft: Draft, *, registered_on: dt.date | None = None, origin: Place | None = None) -> Facts:
    """Return the facts that count for the score, with ages on the day of registering, by default today.

    `origin` is the draft's place, where the caller has loaded it already.
    """
    origin = origin or Place.objects.filter(pk=draft.origin or 0).first()
    path = origin.path if origin else ""
    return Facts(
        people=tuple(
            PersonFacts(
                age_months=max(entry.age_in_months(registered_on), 0),
                is_pregnant=entry.is_pregnant and entry.may_be_pregnant,
                has_chronic_illness=entry.has_chronic_illness,
                has_disability=entry.has_disability,
            )
            for entry in draft.people
        ),
        reasons=frozenset(draft.reasons or ()),
        around=frozenset(path.strip("/").split("/")),
        days_waiting=(timezone.localdate() - registered_on).days if registered_on else 0,
    )


def send_link(registration: Registration, kind: str, **context: object) -> None:
    """Send a new link to the family's own phone in a message of this kind."""
    link = make_link(registration, "registration", phone=registration.phone, lifetime=LINK_LIFETIME)
    notify(
        kind,
        phone=registration.phone,
        about=registration,
        context={"code": registration.code, **context},
        secrets={"link": link},
    )


def send_first_link(registration: Registration) -> None:
    """Send the first link to a registered family; where an officer entered it, the message names the sender."""
    officer = registration.entered_by
    if officer is None:
        send_link(registration, "registered", people=registration.people)
    else:
        send_link(registration, "registered_for_you", people=registration.people, sender=sender_of(officer))


def sender_of(officer: User) -> str:
    """Return the name of the officer who registered a family, in the language of the messages."""
    with override(settings.LANGUAGE_CODE):
        own = next(iter(channels_of(officer)), None)
        return SENDERS[own] % {"name": officer.full_name} if own in SENDERS else officer.full_name


@transaction.atomic
def send_link_again(registration: Registration) -> bool:
    """Send a new link to the family's own phone, at most one in ten minutes; earlier links stay valid.

    Return False when a link was sent in the last ten minutes, or the registration is over.
    """
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    about_type, about_id = subject_of(row)
    recent = Message.objects.filter(
        about_type=about_type,
        about_id=about_id,
        kind__in=_LINK_KINDS,
        created_at__gt=timezone.now() - RESEND_PAUSE,
    )
    if not row.is_live or recent.exists():
        return False
    send_link(row, "registration_link")
    return True
