"""A family that changes its registration, without a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from repatriation.models import Registration, RegistrationChange
from repatriation.registration.changing import apply_change, begin_change, review, save_change
from repatriation.registration.drafts import Draft
from repatriation.registration.submitting import family_actor
from tests.repatriation.world.families import PHONE

BY = family_actor(PHONE)


def changed(registration: Registration, answer: Callable[[Draft], Draft]) -> RegistrationChange:
    """A change with this answer, not yet confirmed."""
    change = begin_change(registration, by=BY)
    save_change(change, answer)
    return RegistrationChange.objects.select_related("registration__campaign__rule_set").get(pk=change.pk)


def confirm(change: RegistrationChange, **how: Any) -> Registration:
    """As the family that has seen what would become of it presses the button."""
    change = RegistrationChange.objects.select_related("registration__campaign__rule_set").get(pk=change.pk)
    return apply_change(change, **{"by": BY, "seen": review(change).seen, **how})


def fresh(registration: Registration) -> Registration:
    return Registration.objects.get(pk=registration.pk)
