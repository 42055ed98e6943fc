"""A transfer: people for whom one commune answers go on to live in another, with the consent of both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import Person
from portal import locks
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place
from portal.records.log import record
from portal.records.refusals import Refused, broken_constraint
from portal.ui.formats import vn_datetime
from repatriation.handover.shared import notify_family, notify_places, receivers
from repatriation.models import Campaign, Handover, HandoverException
from repatriation.models.handover import HandoverQuerySet

DEFAULT_HOURS = 24  # nobody stands in the road: the sender answers until the other commune does


def may_transfer(user: User, person: Person) -> bool:
    """Let the commune that answers for a person ask another one to take them."""
    return user.may(Permission.DECIDE_HANDOVERS, person.responsible_place)


@transaction.atomic
def transfer(
    people: Iterable[Person],
    *,
    to_place: Place,
    by: User,
    client_key: UUID,
    reason: str,
    address: str = "",
    needs: str = "",
) -> list[Handover]:
    """Ask another commune to take these people, who live together. Their place answers until it accepts.

    Sent again with the same key it changes nothing and returns the first rows. Raises `Refused` when one of them
    is being handed over already, has left, or is answered for elsewhere, and without a reason.
    """
    locks.hold(locks.Kind.ARRIVAL_KEY, str(client_key))
    first = list(Handover.objects.filter(party=client_key).select_related("person", "to_place", "from_place"))
    if first:
        return first
    if not reason.strip():
        raise Refused(_("Vui lòng ghi lý do chuyển, để nơi nhận đọc."))
    ids = [person.pk for person in people]
    if not ids:
        raise Refused(_("Chưa chọn ai. Vui lòng đánh dấu ít nhất một người."))
    rows = Person.objects.select_for_update(of=("self",)).select_related("responsible_place")
    locked = list(rows.filter(pk__in=ids).order_by("pk"))
    from_place = _place_of(locked)
    if not by.may(Permission.DECIDE_HANDOVERS, from_place):
        raise PermissionDenied
    if from_place.pk == to_place.pk:
        raise Refused(_("Gia đình đang ở %(place)s. Vui lòng chọn nơi khác.") % {"place": to_place.name})
    _require_free(locked)
    now = timezone.now()
    try:
        with transaction.atomic():
            links = [
                Handover.objects.create(
                    kind=Handover.Kind.TRANSFER,
                    party=client_key,
                    person=person,
                    from_place=from_place,
                    to_place=to_place,
                    address=address[:200],
                    needs=needs[:200],
                    sent_at=now,
                    sent_by=by,
                    sent_because=reason[:300],
                    deadline=now + dt.timedelta(hours=_hours()),
                )
                for person in locked
            ]
    except IntegrityError as error:
        if broken_constraint(error) != "handover_one_open_per_person":
            raise
        raise Refused(_("Có người vừa được chuyển ở trang khác. Vui lòng tải lại trang để xem.")) from error
    _refused_before(locked).update(settled_at=now)
    for link in links:
        record(link, "send", by=by, reason=reason, data={"person": link.person_id})
    notify_family(links, "transfer_sent")
    notify_places("handover_sent", links, receivers(to_place), by=by, deadline=vn_datetime(links[0].deadline))
    return links


def _place_of(people: list[Person]) -> Place:
    """Return the one place that answers for all of them."""
    places = {person.responsible_place for person in people}
    place = places.pop() if len(places) == 1 else None
    if place is None:
        raise Refused(_("Những người này không cùng một nơi phụ trách. Vui lòng chuyển từng nhóm."))
    return place


def _require_free(people: list[Person]) -> None:
    """Raise `Refused` when somebody is being handed over already, or has left. The caller has locked them."""
    open_now = Handover.objects.open().filter(person__in=people).select_related("person", "to_place").first()
    if open_now is not None:
        raise Refused(
            _("%(name)s đang chờ %(place)s tiếp nhận, gửi lúc %(time)s. Mỗi người chỉ có một bàn giao.")
            % {
                "name": open_now.person.full_name,
                "place": open_now.to_place.name,
                "time": vn_datetime(open_now.sent_at),
            }
        )
    left = HandoverException.objects.standing().filter(person__in=people).select_related("person").first()
    if left is not None:
        raise Refused(_("%(name)s đã rời đi theo ghi nhận của tỉnh.") % {"name": left.person.full_name})


def _refused_before(people: list[Person]) -> HandoverQuerySet:
    """Return the transfers of these people that were refused, and for which this one stands now."""
    rows: HandoverQuerySet = Handover.objects.filter(
        person__in=people, kind=Handover.Kind.TRANSFER, status=Handover.Status.REFUSED, settled_at=None
    )
    return rows


def _hours() -> int:
    campaign = Campaign.objects.open().first()
    return max(campaign.handover_hours, DEFAULT_HOURS) if campaign else DEFAULT_HOURS


def people_around(person: Person, user: User) -> list[Person]:
    """Return the person and those who may go with them: of the same household or the same party, answered for by
    the same place, and not being handed over."""
    parties = Handover.objects.filter(person=person).values("party")
    together = Person.objects.visible_to(user).filter(responsible_place=person.responsible_place_id)
    others = together.filter(pk__in=Handover.objects.filter(party__in=parties).values("person"))
    if person.household_id:
        others = others | together.filter(household=person.household_id)
    busy = Handover.objects.open().values("person")
    return [person, *others.exclude(pk=person.pk).exclude(pk__in=busy).distinct().by_given_name()[:30]]
