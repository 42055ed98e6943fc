"""Actions on duplicates: close a registration whose family stands in another one, and open it again."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.records.refusals import Refused, broken_constraint
from portal.records.transitions import transition
from repatriation.models import Campaign, Registration
from repatriation.queue.rescoring import score_now
from repatriation.screening.actions import begin_screening, end_screening


@transaction.atomic
def mark_duplicate(registration: Registration, of: Registration, *, by: User, reason: str) -> Registration:
    """Close the registration as a duplicate of `of`, which stays live. The phone of the closed one is notified.

    Raises `Refused` unless `of` is another live registration of the campaign, `TransitionRefused` unless this
    one waits.
    """
    ids = [registration.pk, of.pk]
    rows = {row.pk: row for row in Registration.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    row, other = rows[registration.pk], rows[of.pk]
    if other == row or other.campaign_id != row.campaign_id or not other.is_live:
        raise Refused(
            _(
                "Đăng ký %(code)s không phải một đăng ký khác đang còn hiệu lực của đợt này. Vui lòng xem lại mã."
            )
            % {"code": other.code}
        )
    row = transition(
        row, "mark_duplicate", by=by, reason=f"{other.code}. {reason.strip()}", data={"of": other.code}
    )
    end_screening(row, by=by)
    notify("registration_duplicate", phone=row.phone, about=row, context={"code": row.code})
    return row


def take_back_duplicate(registration: Registration, *, by: User, reason: str) -> Registration:
    """Open a closed duplicate again: the family waits at its time of registering, scored by the rules in force.

    Raises `Refused` while one of its members stands in another live registration.
    """
    try:
        return _take_back(registration, by, reason)
    except IntegrityError as error:
        if broken_constraint(error) != "member_one_live_registration":
            raise
        raise Refused(
            _("Có người trong gia đình đang có tên trong một đăng ký khác của đợt này nên chưa mở lại được.")
        ) from error


@transaction.atomic
def _take_back(registration: Registration, by: User, reason: str) -> Registration:
    campaign = Campaign.objects.hold_rules(registration.campaign_id)
    row = transition(registration, "not_duplicate", by=by, reason=reason)
    score_now(campaign, [row.pk])
    begin_screening(row)
    notify("back_in_queue", phone=row.phone, about=row, context={"code": row.code})
    return row
