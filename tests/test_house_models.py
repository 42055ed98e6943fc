"""The rules of the house for models: who sees their rows, and which columns go together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from portal.accounts.scoping import ScopedQuerySet

# Models that hold nobody's data, or only hang on a row that is itself scoped.
WITHOUT_SCOPE = {
    "accounts.User": "managed accounts; `visible_to` of its own",
    "accounts.Assignment": "reached through its user",
    "accounts.SignInCount": "counters",
    "appointments.Closure": "calendar",
    "appointments.OpeningHours": "calendar",
    "appointments.Procedure": "public catalogue",
    "citizens.Household": "reached through its people",
    "citizens.OneTimeCode": "hashed; never shown",
    "citizens.ProofTries": "counters",
    "citizens.SecretLink": "hashed; never shown",
    "notifications.Attempt": "reached through its message",
    "notifications.Message": "shown in the demo's inbox only",
    "places.LegacyCommune": "public",
    "places.Place": "public",
    "quarantine.AlertNotice": "reached through its alert",
    "quarantine.Facility": "public: beds and a phone, nobody's data",
    "quarantine.Numbering": "counters",
    "quarantine.Protocol": "public rules",
    "quarantine.Reminder": "reached by nobody",
    "records.EventSeal": "hashes; never shown",
    "records.ReadSeal": "hashes; never shown",
    "records.SealMark": "how far a log is sealed; never shown",
    "reporting.ExportJob": "its owner's alone; `visible_to` of its own",
    "reporting.ExportPart": "reached through its job",
    "repatriation.Campaign": "public",
    "repatriation.ImportFile": "reached through its batch",
    "repatriation.ImportRow": "reached through its batch",
    "repatriation.Member": "reached through its registration",
    "repatriation.OfflineKey": "keys; never shown",
    "repatriation.RuleSet": "public rules",
}

OWN_APPS = [
    "accounts",
    "records",
    "notifications",
    "places",
    "reporting",
    "citizens",
    "quarantine",
    "repatriation",
    "appointments",
]


def own_models() -> list[type[models.Model]]:
    return [model for label in OWN_APPS for model in apps.get_app_config(label).get_models()]


def test_every_model_that_holds_somebodys_data_says_through_which_places_it_is_seen() -> None:
    named = {model._meta.label: model for model in own_models()}
    assert not set(WITHOUT_SCOPE) - set(named), "this list names a model that is gone"
    for label, model in named.items():
        if label in WITHOUT_SCOPE:
            continue
        assert getattr(model, "SCOPE_COLUMNS", ()), label
        assert getattr(model, "SCOPE_PERMISSIONS", ()), label
        assert isinstance(model._default_manager.all(), ScopedQuerySet), label


# Of these pairs one side may stand alone, which is named, and why. The other side alone is refused.
HALF_PAIRS = {
    "repatriation.Arrival.entered": (
        "by",
        "the moment is the device's, and a form that was sent at once has none",
    ),
    "quarantine.Certificate.issued": ("at", "the system issues it when the last day is over"),
    "repatriation.Filling.at": ("at", "the system fills seats that came free"),
    "repatriation.Handover.sent": ("at", "of the links before it was kept, the log alone says who sent them"),
    "repatriation.ImportBatch.committed": ("by", "the press names who, the end of the work says when"),
    "repatriation.Manifest.made": ("at", "the list of a trip closes by itself when nobody closed it"),
    "repatriation.RuleSet.published": ("at", "the rules that come with the portal were published by nobody"),
    "repatriation.Screening.decided": ("at", "the deadline or the family's withdrawal may end it"),
}


def null_pairs() -> Iterator[tuple[str, type[models.Model], str, str]]:
    """Each pair of columns that say when and who (`x_at` and `x_by`), of which a side may be null."""
    for model in own_models():
        fields = {field.name: field for field in model._meta.concrete_fields}
        for name, field in fields.items():
            other = re.sub(r"(^|_)at$", r"\1by", name)
            if other != name and other in fields and (field.null or fields[other].null):
                yield f"{model._meta.label}.{name.removesuffix('_at')}", model, name, other


def can_hold(condition: models.Q, known: dict[str, bool]) -> bool:
    """Whether some row with these nulls (`known`: is the column null?) passes a check constraint.

    All other comparisons count as free, so that the answer is never "no" by mistake.
    """

    def leaves(node: Any) -> set[str]:
        if not isinstance(node, models.Q):
            return {repr(node)}
        return {leaf for child in node.children for leaf in leaves(child)}

    def holds(node: Any, free: dict[str, bool]) -> bool:
        if isinstance(node, models.Q):
            results = [holds(child, free) for child in node.children]
            return (any(results) if node.connector == models.Q.OR else all(results)) != node.negated
        name, _sep, lookup = node[0].partition("__")
        if name in known and (lookup == "isnull" or node[1] is None):
            return known[name] == (bool(node[1]) if lookup == "isnull" else True)
        return free[repr(node)]

    names = sorted(leaves(condition))
    choices = (dict(zip(names, values, strict=True)) for values in product([True, False], repeat=len(names)))
    return any(holds(condition, free) for free in choices)


def stands_alone(model: type[models.Model], here: str, other: str) -> bool:
    """Whether the database takes a row in which the column is filled and its fellow is null."""
    if not model._meta.get_field(other).null:
        return False
    checks = [one.condition for one in model._meta.constraints if isinstance(one, models.CheckConstraint)]
    return all(can_hold(condition, {here: False, other: True}) for condition in checks)


def test_who_and_when_go_together() -> None:
    """A check constraint pairs them, or a line above says which of them may stand alone."""
    wrong, seen = [], set()
    for pair, model, when, who in null_pairs():
        seen.add(pair)
        allowed, _why = HALF_PAIRS.get(pair, ("", ""))
        alone = {"at": stands_alone(model, when, who), "by": stands_alone(model, who, when)}
        wrong += [f"{pair}_{side} alone" for side in alone if alone[side] != (side == allowed)]
    assert not wrong
    assert not set(HALF_PAIRS) - seen, "this list names a pair that is gone"


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
