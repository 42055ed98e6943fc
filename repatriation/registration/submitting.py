"""From the first question to a place in the queue, and out of it again.

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
from repatriation.registration.refusals import (
    demand_few_refusals,
    number_marks,
    phone_lock,
    refuse_registered,
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
    """The campaign is for others for now; the form is kept. `campaign` knows for whom."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(campaign.pk)
        self.campaign = campaign

    def __str__(self) -> str:
        return admission.refusal(self.campaign)

    def to_officer(self) -> str:
        return admission.refusal_to_officer(self.campaign)


def family_actor(phone: str = "") -> Actor:
    """Who acts for a family: known by a masked phone once there is one."""
    return citizen_actor(mask(phone) if phone else gettext_noop("Người đăng ký"))


@transaction.atomic
def start_draft(campaign: Campaign, *, by: User | Actor) -> Registration:
    """An empty form of a family that has just agreed; the words it agreed to go into the log."""
    registration = new_row(campaign)
    record(registration, "consented", by=by, data=consent.proof())
    return registration


def new_row(campaign: Campaign, **fields: Any) -> Registration:
    """An empty form with a code of its own."""
    row = Registration(campaign=campaign, draft=Draft().to_json(), **fields)
    return codes.fresh(row, settings.PORTAL_CODE_PREFIX)


@transaction.atomic
def save_draft(registration: Registration, change: DraftChange) -> Draft:
    """Apply one answer to what is stored, under a lock, so that two open pages lose nothing of each other.

    A form that was submitted meanwhile stays as it is.
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
    """Give up a half-filled form: what was typed is wiped. A submitted one stays as it is."""
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    if row.status == Status.DRAFT:
        transition(row, "withdraw", by=by, draft={})
        end_links(row, "draft")


def submit(registration: Registration, *, by: User | Actor, address: str | None = None) -> Registration:
    """Put the family into the queue, and tell them. A second press returns what the first one made.

    Raises `DraftIncomplete`, `CampaignClosed`, `AlreadyRegistered`, `IdentityTaken` or `TooManyRefusals`;
    then nothing was written, but that a citizen's number disagreed, for which `address` is where the
    request came from.
    """
    settled: list[tuple[Person, str]] = []
    try:
        done = _submit(registration, settled, by, address)
    except IntegrityError as error:
        if broken_constraint(error) != "member_one_live_registration":
            raise
        refuse_registered(registration.campaign, settled)
        raise
    if isinstance(done, NumberDisagrees):
        raise done
    return done


@transaction.atomic
def _submit(
    registration: Registration, settled: list[tuple[Person, str]], by: User | Actor, address: str | None
) -> Registration | NumberDisagrees:
    """The row in the queue; a refusal that must be counted is returned, so that its event is kept."""
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
    phone_lock(draft.phone)
    marks = number_marks(draft.phone, address, row.entered_by_id)
    demand_few_refusals(marks)
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
    first_screening(row)
    send_first_link(row)
    return row


def facts_of(draft: Draft, *, registered_on: dt.date | None = None, origin: Place | None = None) -> Facts:
    """What counts for the priority: ages on the day of registering, which is today unless it is named.
    `origin` is the place of the draft where the caller has it at hand."""
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
    """A new link to the family's own phone, with a message of this kind."""
    link = make_link(registration, "registration", phone=registration.phone, lifetime=LINK_LIFETIME)
    notify(
        kind,
        phone=registration.phone,
        about=registration,
        context={"code": registration.code, **context},
        secrets={"link": link},
    )


def send_first_link(registration: Registration) -> None:
    """The link with which a family is told of its registration; where an officer entered it, told who did."""
    officer = registration.entered_by
    if officer is None:
        send_link(registration, "registered", people=registration.people)
    else:
        send_link(registration, "registered_for_you", people=registration.people, sender=sender_of(officer))


def sender_of(officer: User) -> str:
    """Who registered a family for it, as its message names them: in the language of the messages."""
    with override(settings.LANGUAGE_CODE):
        own = next(iter(channels_of(officer)), None)
        return SENDERS[own] % {"name": officer.full_name} if own in SENDERS else officer.full_name


@transaction.atomic
def send_link_again(registration: Registration) -> bool:
    """A new link to the family's own phone, at most one in ten minutes; the earlier ones stay good.

    False when the last one is still fresh, or the registration is over.
    """
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    about_type, about_id = subject_of(row)
    fresh = Message.objects.filter(
        about_type=about_type,
        about_id=about_id,
        kind__in=_LINK_KINDS,
        created_at__gt=timezone.now() - RESEND_PAUSE,
    )
    if not row.is_live or fresh.exists():
        return False
    send_link(row, "registration_link")
    return True
