"""What the acts on handovers share: their locks, the decision of one row, and whom they tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.duty import officers_for
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.notifications.officers import notify_officers
from portal.notifications.outbox import notify
from portal.places.models import Place
from portal.records.actors import Actor
from portal.records.refusals import Refused
from portal.records.transitions import transition
from portal.ui.formats import vn_datetime
from repatriation.checkpoint.actions import DEFAULT_HANDOVER_HOURS
from repatriation.models import Campaign, Handover, Registration


def lock_handovers(handovers: Iterable[Handover]) -> list[Handover]:
    """Lock the registrations, people and handovers in the fixed order, and return the handovers."""
    given = list(handovers)
    if not given:
        raise Refused(_("Không còn ai trong bàn giao này. Vui lòng tải lại trang để xem."))
    ids = [row.pk for row in given]
    families = Registration.objects.filter(arrivals__handovers__in=ids).values("pk")
    list(Registration.objects.select_for_update(of=("self",)).filter(pk__in=families).order_by("pk"))
    people = Person.objects.select_for_update(of=("self",)).filter(handovers__in=ids).order_by("pk")
    by_id = {person.pk: person for person in people}
    rows = Handover.objects.select_related(
        "arrival__registration__campaign", "to_place", "from_place", "decided_by"
    )
    locked = list(rows.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    for row in locked:
        row.person = by_id[row.person_id]
    return locked


def decide(
    row: Handover, verb: str, *, by: User | Actor, reason: str = "", columns: dict[str, Any] | None = None
) -> None:
    """Make the transition of a locked row with its `columns`, and keep the rows that were loaded with it."""
    officer = by if isinstance(by, User) else by.user
    values = {"decided_at": timezone.now(), "decided_by": officer, "reason": reason, **(columns or {})}
    moved = transition(row, verb, by=by, reason=reason, columns=values)
    for name, value in {**values, "status": moved.status}.items():
        setattr(row, name, value)


def require_no_newer_handover(rows: Sequence[Handover]) -> None:
    """Raise `Refused` when somebody waits in another handover: they passed a checkpoint again, or are being
    transferred. The caller has locked the people."""
    others = Handover.objects.open().filter(person__in=[row.person_id for row in rows])
    other = others.exclude(pk__in=[row.pk for row in rows]).select_related("person", "from_place").first()
    if other is not None:
        raise Refused(
            _("%(name)s đã qua %(place)s lúc %(time)s và đang chờ tiếp nhận ở bàn giao mới hơn.")
            % {
                "name": other.person.full_name,
                "place": other.from_place.name,
                "time": vn_datetime(other.sent_at),
            }
        )


def hours_to_accept(row: Handover) -> int:
    """Return how long the receiving place has: by the family's campaign, else by the one that is open."""
    campaign = row.registration.campaign if row.registration else Campaign.objects.open().first()
    return campaign.handover_hours if campaign else DEFAULT_HANDOVER_HOURS


def registrations_of(rows: Sequence[Handover]) -> list[Registration]:
    registrations = {row.registration for row in rows if row.registration is not None}
    return sorted(registrations, key=lambda registration: registration.pk)


def by_party(rows: Iterable[Handover]) -> list[list[Handover]]:
    """Return the handovers of each family together."""
    parties: dict[Any, list[Handover]] = {}
    for row in rows:
        parties.setdefault((row.party, row.to_place_id), []).append(row)
    return list(parties.values())


def notify_family(rows: Sequence[Handover], kind: str, **context: str) -> None:
    """Send one message to the family, whose people may share a phone."""
    registration = rows[0].registration
    phone = registration.phone if registration is not None else ""
    phone = phone or next((row.person.phone for row in rows if row.person.phone), "")
    facts = {
        "people": len(rows),
        "commune": rows[0].to_place.name,
        "sender": rows[0].from_place.name,
    }
    about = registration or rows[0].arrival or rows[0]
    notify(kind, phone=phone, about=about, context={**facts, **context})


def senders(row: Handover) -> list[User]:
    """Return the officers who answer for the person until somebody accepts."""
    sends = row.kind == Handover.Kind.ARRIVAL
    return officers_for(row.from_place, Permission.RECORD_ARRIVALS if sends else Permission.DECIDE_HANDOVERS)


def receivers(place: Place) -> list[User]:
    return officers_for(place, Permission.DECIDE_HANDOVERS)


def province(place: Place) -> list[User]:
    """Return the officers who send people on, of the nearest level above the place."""
    return officers_for(place, Permission.ROUTE_HANDOVERS)


def notify_places(
    kind: str, rows: Sequence[Handover], officers: Iterable[User], *, by: User | None = None, **context: str
) -> list[User]:
    """Send officers a message that says how many people of which places it is about, and no name.

    The one who acts is not told. Returns those who were.
    """
    first = rows[0]
    told = {officer.pk: officer for officer in officers if by is None or officer.pk != by.pk}
    facts = {"people": len(rows), "sender": first.from_place.name, "commune": first.to_place.name}
    return notify_officers(kind, told.values(), about=first, context={**facts, **context})


def names_of(officers: Sequence[User]) -> str:
    """Return the officers' names for a sentence; nobody who has a phone or an email: a dash."""
    return ", ".join(officer.full_name for officer in officers) or "–"
