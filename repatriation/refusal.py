"""Why something cannot be done now, in words for the person who tried."""

from __future__ import annotations

from portal.records.refusals import broken_constraint

__all__ = ["Refusal", "broken_constraint"]


class Refusal(Exception):
    """Nothing was changed. `str()` says in the reader's language what is wrong and what to do next."""

    def to_officer(self) -> str:
        """The same to an officer who acts for a family, where a family is told to call the hotline."""
        return str(self)
