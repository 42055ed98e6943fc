"""Drafts that are finished later: their link, and their removal when nobody comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from citizens.links import end_links, make_link
from portal.notifications.models import Message
from portal.notifications.outbox import Note, notify, notify_many
from portal.records.actors import SYSTEM
from portal.records.log import subject_of
from portal.records.transitions import transition
from portal.ui.formats import vn_datetime
from repatriation.models import Campaign, Registration, RegistrationChange
from repatriation.models.registration import Status
from repatriation.queue.admission import meets
from repatriation.registration.changing import CHANGEABLE
from repatriation.registration.drafts import Draft
from repatriation.registration.submitting import facts_of

KEPT_FOR = dt.timedelta(days=7)  # after the last answer
KEPT_UNPROVED = dt.timedelta(
    days=1
)  # without a proved phone: its session has ended, and nothing else opens it
RESEND_PAUSE = dt.timedelta(minutes=10)
PURPOSE = "draft"
AT_ONCE = 1_000  # rows of one run


def kept_until(campaign: Campaign, now: dt.datetime | None = None) -> dt.datetime:
    """Return until when a draft saved now may be finished: a week, and no later than the campaign."""
    day_after = campaign.ends_on + dt.timedelta(days=1)
    end = timezone.make_aware(dt.datetime.combine(day_after, dt.time.min))
    return min((now or timezone.now()) + KEPT_FOR, end)


@transaction.atomic
def send_draft_link(registration: Registration) -> bool:
    """Send a link to the proved phone that opens the draft on any device.

    Return False when a link was sent in the last ten minutes, the phone is not proved, or the draft was
    submitted or given up.
    """
    row = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("campaign")
        .get(pk=registration.pk)
    )
    draft = Draft.from_json(row.draft)
    now = timezone.now()
    until = kept_until(row.campaign, now)
    if row.status != Status.DRAFT or not draft.phone_confirmed or until <= now or _just_sent(row, now):
        return False
    row.draft_saved_at = now
    row.save(update_fields=["draft_saved_at"])
    link = make_link(row, PURPOSE, phone=draft.phone, lifetime=until - now)
    notify(
        "draft_link",
        phone=draft.phone,
        about=row,
        context={"until": vn_datetime(until)},
        secrets={"link": link},
        expires_at=until,
    )
    return True


def _just_sent(row: Registration, now: dt.datetime) -> bool:
    about_type, about_id = subject_of(row)
    sent = Message.objects.filter(about_type=about_type, about_id=about_id, kind="draft_link")
    return sent.filter(created_at__gt=now - RESEND_PAUSE).exists()


def notify_now_admitted(campaign: Campaign, before: Sequence[Mapping[str, Any]]) -> int:
    """Notify families with a complete draft that can be sent now but could not by the conditions `before`.

    Return how many were notified. The caller has locked the campaign.
    """
    drafts = Registration.objects.filter(campaign=campaign, status=Status.DRAFT)
    notes = []
    for row in drafts.exclude(draft__phone_confirmed="").order_by("pk"):
        draft = Draft.from_json(row.draft)
        if draft.missing():
            continue
        facts = facts_of(draft)
        if meets(campaign.admits, facts) and not meets(before, facts):
            notes.append(Note(phone=draft.phone, about=row, context=_way_back(campaign, row)))
    return len(notify_many("now_admitted", notes))


def _way_back(campaign: Campaign, row: Registration) -> dict[str, str]:
    until = min(kept_until(campaign, row.draft_saved_at), kept_until(campaign))
    page = settings.PORTAL_BASE_URL + reverse("citizens:mine")
    return {"campaign": campaign.name, "until": vn_datetime(until), "page": page}


def clear_forgotten(now: dt.datetime | None = None) -> int:
    """Wipe drafts and changes untouched for a week, drafts of campaigns that have ended, and changes of
    registrations that cannot be changed any more. Their links end too. Return how many were wiped.

    Drafts without a proved phone are wiped after a day.
    """
    moment = now or timezone.now()
    return _clear_drafts(moment) + _clear_changes(moment)


def _clear_drafts(now: dt.datetime) -> int:
    forgotten = Q(draft_saved_at__lt=now - KEPT_FOR) | Q(campaign__ends_on__lt=timezone.localdate(now))
    forgotten |= Q(draft__phone_confirmed="", draft_saved_at__lt=now - KEPT_UNPROVED)
    due = Registration.objects.filter(forgotten, status=Status.DRAFT)
    cleared = 0
    for pk in due.order_by("draft_saved_at").values_list("pk", flat=True)[:AT_ONCE]:
        with transaction.atomic():
            row = due.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if row is not None:  # not locked, and still due
                transition(row, "expire", by=SYSTEM, draft={})
                end_links(row, PURPOSE)
                cleared += 1
    return cleared


def _clear_changes(now: dt.datetime) -> int:
    forgotten = Q(saved_at__lt=now - KEPT_FOR) | ~Q(registration__status__in=CHANGEABLE)
    due = RegistrationChange.objects.open().filter(forgotten)
    cleared = 0
    for pk in due.order_by("saved_at").values_list("pk", flat=True)[:AT_ONCE]:
        with transaction.atomic():
            row = due.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if row is not None:
                transition(row, "drop", by=SYSTEM, draft={}, base={})
                cleared += 1
    return cleared
