"""Why something cannot be done now, in words for the person who tried. Views say it by `portal.ui.refusals`."""

from __future__ import annotations

from django.db import IntegrityError


class Refused(Exception):
    """Nothing was changed. `str()` says in the reader's language what is wrong and what to do next.

    A subclass exists where somebody catches it apart from the others, or where it brings its own sentence.
    """

    def to_officer(self) -> str:
        """Say the same to an officer, who acts for a family: a family is told to call the hotline."""
        return str(self)


def broken_constraint(error: IntegrityError) -> str:
    """Return the name of the constraint by which the database refused; empty when it names none."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
