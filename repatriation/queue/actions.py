"""Actions on a version of the rules, from its draft to its publication: one officer proposes, another publishes.

Registering and seating lock the campaign's row (`CampaignQuerySet.hold_rules`), so a version is never published
during a filling. Order of locks: docs/decisions/0019-order-of-locks.md.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.records.log import record
from portal.records.refusals import Refused, broken_constraint
from portal.records.transitions import TransitionRefused, transition
from repatriation.models import Campaign, RuleSet
from repatriation.queue.predicates import check_rules

Status = RuleSet.Status


def draft_version(campaign: Campaign, based_on: RuleSet, *, by: User) -> RuleSet:
    """Draft a new version for the campaign as a copy of another one.

    Raises `Refused` when `based_on` was never in force, or when the campaign has a version that is being
    drafted or waits to be published.
    """
    if based_on.status not in {Status.PUBLISHED, Status.REPLACED}:
        raise Refused(_("Chỉ soạn được từ một bản đã từng áp dụng."))
    try:
        return _draft(campaign, based_on, by)
    except IntegrityError as error:
        if broken_constraint(error) not in {"rule_set_one_in_work", "rule_set_version_once"}:
            raise
        raise Refused(_("Đợt này đã có một bản đang soạn hoặc chờ duyệt. Vui lòng mở bản đó.")) from error


@transaction.atomic
def _draft(campaign: Campaign, based_on: RuleSet, by: User) -> RuleSet:
    last = RuleSet.objects.filter(name=based_on.name).aggregate(last=Max("version"))["last"]
    rule_set = RuleSet.objects.create(
        name=based_on.name,
        version=last + 1,
        rules=based_on.rules,
        source=based_on.source,
        source_en=based_on.source_en,
        campaign=campaign,
        based_on=based_on,
    )
    record(rule_set, "draft", by=by, data={"based_on": str(based_on)})
    return rule_set


@transaction.atomic
def edit_version(
    rule_set: RuleSet, rules: list[dict[str, Any]], source: str, *, source_en: str = "", by: User
) -> RuleSet:
    """Write the draft's rules and source.

    Raises `RuleError` for a rule that could not be applied, and `TransitionRefused` unless it is a draft.
    """
    check_rules(rules)
    row = RuleSet.objects.select_for_update().get(pk=rule_set.pk)
    if row.status != Status.DRAFT:
        raise TransitionRefused(row, "edit")
    if (row.rules, row.source, row.source_en) != (rules, source, source_en):
        row.rules, row.source, row.source_en = rules, source, source_en
        row.save(update_fields=["rules", "source", "source_en"])
        record(row, "edit", by=by, data={"rules": rules})
    return row


def propose(rule_set: RuleSet, *, by: User) -> RuleSet:
    """Propose the draft to a second officer. From now on its rules cannot be changed."""
    return transition(rule_set, "propose", by=by, proposed_by=by)


def send_back(rule_set: RuleSet, *, by: User, reason: str) -> RuleSet:
    """Return a proposed version to its draft, by either officer."""
    return transition(rule_set, "redraft", by=by, reason=reason, proposed_by=None)


def cancel(rule_set: RuleSet, *, by: User) -> RuleSet:
    return transition(rule_set, "cancel", by=by)


@transaction.atomic
def publish(rule_set: RuleSet, *, by: User) -> RuleSet:
    """Put the version in force: new registrations are scored by it, and waiting families are scored again.

    Raises `Refused` for the officer who proposed it, and `TransitionRefused` unless it was proposed.
    """
    row = RuleSet.objects.select_for_update().get(pk=rule_set.pk)
    if row.status == Status.PROPOSED and row.proposed_by_id == by.pk:
        raise Refused(_("Người đề nghị không tự duyệt được. Vui lòng nhờ một cán bộ điều phối khác."))
    row = transition(row, "publish", by=by, published_by=by, published_at=timezone.now())
    assert row.campaign_id is not None
    campaign = Campaign.objects.select_for_update().get(pk=row.campaign_id)
    before = campaign.rule_set
    campaign.rule_set = row
    campaign.rescoring_since = timezone.now()
    campaign.save(update_fields=["rule_set", "rescoring_since"])
    if before.campaign_id == campaign.pk:
        transition(before, "replace", by=by, data={"by": str(row)})
    return row
