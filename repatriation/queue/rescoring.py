"""Rescoring of a queue: after a version of the rules was published, and on each new day when the rules count days.

Families are scored in steps of `STEP` by their ids, each step in a transaction of its own. A run that was
killed is repeated from the start: families that have their new score already are not written again. A run
skips families that another transaction has locked, and the next run scores them; only a run that skipped
none ends the rescoring. Until then no seats are given, because part of the queue still stands by the old
rules.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal.records.actors import SYSTEM
from portal.records.log import record_changed
from repatriation.models import Campaign, Registration
from repatriation.models.registration import SCORED, RegistrationQuerySet
from repatriation.queue.scoring import scoring_sql

STEP = 5_000  # families

CHANGED = """
chosen AS (SELECT unnest(%(ids)s::bigint[]) AS id), {ctes}, written AS (
    UPDATE repatriation_registration AS r
    SET rule_set_id = %(rule_set)s, score = scored.points, score_reasons = scored.why, needs_escort = scored.alone
    FROM scored
    JOIN repatriation_registration AS old ON old.id = scored.id
    JOIN repatriation_ruleset AS rules ON rules.id = old.rule_set_id
    WHERE r.id = scored.id AND (old.rule_set_id, old.score, old.score_reasons, old.needs_escort)
        IS DISTINCT FROM (%(rule_set)s, scored.points, scored.why, scored.alone)
    RETURNING r.id, r.home_commune_id, old.score AS before, r.score AS after,
        old.score_reasons AS reasons_before, rules.name || ' · ' || rules.version AS by_before
), changed AS (
    SELECT id AS subject_id, home_commune_id AS place_id, jsonb_build_object(
        'score_before', before, 'score', after, 'rules_before', by_before, 'rules', %(name)s::text,
        'reasons_before', reasons_before
    ) AS data
    FROM written WHERE before <> after
)
"""


@dataclass(frozen=True)
class Progress:
    """How many of `total` families have been scored by the rules in force."""

    done: int
    total: int


def progress(campaign: Campaign) -> Progress:
    rows = _scored(campaign)
    return Progress(rows.filter(rule_set=campaign.rule_set_id).count(), rows.count())


def due(today: dt.date | None = None) -> list[Campaign]:
    """Return the campaigns to be rescored: those begun and not ended, and on a new day those whose rules count days."""
    day = today or timezone.localdate()
    counts_days = Q(rule_set__rules__contains=[{"predicate": "days_waiting"}])
    new_day = Q(scored_on=None) | Q(scored_on__lt=day)
    rows = Campaign.objects.filter(Q(rescoring_since__isnull=False) | counts_days & new_day)
    return list(rows.order_by("pk"))


def rescore(campaign: Campaign, *, step: int = STEP) -> dt.datetime | None:
    """Score every family whose place may still count.

    Return when the rescoring began; the caller then offers the seats that were freed since. Return None when
    the rescoring has not ended: some families were locked, or another version was published meanwhile.
    """
    begun = _begin(campaign)
    today = timezone.localdate()
    skipped, last = 0, 0
    while ids := list(_scored(begun).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:step]):
        skipped += len(ids) - _rescore(begun, ids, today)
        last = ids[-1]
    if skipped or not _end(begun, today):
        return None
    return begun.rescoring_since


def _scored(campaign: Campaign) -> RegistrationQuerySet:
    return Registration.objects.filter(campaign=campaign, status__in=SCORED)


@transaction.atomic
def _begin(campaign: Campaign) -> Campaign:
    row = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if row.rescoring_since is None:
        row.rescoring_since = timezone.now()
        row.save(update_fields=["rescoring_since"])
    return row


@transaction.atomic
def _rescore(begun: Campaign, ids: list[int], today: dt.date) -> int:
    """Score one step by the rules in force now; return how many of these families were not locked by others."""
    campaign = Campaign.objects.hold_rules(begun.pk)
    free = list(
        _scored(campaign)
        .filter(pk__in=ids)
        .select_for_update(of=("self",), skip_locked=True)
        .values_list("pk", flat=True)
    )
    _write_scores(campaign, free, today)
    return len(free)


def score_now(campaign: Campaign, ids: list[int]) -> None:
    """Score these families by the rules in force, as of the day for which the others are scored.

    The caller has locked the families and the campaign's rules.
    """
    _write_scores(campaign, ids, campaign.scored_on or timezone.localdate())


def _write_scores(campaign: Campaign, ids: list[int], today: dt.date) -> None:
    sql = scoring_sql(campaign.rule_set.rules, today)
    params = {**sql.params, "ids": ids, "rule_set": campaign.rule_set_id, "name": str(campaign.rule_set)}
    record_changed(CHANGED.format(ctes=sql.ctes), params, model=Registration, verb="rescore", by=SYSTEM)


@transaction.atomic
def _end(begun: Campaign, today: dt.date) -> bool:
    """End the rescoring, so that seats may be given again. Return False when another version was published meanwhile."""
    row = Campaign.objects.select_for_update().get(pk=begun.pk)
    if row.rule_set_id != begun.rule_set_id:
        return False
    row.rescoring_since, row.scored_on = None, today
    row.save(update_fields=["rescoring_since", "scored_on"])
    return True
