"""The rule sets that come with the portal, loaded from `data/rule_sets.json`."""

from __future__ import annotations

import json
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from repatriation.models import RuleSet
from repatriation.queue.predicates import check_rules

DATA = Path(__file__).parent / "data" / "rule_sets.json"


@transaction.atomic
def load_rule_sets() -> int:
    """Store the versions that are missing, and return how many. A stored version is never changed, but for
    the English of its source where it has none yet.

    Raises `RuleError` for a rule that could not be applied.
    """
    stored = 0
    for entry in json.loads(DATA.read_text(encoding="utf-8")):
        check_rules(entry["rules"])
        _row, created = RuleSet.objects.get_or_create(
            name=entry["name"],
            version=entry["version"],
            defaults={
                "rules": entry["rules"],
                "source": entry["source"],
                "source_en": entry["source_en"],
                "status": RuleSet.Status.PUBLISHED,
                "published_at": timezone.now(),
            },
        )
        stored += created
        RuleSet.objects.filter(source=entry["source"], source_en="").update(source_en=entry["source_en"])
    return stored
