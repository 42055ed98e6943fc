"""The check that a list brings only families that may apply in the campaign."""

from __future__ import annotations

from repatriation.importing.families import ListLine
from repatriation.models import Campaign
from repatriation.queue.admission import admits, for_whom
from repatriation.queue.predicates import Facts, PersonFacts


def admit(families: dict[int, list[ListLine]], campaign: Campaign) -> None:
    """Add a fault to the head of each family that is in none of the campaign's groups.

    A family with faults in names or births is left out until these are mended.
    """
    if not campaign.admits:
        return
    words = "; ".join(for_whom(campaign))
    for family in families.values():
        readable = all("full_name" in line.values and "birth" in line.values for line in family)
        if readable and not admits(campaign, _facts(family)):
            family[0].wrong("full_name", "not_admitted", words=words)


def _facts(family: list[ListLine]) -> Facts:
    entries = [line.entry for line in family]
    return Facts(
        people=tuple(
            PersonFacts(
                age_months=max(entry.age_in_months(), 0),
                is_pregnant=entry.is_pregnant and entry.may_be_pregnant,
                has_chronic_illness=entry.has_chronic_illness,
                has_disability=entry.has_disability,
            )
            for entry in entries
        ),
        reasons=frozenset(family[0].values.get("family_reasons", ())),
    )
