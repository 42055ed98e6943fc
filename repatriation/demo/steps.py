"""The steps of the demo that this app brings, in the order in which they happened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from citizens.models import Person
from portal.demo import Stage, demo_step
from portal.places.models import Place
from portal.ui.formats import vn_date
from repatriation.campaigns.actions import add_campaign
from repatriation.demo import handovers  # noqa: F401 it registers its own step
from repatriation.demo.coordination import make_coordination
from repatriation.demo.devices import make_devices
from repatriation.demo.families import DemoFamily, make_families, save_families
from repatriation.demo.imports import make_imports
from repatriation.demo.journeys import make_arrivals, make_trips
from repatriation.demo.screening import make_screenings
from repatriation.demo.sheets import make_arrival_sheets
from repatriation.demo.told import add_declared, ask_for_other_phones
from repatriation.models import Campaign, RuleSet
from repatriation.queue import actions as rule_sets
from repatriation.queue.rule_sets import load_rule_sets

SLUG = "dot-demo"
FIRST_GROUPS = [  # the plan of 30/9/2021, until 4/10
    {"predicate": "pregnant", "params": {}},
    {"predicate": "child_under_months", "params": {"months": 36}},
    {"predicate": "over_years", "params": {"years": 60}},
]
ORIGINS = ["79", "75", "80"]  # Ho Chi Minh City with Bình Dương, Đồng Nai with Bình Phước, Long An


@demo_step(40)
def load_campaign(stage: Stage) -> None:
    """Load the open campaign with its families, trips, arrivals and handovers."""
    load_rule_sets()
    if Campaign.objects.filter(slug=SLUG).exists():
        return
    campaign = _campaign(stage)
    families = make_families(stage, campaign)
    add_declared(stage, families)
    save_families(families, stage.now)
    ask_for_other_phones(stage, families)
    make_trips(stage, campaign, families)
    make_arrivals(stage, campaign, families)
    make_devices(stage)
    make_screenings(stage, families)
    make_coordination(stage, campaign)
    _other_campaigns(stage)
    _propose_rules(stage, campaign)
    make_imports(stage, campaign)
    make_arrival_sheets(stage, campaign)
    stage.shared["accepted"] = _accepted(families)


def _campaign(stage: Stage) -> Campaign:
    today = timezone.localdate(stage.now)
    starts, ends = today - dt.timedelta(days=24), today + dt.timedelta(days=14)
    campaign = Campaign.objects.create(
        name=f"Đợt đón công dân {vn_date(starts)[:5]}–{vn_date(ends)[:5]}",
        slug=SLUG,
        starts_on=starts,
        ends_on=ends,
        rule_set=RuleSet.objects.get(name="Kế hoạch 30/9/2021", version=1),
    )
    campaign.origins.set(Place.objects.filter(kind=Place.Kind.PROVINCE, code__in=ORIGINS))
    campaign.gateways.set(Place.objects.under(stage.home).filter(kind=Place.Kind.CHECKPOINT))
    return campaign


def _other_campaigns(stage: Stage) -> None:
    """Add a campaign that is over, for the groups of the plan of 30/9/2021, and one to come that awaits
    screening."""
    today, by = timezone.localdate(stage.now), stage.shared["users"]["dieuphoi"]
    shared: dict[str, Any] = {
        "offer_hours": 12,
        "handover_hours": 4,
        "escalation_hours": 2,
        "screening_hours": 48,
        "rule_set": RuleSet.objects.get(name="Kế hoạch 30/9/2021", version=1),
        "gateways": list(Place.objects.under(stage.home).filter(kind=Place.Kind.CHECKPOINT)),
        "origins": list(Place.objects.filter(kind=Place.Kind.PROVINCE, code__in=ORIGINS)),
    }
    for first, last, is_open, admits in (
        (today - dt.timedelta(days=40), today - dt.timedelta(days=30), False, FIRST_GROUPS),
        (today + dt.timedelta(days=20), today + dt.timedelta(days=34), True, []),
    ):
        days = {"starts_on": first, "ends_on": last, "is_open": is_open, "awaits_screening": is_open}
        name = f"Đợt đón công dân {vn_date(first)[:5]}–{vn_date(last)[:5]}"
        add_campaign({**shared, **days, "name": name, "admits": admits}, by=by)


def _propose_rules(stage: Stage, campaign: Campaign) -> None:
    """Propose a new version of the rules, which waits for the second coordinator."""
    officer = stage.shared["users"]["dieuphoi"]
    version = rule_sets.draft_version(campaign, campaign.rule_set, by=officer)
    rules = [
        *(rule for rule in version.rules if rule["params"] != {"reason": "student"}),
        {"predicate": "days_waiting", "params": {"days": 7}, "points": 10},
    ]
    source = "Ví dụ của bản dùng thử: gia đình chờ từ 7 ngày được cộng điểm, sinh viên không cộng nữa."
    rule_sets.propose(rule_sets.edit_version(version, rules, source, by=officer), by=officer)


def _accepted(families: list[DemoFamily]) -> list[tuple[Person, Place, str, dt.date]]:
    """Return everybody whom the communes accepted, for the health records: person, commune, address and
    day."""
    return [
        (person, family.home, family.registration.home_address, timezone.localdate(family.arrived_at))
        for family in families
        if family.registration.status == "closed" and family.arrived_at
        for person in family.people
    ]
