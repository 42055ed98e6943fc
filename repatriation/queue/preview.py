"""The preview of a version: how it would move the families that wait now. The database computes it in one pass."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from repatriation.models import Campaign, RuleSet
from repatriation.models.registration import Status
from repatriation.queue.scoring import scoring_sql

SHOWN = 20  # families that rise, and as many that fall

PREVIEW = """
WITH chosen AS (
    SELECT id FROM repatriation_registration WHERE campaign_id = %(campaign)s AND status = %(waiting)s
), {ctes}, places AS (
    SELECT r.id, r.score AS old_score, scored.points AS new_score, scored.why,
        row_number() OVER (ORDER BY r.score DESC, r.registered_at, r.id) AS old_place,
        row_number() OVER (ORDER BY scored.points DESC, r.registered_at, r.id) AS new_place
    FROM scored JOIN repatriation_registration AS r ON r.id = scored.id
), ranked AS (
    SELECT *, sign(new_place - old_place)::int AS way,
        count(*) OVER (PARTITION BY sign(new_place - old_place)) AS many,
        row_number() OVER (
            PARTITION BY sign(new_place - old_place) ORDER BY abs(new_place - old_place) DESC, new_place
        ) AS rank
    FROM places
)
SELECT way, many, id, old_place, new_place, old_score, new_score, why FROM ranked
WHERE rank <= %(shown)s ORDER BY way, rank
"""


@dataclass(frozen=True)
class QueueMove:
    """One waiting family: its place and score now, and those that it would have."""

    registration_id: int
    old_place: int
    new_place: int
    old_score: int
    new_score: int
    reasons: list[dict[str, Any]]


@dataclass(frozen=True)
class Preview:
    """How many waiting families rise, fall and stay, and those that move farthest, the farthest first."""

    rise: int
    fall: int
    stay: int
    risers: list[QueueMove]
    fallers: list[QueueMove]

    @property
    def total(self) -> int:
        return self.rise + self.fall + self.stay


def preview(rule_set: RuleSet, campaign: Campaign) -> Preview:
    """Compute the moves that publishing would make now; nothing is written."""
    sql = scoring_sql(rule_set.rules, timezone.localdate())
    params = {**sql.params, "campaign": campaign.pk, "waiting": Status.WAITING, "shown": SHOWN}
    counts = {-1: 0, 0: 0, 1: 0}
    moves: dict[int, list[QueueMove]] = {-1: [], 0: [], 1: []}
    with connection.cursor() as cursor:
        cursor.execute(PREVIEW.format(ctes=sql.ctes), params)
        for way, many, pk, old, new, old_score, new_score, why in cursor.fetchall():
            counts[way] = many
            moves[way].append(QueueMove(pk, old, new, old_score, new_score, json.loads(why)))
    return Preview(counts[-1], counts[1], counts[0], moves[-1], moves[1])
