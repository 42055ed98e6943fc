"""The queue gets its scores anew: after a version of the rules was published, and when a day has passed
and the rules count days.

Families are taken in steps of `STEP` by their ids, each step a transaction. Whoever comes back begins
again: a family that has its score already is looked at and not written, so a worker that was killed costs
a little time and nothing else. Families that somebody else holds at the moment are passed over and found
by the next run; only a run that passed over nobody ends the rescoring. Meanwhile no seats are given:
nobody is seated from a queue of which a part stands by the old rules.
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
    """How many families have their score by the rules in force, of how many."""

    done: int
    total: int


def progress(campaign: Campaign) -> Progress:
    rows = _scored(campaign)
    return Progress(rows.filter(rule_set=campaign.rule_set_id).count(), rows.count())


def due(today: dt.date | None = None) -> list[Campaign]:
    """Campaigns whose queue is to be scored: begun and not ended, or by rules that count days, a new day."""
    day = today or timezone.localdate()
    counts_days = Q(rule_set__rules__contains=[{"predicate": "days_waiting"}])
    new_day = Q(scored_on=None) | Q(scored_on__lt=day)
    rows = Campaign.objects.filter(Q(rescoring_since__isnull=False) | counts_days & new_day)
    return list(rows.order_by("pk"))


def rescore(campaign: Campaign, *, step: int = STEP) -> dt.datetime | None:
    """Score every family whose place may still count.

    Return since when the queue stood still, or None when some families were locked by others and wait for
    the next run. The caller then offers the seats that were freed since.
    """
    begun = _begin(campaign)
    today = timezone.localdate()
    passed_over, last = 0, 0
    while ids := list(_scored(begun).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:step]):
        passed_over += len(ids) - _rescore(begun, ids, today)
        last = ids[-1]
    if passed_over or not _end(begun, today):
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
    """One step, by the rules in force now; how many of these families nobody else held."""
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
    """Score these families by the rules in force, as of the day for which the others are scored. The caller
    holds the families and the campaign's rules."""
    _write_scores(campaign, ids, campaign.scored_on or timezone.localdate())


def _write_scores(campaign: Campaign, ids: list[int], today: dt.date) -> None:
    sql = scoring_sql(campaign.rule_set.rules, today)
    params = {**sql.params, "ids": ids, "rule_set": campaign.rule_set_id, "name": str(campaign.rule_set)}
    record_changed(CHANGED.format(ctes=sql.ctes), params, model=Registration, verb="rescore", by=SYSTEM)


@transaction.atomic
def _end(begun: Campaign, today: dt.date) -> bool:
    """The queue stands again. False when yet another version was published during the run."""
    row = Campaign.objects.select_for_update().get(pk=begun.pk)
    if row.rule_set_id != begun.rule_set_id:
        return False
    row.rescoring_since, row.scored_on = None, today
    row.save(update_fields=["rescoring_since", "scored_on"])
    return True
