"""Refusals: why something cannot be done now, as a sentence. Views show it by `portal.ui.refusals`."""

from __future__ import annotations

from django.db import IntegrityError


class Refused(Exception):
    """A refusal: nothing was changed. `str()` says in the reader's language what is wrong and what to do next.

    A subclass is for a refusal that is caught apart from the others, or that builds its own sentence.
    """

    def to_officer(self) -> str:
        """Return the sentence for an officer who acts for a family; the family's may say to call the hotline."""
        return str(self)


def broken_constraint(error: IntegrityError) -> str:
    """Return the name of the constraint by which the database refused; empty when it names none."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
