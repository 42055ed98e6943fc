"""The standing of a family: a range of places in the queue.

Officers of the queue see the exact number of this moment. A family would take that number for a promise, so it
gets a range: families that are being asked for their answer may come back before it, and the numbers are rounded.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.ui.formats import count
from repatriation.models import Registration
from repatriation.models.registration import Status


@dataclass(frozen=True)
class Standing:
    """The range from `first` to `last`, both counted from 1. `total` is the number of families that wait or are
    being asked for their answer; no place is beyond it."""

    first: int
    last: int
    total: int

    @property
    def words(self) -> str:
        """Return the range as a family reads it: "12", or "khoảng 120–140"."""
        if self.first == self.last:
            return count(self.first)
        return _("khoảng %(first)s–%(last)s") % {"first": count(self.first), "last": count(self.last)}


def standing(registration: Registration, *, score: int | None = None) -> Standing | None:
    """Return the range of a waiting family, now or with another `score`; None for a family that does not wait."""
    if registration.status != Status.WAITING:
        return None
    row = registration
    if score is not None and score != row.score:
        row = copy.copy(registration)
        row.score = score
    waiting = Registration.objects.waiting(row.campaign)
    asked = Registration.objects.filter(campaign=row.campaign, status=Status.OFFERED)
    place, may_return = waiting.before(row).count() + 1, asked.before(row).count()
    return rounded(place, may_return, waiting=waiting.count(), asked=asked.count())


def rounded(place: int, may_return: int, *, waiting: int, asked: int) -> Standing:
    """Round a place to a range: 127 with 12 that may return is 120 to 140.

    Of the `asked` families, which hold an offer, `may_return` stood before this one and may come back.
    """
    latest = place + may_return
    step = 5 if latest <= 10 else 10 if latest < 1_000 else 10 ** (len(str(latest)) - 2)
    first = max(1, place // step * step)
    last = -(-latest // step) * step
    if last == first:
        last += step
    return Standing(first, max(place, min(last, waiting + may_return)), waiting + asked)
