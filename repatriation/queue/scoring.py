"""Scoring in the database: the same scores as `predicates.score`, for many families in one statement.

Each rule becomes its predicate's SQL condition over the facts of a family (`FACTS`), with its points and its
reason. Ages count on the day of registering, so a family loses no place because a child grew while it waited.
Days of waiting count on the day of scoring. A test checks that both ways give the same scores.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from repatriation.queue.predicates import PREDICATES

# One row a family of `chosen` (a CTE with the registrations' ids).
FACTS = """
facts AS (
    SELECT r.id, r.reasons, string_to_array(place.path, '/') AS around,
        %(today)s - (r.registered_at AT TIME ZONE %(zone)s)::date AS waited,
        family.*
    FROM chosen
    JOIN repatriation_registration AS r ON r.id = chosen.id
    LEFT JOIN places_place AS place ON place.id = r.origin_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS people, min(months) AS youngest, max(months) / 12 AS oldest,
            count(*) FILTER (WHERE is_pregnant) AS pregnant,
            count(*) FILTER (WHERE has_chronic_illness) AS ill,
            count(*) FILTER (WHERE has_disability) AS disabled
        FROM (
            SELECT m.is_pregnant, m.has_chronic_illness, m.has_disability, greatest(0,
                (date_part('year', day) - date_part('year', born)) * 12
                + date_part('month', day) - date_part('month', born)
                - (date_part('day', day) < date_part('day', born))::int
            )::int AS months
            FROM repatriation_member AS m
            JOIN citizens_person AS p ON p.id = m.person_id
            CROSS JOIN LATERAL (
                SELECT coalesce(p.birth_date, make_date(p.birth_year, 1, 1)) AS born,
                    (r.registered_at AT TIME ZONE %(zone)s)::date AS day
            ) AS days
            WHERE m.registration_id = r.id
        ) AS each_one
    ) AS family
)"""


@dataclass(frozen=True)
class ScoringSQL:
    """Common table expressions that score. `ctes` define `facts` and `scored (id, points, why, alone)` over
    `chosen (id)`; `params` are the values of their placeholders."""

    ctes: str
    params: dict[str, Any]


def scoring_sql(rules: Sequence[Mapping[str, Any]], today: dt.date) -> ScoringSQL:
    """Return the SQL that scores by these rules, which `check_rules` has accepted."""
    params: dict[str, Any] = {"today": today, "zone": settings.TIME_ZONE}
    points, why = ["0"], ["'[]'::jsonb"]
    for number, rule in enumerate(sorted(rules, key=lambda rule: -rule["points"])):
        predicate = PREDICATES[rule["predicate"]]
        names = {name: f"r{number}_{name}" for name in rule["params"]}
        params |= {names[name]: value for name, value in rule["params"].items()}
        params |= {f"r{number}": rule["points"], f"r{number}_rule": json.dumps(rule)}
        holds = predicate.sql.format(**{name: f"%({key})s" for name, key in names.items()})
        known = ", ".join(f"'{name}', {fact}" for name, fact in predicate.detail.items())
        reason = f"%(r{number}_rule)s::jsonb || jsonb_build_object('detail', jsonb_build_object({known}))"
        points.append(f"CASE WHEN {holds} THEN %(r{number})s ELSE 0 END")
        why.append(f"CASE WHEN {holds} THEN jsonb_build_array({reason}) ELSE '[]'::jsonb END")
    alone = f"coalesce({PREDICATES['lone_minor'].sql}, false) AS alone"
    columns = f"id, {' + '.join(points)} AS points, {' || '.join(why)} AS why, {alone}"
    scored = f"scored AS (SELECT {columns} FROM facts)"  # noqa: S608 - words of this module; every value is a parameter
    return ScoringSQL(f"{FACTS}, {scored}", params)
