"""A family is parted on purpose, by a person, with a reason: when half of it can travel."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citizens import codes
from citizens.links import make_link
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.records.log import record
from portal.records.transitions import transition
from repatriation.actions.rescoring import score_now
from repatriation.actions.screening import begin_screening, part_screening
from repatriation.models import Campaign, Member, Registration
from repatriation.refusal import Refusal

# What the new registration does not take over from the one that it comes from.
OWN = {"id", "code", "status", "client_key", "people", "split_from_id"}


@transaction.atomic
def split_family(
    registration: Registration, leaving: Collection[int], *, by: User, reason: str
) -> Registration:
    """A second registration with these members (their ids); both keep the time of registering, are scored
    by their own people, and are told. Returns the new one.

    Raises `Refusal` when the family does not wait, or nobody would leave or stay.
    """
    if not reason.strip():
        raise Refusal(_("Vui lòng ghi lý do: gia đình sẽ đọc lý do này."))
    row = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    if row.status != Registration.Status.WAITING:
        raise Refusal(
            _("Chỉ tách được gia đình đang chờ. Hiện nay: %(status)s.") % {"status": row.get_status_display()}
        )
    campaign = Campaign.objects.hold_rules(row.campaign_id)
    members = list(row.members.select_for_update(of=("self",)).order_by("pk"))
    going = [member for member in members if member.pk in leaving]
    staying = [member for member in members if member.pk not in leaving]
    if not going or not staying:
        raise Refusal(_("Vui lòng chọn một phần gia đình: mỗi bên cần ít nhất một người."))
    new = _new_row(row)
    _part(going, staying, new)
    row.people = len(staying)
    row.save(update_fields=["people"])
    record(row, "split", by=by, reason=reason, data={"code": new.code, "people": len(going)})
    data = {"split_from": row.code}
    new = transition(new, "submit", by=by, reason=reason, data=data, people=len(going))
    score_now(campaign, [row.pk, new.pk])
    part_screening(row, new, by=by)
    begin_screening(new)
    for one in (row, new):
        link = make_link(one, "registration", phone=one.phone)
        told = {"code": one.code, "people": one.people, "reason": reason.strip()}
        notify("family_split", phone=one.phone, about=one, context=told, secrets={"link": link})
    return new


def _new_row(row: Registration) -> Registration:
    """A draft with everything that the family told, under a code of its own."""
    told = {
        field.attname: getattr(row, field.attname)
        for field in Registration._meta.concrete_fields
        if field.attname not in OWN
    }
    for _try in range(5):
        try:
            with transaction.atomic():
                code = codes.make(settings.PORTAL_CODE_PREFIX)
                return Registration.objects.create(**told, code=code, split_from=row)
        except IntegrityError:  # one code in 28 million was drawn before
            continue
    raise RuntimeError("no free registration code in five draws")


def _part(going: list[Member], staying: list[Member], new: Registration) -> None:
    """Move those who go, and let somebody speak for each part."""
    leaves = any(member.is_head for member in going)
    Member.objects.filter(pk__in=[member.pk for member in going]).update(registration=new, is_head=False)
    Member.objects.filter(pk=next((one.pk for one in going if one.is_head), going[0].pk)).update(is_head=True)
    if leaves:
        Member.objects.filter(pk=staying[0].pk).update(is_head=True)
