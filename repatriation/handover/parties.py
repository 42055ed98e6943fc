"""Parties: people who came together and go to one place, as the rows of officers' lists of handovers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, QuerySet
from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.models import User
from portal.places.models import Place
from repatriation.models import Arrival, Handover, Member
from repatriation.models.handover import HandoverQuerySet
from repatriation.registration.declared import declared_words
from repatriation.rules import may_decide, may_read_people, may_see_health_of_handover


@dataclass(frozen=True)
class Party:
    """The handovers of one family that have one state and one place.

    `may_decide`: whether the reader answers for the place. `may_read`: whether they may read the people, and not
    only what was answered. `shows_health`: whether they may see what was measured.
    """

    handovers: list[Handover]
    may_decide: bool = False
    may_read: bool = False
    shows_health: bool = False

    @property
    def first(self) -> Handover:
        return self.handovers[0]

    @property
    def head(self) -> Person:
        """Return the person who was entered first."""
        return self.first.person

    @property
    def others(self) -> int:
        return len(self.handovers) - 1

    @property
    def arrival(self) -> Arrival:
        return self.first.arrival

    @property
    def key(self) -> UUID:
        return self.arrival.client_key

    @property
    def to_place(self) -> Place:
        return self.first.to_place

    @property
    def deadline(self) -> dt.datetime:
        return self.first.deadline

    @property
    def is_overdue(self) -> bool:
        return self.first.is_overdue

    @property
    def has_positive(self) -> bool:
        return self.shows_health and any(
            row.arrival.rapid_test == Arrival.RapidTest.POSITIVE for row in self.handovers
        )

    @property
    def has_symptoms(self) -> bool:
        return self.shows_health and any(row.arrival.has_symptoms for row in self.handovers)

    @property
    def has_notes(self) -> bool:
        """Return whether the party's row in a list has anything to note."""
        to_home = self.arrival.decision == Arrival.Decision.HOME
        return (
            self.has_positive
            or self.has_symptoms
            or not to_home
            or self.first.status == Handover.Status.REFUSED
        )

    @property
    def youngest(self) -> Person:
        return max((row.person for row in self.handovers), key=lambda person: person.birth_year)


GROUP = ("arrival__client_key", "to_place", "status")


def grouped(handovers: HandoverQuerySet, *, newest_first: bool = False) -> QuerySet[Any]:
    """Return one row a party, as `{client_key, to_place, status, due}`, the most urgent first."""
    groups = handovers.order_by().values(*GROUP).annotate(due=Min("deadline"), last=Max("sent_at"))
    return (
        groups.order_by("-last", "arrival__client_key")
        if newest_first
        else groups.order_by("due", "arrival__client_key")
    )


def load(groups: Iterable[dict[str, Any]], user: User) -> list[Party]:
    """Return the parties of some groups, in the same order, as `user` may see them; one query."""
    keys = [tuple(group[name] for name in GROUP) for group in groups]
    rows = Handover.objects.filter(arrival__client_key__in={key for key, _place, _status in keys})
    rows = rows.select_related(
        "person", "to_place", "from_place", "decided_by", "arrival__registration", "arrival__trip"
    )
    # The last link counts of a person whom one place refused twice.
    by_group: dict[tuple[Any, ...], dict[int, Handover]] = {}
    for row in rows.order_by("pk"):
        by_group.setdefault((row.arrival.client_key, row.to_place_id, row.status), {})[row.person_id] = row
    handovers_of_parties = [list(by_group[group].values()) for group in keys if group in by_group]
    return [
        Party(
            handovers,
            may_decide=may_decide(user, handovers[0]),
            may_read=may_read_people(user, handovers[0]),
            shows_health=may_see_health_of_handover(user, handovers[0]),
        )
        for handovers in handovers_of_parties
    ]


def declared_by(handovers: Iterable[Handover]) -> dict[int, list[str]]:
    """Return the doses and tests that these people's families declared, by person (id); one query."""
    rows = list(handovers)
    members = Member.objects.filter(
        registration__in={row.arrival.registration_id for row in rows} - {None},
        person__in=[row.person_id for row in rows],
    )
    return {member.person_id: declared_words(member) for member in members}


def parties(handovers: HandoverQuerySet, user: User, limit: int) -> list[Party]:
    """Return the most urgent parties; two queries however many."""
    return load(grouped(handovers)[:limit], user)


def row_steps(chain: Sequence[Handover]) -> list[dict[str, Any]]:
    """Return one person's chain as steps for `ui/_steps.html`, oldest first."""
    steps: list[dict[str, Any]] = []
    if chain:
        arrival = chain[0].arrival
        steps.append(
            {
                "title": _("Đến %(place)s") % {"place": chain[0].from_place.name},
                "time": arrival.at,
                "state": "done",
            }
        )
    for row in chain:
        steps += _link_steps(row)
    return steps


def _link_steps(row: Handover) -> list[dict[str, Any]]:
    place = {"place": row.to_place.name}
    steps = [{"title": _("Chuyển đến %(place)s") % place, "time": row.sent_at, "state": "done"}]
    if row.escalated_at:
        steps.append({"title": _("Quá hạn, đã báo tỉnh"), "time": row.escalated_at, "state": "wrong"})
    by = row.decided_by.full_name if row.decided_by else ""
    match row.status:
        case Handover.Status.SENT:
            steps.append({"title": _("Chờ %(place)s tiếp nhận") % place, "state": "now"})
        case Handover.Status.REFUSED:
            text = _("%(officer)s: %(reason)s") % {"officer": by, "reason": row.reason}
            steps.append(
                {
                    "title": _("%(place)s chưa tiếp nhận") % place,
                    "time": row.decided_at,
                    "text": text,
                    "state": "wrong",
                }
            )
        case Handover.Status.ACCEPTED:
            title = _("%(place)s đã tiếp nhận") % place
            steps.append({"title": title, "time": row.decided_at, "text": by, "state": "done"})
            if row.home_safe_at:
                steps.append({"title": _("Về nhà an toàn"), "time": row.home_safe_at, "state": "done"})
            else:
                steps.append({"title": _("Chờ xác nhận về nhà an toàn"), "state": "now"})
    return steps
