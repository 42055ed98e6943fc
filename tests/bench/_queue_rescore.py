"""Publishing a version of the rules and scoring the queue by it, and one plain UPDATE of every score."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection

from portal.accounts.models import User
from repatriation.models import Campaign, RuleSet
from repatriation.models.registration import SCORED
from repatriation.queue import actions as rule_sets
from repatriation.queue import rescoring

PLAIN = "UPDATE repatriation_registration SET score = score + 1 WHERE campaign_id = %s AND status = ANY (%s)"
WAITED = {"predicate": "days_waiting", "params": {"days": 7}, "points": 10}


class Rescoring:
    def __init__(self) -> None:
        self.campaign = Campaign.objects.get(slug="dot-demo")
        self.one, self.two = (User.objects.get(username=name) for name in ("dieuphoi", "dieuphoi2"))
        for version in RuleSet.objects.filter(campaign=self.campaign, status=RuleSet.Status.PROPOSED):
            rule_sets.cancel(version, by=self.two)

    def measure(self) -> dict[str, float]:
        """Seconds of both, and how many families there are and how many got other points.

        Each version changes the points of about half of the queue: those who wait for a week.
        """
        before = RuleSet.objects.get(campaigns=self.campaign)
        rules = [rule for rule in before.rules if rule != WAITED]
        if len(rules) == len(before.rules):
            rules = [*rules, WAITED]
        version = rule_sets.draft_version(self.campaign, before, by=self.one)
        version = rule_sets.edit_version(version, rules, "Đo thử", by=self.one)
        version = rule_sets.propose(version, by=self.one)
        _tidy()
        started = time.perf_counter()
        rule_sets.publish(version, by=self.two)
        assert rescoring.rescore(self.campaign)
        portal = time.perf_counter() - started
        moved = _ask(
            "SELECT count(*) FROM records_event WHERE verb = 'rescore' AND at > now() - %s::interval",
            [f"{portal + 1} s"],
        )
        _tidy()
        started = time.perf_counter()
        families = _ask(PLAIN, [self.campaign.pk, list(SCORED)])
        plain = time.perf_counter() - started
        _ask(PLAIN.replace("+ 1", "- 1"), [self.campaign.pk, list(SCORED)])
        return {"portal": portal, "plain": plain, "families": families, "moved": moved}


def _tidy() -> None:
    """What earlier work left behind burdens neither."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE repatriation_registration, records_event")
        cursor.execute("CHECKPOINT")


def _ask(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0]) if cursor.description else cursor.rowcount
