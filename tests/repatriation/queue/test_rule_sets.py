"""A version of the rules from its draft to the queue, by two persons, and what stands still meanwhile."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.records.actors import SYSTEM
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused, transition
from repatriation import tasks
from repatriation.models import Campaign, Offer, Registration, RuleSet
from repatriation.queue import actions as rule_sets
from repatriation.queue import rescoring
from repatriation.queue.rule_words import KINDS, compare, describe, kind_of
from repatriation.registration.submitting import family_actor, submit
from repatriation.seats import filling as seating
from repatriation.seats.answering import decline_offer
from tests.factories import make_user
from tests.race import Pause, interrupt
from tests.repatriation.world.families import coordinator, filled, offered, trip
from tests.repatriation.world.places import make_campaign, make_places
from tests.repatriation.world.road import as_, bus, family, text_of

PREGNANT = {"predicate": "pregnant", "params": {}, "points": 50}
STUDENT = {"predicate": "reason", "params": {"reason": "student"}, "points": 70}


@pytest.fixture
def second(road: SimpleNamespace) -> User:
    return make_user(Role.COORDINATOR, road.places.home, username="dieuphoi2", full_name="Ngô Thị Thanh")


def draft(road: SimpleNamespace, *rules: dict[str, Any]) -> RuleSet:
    version = rule_sets.draft_version(road.campaign, road.campaign.rule_set, by=road.coordinator)
    return rule_sets.edit_version(version, list(rules or [PREGNANT]), "Công văn thử", by=road.coordinator)


def proposed(road: SimpleNamespace, *rules: dict[str, Any]) -> RuleSet:
    return rule_sets.propose(draft(road, *rules), by=road.coordinator)


def url(name: str, *args: Any) -> str:
    return reverse(f"repatriation:{name}", args=args)


def lines(*rows: dict[str, Any], source: str = "Công văn 12") -> dict[str, Any]:
    data = {
        "source": source,
        "source_en": "Letter 12",
        "rules-TOTAL_FORMS": len(rows),
        "rules-INITIAL_FORMS": 0,
    }
    for number, row in enumerate(rows):
        data |= {f"rules-{number}-{name}": value for name, value in row.items()}
    return data


# Two persons


def test_one_proposes_and_another_publishes(road: SimpleNamespace, second: User) -> None:
    before = road.campaign.rule_set
    version = proposed(road)
    with pytest.raises(Refused, match="không tự duyệt"):
        rule_sets.publish(version, by=road.coordinator)
    published = rule_sets.publish(version, by=second)
    campaign = Campaign.objects.get()
    assert (published.status, campaign.rule_set) == ("published", published)
    assert (published.proposed_by, published.published_by) == (road.coordinator, second)
    before.refresh_from_db()
    assert before.status == "published", "a set that came with the portal stays a start for others"
    again = proposed(SimpleNamespace(campaign=campaign, coordinator=second), STUDENT)
    rule_sets.publish(again, by=road.coordinator)
    published.refresh_from_db()
    assert (published.status, again.version) == ("replaced", 3)


def test_the_database_itself_wants_two_persons(road: SimpleNamespace) -> None:
    version = proposed(road)
    with pytest.raises(IntegrityError, match="rule_set_published_by_two"), transaction.atomic():
        transition(version, "publish", by=SYSTEM, published_by=road.coordinator, published_at=timezone.now())


def test_a_proposed_or_published_version_stands_still(road: SimpleNamespace) -> None:
    version = proposed(road)
    with pytest.raises(TransitionRefused):
        rule_sets.edit_version(version, [STUDENT], "khác", by=road.coordinator)
    for row in (version, road.campaign.rule_set):
        with pytest.raises(IntegrityError, match="may not change"), transaction.atomic():
            RuleSet.objects.filter(pk=row.pk).update(rules=[STUDENT])
    with connection.cursor() as cursor:  # without the guard the same update goes through
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE repatriation_ruleset DISABLE TRIGGER rules_frozen")
    assert RuleSet.objects.filter(pk=version.pk).update(rules=[STUDENT]) == 1


def test_one_version_is_in_work_at_a_time(road: SimpleNamespace, second: User) -> None:
    version = draft(road)
    with pytest.raises(Refused, match="đã có một bản"), transaction.atomic():
        draft(road)
    rule_sets.cancel(version, by=second)
    version = proposed(road)
    rule_sets.send_back(version, by=second, reason="Điểm quá cao")
    version.refresh_from_db()
    assert (version.status, version.proposed_by, version.version) == ("draft", None, 3)
    assert Event.objects.get(verb="redraft").reason == "Điểm quá cao"
    with pytest.raises(TransitionRefused):
        rule_sets.publish(version, by=second)


def test_only_what_was_in_force_is_a_start(road: SimpleNamespace) -> None:
    with pytest.raises(Refused):
        rule_sets.draft_version(road.campaign, draft(road), by=road.coordinator)


# The queue meanwhile


def test_who_registers_after_publishing_is_scored_by_the_new_version(
    road: SimpleNamespace, second: User
) -> None:
    waiting = filled(road.campaign, road.places, reasons=("student",))
    version = rule_sets.publish(proposed(road, STUDENT), by=second)
    row = submit(waiting, by=family_actor())
    assert (row.rule_set_id, row.score) == (version.pk, 70)


def test_no_seats_are_given_until_the_whole_queue_stands_by_one_version(
    road: SimpleNamespace, second: User
) -> None:
    first, last = family(road.campaign, road.places, score=40), family(road.campaign, road.places)
    last.reasons = ["student"]
    last.save(update_fields=["reasons"])
    rule_sets.publish(proposed(road, STUDENT), by=second)
    vehicle = bus(road, seats=2)
    with pytest.raises(seating.QueueInMotion):
        seating.fill_trip(vehicle, by=road.coordinator)
    assert tasks.rescore() == 1
    (offer,) = seating.fill_trip(vehicle, by=road.coordinator).seated
    assert offer.registration == last
    first.refresh_from_db()
    assert first.score == 0


def test_seats_that_are_freed_meanwhile_are_offered_at_the_end(road: SimpleNamespace, second: User) -> None:
    leaving, waits = family(road.campaign, road.places), family(road.campaign, road.places)
    offer = offered(leaving, bus(road, seats=2))
    rule_sets.publish(proposed(road), by=second)
    decline_offer(offer, by=SYSTEM, back_to_queue=False)
    assert not Offer.objects.filter(registration=waits).exists()
    assert tasks.rescore() == 1
    assert Offer.objects.get(registration=waits).status == "offered"


def test_offers_do_not_lapse_while_nobody_could_follow(road: SimpleNamespace, second: User) -> None:
    offered(family(road.campaign, road.places), bus(road), deadline=timezone.now() - dt.timedelta(minutes=1))
    rule_sets.publish(proposed(road), by=second)
    assert tasks.lapse_offers() == 0
    tasks.rescore()
    assert tasks.lapse_offers() == 1


def _world() -> tuple[SimpleNamespace, Campaign, RuleSet, User]:
    places = make_places()
    campaign = make_campaign(places)
    one = coordinator(places.home)
    two = make_user(Role.COORDINATOR, places.home, username="dieuphoi2", full_name="Ngô Thị Thanh")
    road = SimpleNamespace(campaign=campaign, coordinator=one)
    return places, campaign, proposed(road, STUDENT), two


def _publish_while_filling(monkeypatch: pytest.MonkeyPatch) -> tuple[bool, list[Any]]:
    """Fill a trip and publish in the midst of it; whether the publishing was done before the filling was."""
    places, campaign, version, two = _world()
    for _number in range(3):
        family(campaign, places)
    vehicle = trip(campaign, places, seats=6)
    pause, real = Pause(), seating.offer_seats

    def slow(*args: Any, **kwargs: Any) -> list[Offer]:
        pause()
        return real(*args, **kwargs)

    monkeypatch.setattr(seating, "offer_seats", slow)
    results = interrupt(
        pause,
        lambda: seating.fill_trip(vehicle, by=vehicle.planned_by),
        lambda: rule_sets.publish(version, by=two),
    )
    return not pause.kept_away, results


@pytest.mark.django_db(transaction=True)
def test_a_version_is_published_between_two_fillings_and_never_in_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    overtaken, results = _publish_while_filling(monkeypatch)
    assert not overtaken
    assert len(results[0].seated) == 3
    assert results[1].status == "published"


@pytest.mark.django_db(transaction=True)
def test_without_holding_the_rules_it_would_be_published_in_the_midst(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        type(Campaign.objects.all()), "hold_rules", lambda rows, pk: Campaign.objects.get(pk=pk)
    )
    monkeypatch.setattr(type(Campaign.objects), "hold_rules", lambda rows, pk: Campaign.objects.get(pk=pk))
    overtaken, _results = _publish_while_filling(monkeypatch)
    assert overtaken


@pytest.mark.django_db(transaction=True)
def test_a_family_that_somebody_holds_is_passed_over_and_found_again() -> None:
    places, campaign, version, two = _world()
    held, free = family(campaign, places), family(campaign, places)
    rule_sets.publish(version, by=two)
    pause = Pause()

    def hold() -> None:
        with transaction.atomic():
            Registration.objects.select_for_update().get(pk=held.pk)
            pause()

    assert interrupt(pause, hold, lambda: rescoring.rescore(campaign)) == [None, None]
    assert not pause.kept_away
    assert Campaign.objects.get().rescoring_since
    assert Registration.objects.get(pk=free.pk).rule_set_id == version.pk
    assert Registration.objects.get(pk=held.pk).rule_set_id != version.pk
    assert tasks.rescore() == 1
    assert Registration.objects.get(pk=held.pk).rule_set_id == version.pk


def test_the_english_of_a_source_is_added_once_and_then_stands(road: SimpleNamespace) -> None:
    version = RuleSet.objects.create(
        name="Thử", version=1, rules=[], source="Công văn 12", status="published", published_at=timezone.now()
    )
    RuleSet.objects.filter(pk=version.pk).update(source_en="Letter 12")
    with pytest.raises(IntegrityError, match="may not change"), transaction.atomic():
        RuleSet.objects.filter(pk=version.pk).update(source_en="Letter 13")


# The pages


def test_from_the_list_to_the_queue_on_the_pages(road: SimpleNamespace, second: User) -> None:
    family(road.campaign, road.places, score=5)
    one, two = as_(road.coordinator), as_(second)
    assert "Soạn bản mới" in text_of(one.get(url("rule_list")))
    start = {"campaign": road.campaign.pk, "based_on": road.campaign.rule_set_id}
    answer = one.post(url("rule_add"), start)
    version = RuleSet.objects.get(campaign=road.campaign)
    assert answer.url == url("rule_edit", version.pk)
    page = one.get(answer.url)
    assert 'value="36"' in page.content.decode()
    filled_in = lines(
        {"kind": "child_under_months", "number": "24", "points": "45"},
        {"kind": "vulnerable_area", "places": "79, 27592", "points": "10"},
        {"kind": "student", "points": "5", "DELETE": "on"},
        {"kind": "", "points": ""},
    )
    assert one.post(answer.url, filled_in).url == url("rule_set", version.pk)
    version.refresh_from_db()
    assert (version.source, version.source_en) == ("Công văn 12", "Letter 12")
    assert version.rules == [
        {"predicate": "child_under_months", "params": {"months": 24}, "points": 45},
        {"predicate": "vulnerable_area", "params": {"places": ["27592", "79"]}, "points": 10},
    ]
    page = text_of(one.get(url("rule_set", version.pk)))
    assert "Nếu áp dụng ngay bây giờ" in page
    one.post(url("rule_step", version.pk, "propose"))
    assert "Duyệt và áp dụng" not in text_of(one.get(url("rule_set", version.pk)))
    assert "Duyệt và áp dụng" in text_of(two.get(url("rule_set", version.pk)))
    one.post(url("rule_step", version.pk, "publish"))
    version.refresh_from_db()
    assert version.status == "proposed", "not by the same person"
    two.post(url("rule_step", version.pk, "publish"))
    page = text_of(two.get(url("rule_set", version.pk)))
    assert "Đang tính lại điểm cho hàng chờ" in page
    tasks.rescore()
    assert "Đang tính lại điểm" not in text_of(two.get(url("rule_set", version.pk)))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"kind": "over_years", "points": "5"}, "Vui lòng ghi số N"),
        ({"kind": "over_years", "number": "0", "points": "5"}, "1"),
        ({"kind": "pregnant", "points": ""}, "Vui lòng điền mục này"),
        ({"kind": "pregnant", "points": "-3"}, "1"),
        ({"kind": "pregnant", "points": "nhiều"}, "số nguyên"),
        ({"kind": "rich", "points": "3"}, "không có trong danh sách"),
        ({"kind": "vulnerable_area", "points": "3"}, "Vui lòng ghi mã"),
        ({"kind": "vulnerable_area", "places": "79 99999", "points": "3"}, "99999"),
    ],
)
def test_a_line_that_is_wrong_is_told_and_nothing_is_stored(
    road: SimpleNamespace, row: dict[str, str], said: str
) -> None:
    version = draft(road)
    answer = as_(road.coordinator).post(url("rule_edit", version.pk), lines(row))
    assert answer.status_code == 422
    assert said in text_of(answer)
    version.refresh_from_db()
    assert version.rules == [PREGNANT]


def test_the_same_condition_twice_is_told(road: SimpleNamespace) -> None:
    version = draft(road)
    twice = {"kind": "pregnant", "points": "5"}
    answer = as_(road.coordinator).post(url("rule_edit", version.pk), lines(twice, twice))
    assert answer.status_code == 422
    assert "cùng một điều kiện" in text_of(answer)


def test_each_button_for_whom_it_works(road: SimpleNamespace, second: User) -> None:
    version = proposed(road)
    abroad = make_user(Role.COORDINATOR, road.places.city, username="dieuphoi-hcm")
    posts = {
        url("rule_add"): {"campaign": road.campaign.pk, "based_on": road.campaign.rule_set_id},
        url("rule_edit", version.pk): lines({"kind": "pregnant", "points": "5"}),
        url("rule_step", version.pk, "publish"): {},
        url("rule_send_back", version.pk): {"reason": "Xem lại"},
    }
    events = Event.objects.count()
    for address, data in posts.items():
        for user in (abroad, road.viewer, road.barrier):
            assert as_(user).post(address, data).status_code == 403, (address, user)
    assert as_(second).post(url("rule_step", version.pk, "melt")).status_code == 404
    assert as_(second).get(url("rule_step", version.pk, "publish")).status_code == 405
    assert as_(second).post(url("rule_send_back", version.pk), {"reason": " "}).status_code == 302
    assert Event.objects.count() == events
    assert RuleSet.objects.get(pk=version.pk).status == "proposed"
    answer = as_(second).post(url("rule_edit", version.pk), posts[url("rule_edit", version.pk)], follow=True)
    assert "không sửa được" in text_of(answer)
    for _press in range(2):
        as_(second).post(url("rule_step", version.pk, "publish"))
    assert Event.objects.filter(verb="publish").count() == 1


def test_the_page_of_a_version_asks_as_much_for_many_families_as_for_one(
    road: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    version = draft(road, STUDENT)
    client: Client = as_(road.coordinator)
    counts = []
    for _size in (6, 30):
        for _number in range(_size):
            row = family(road.campaign, road.places, score=_number)
            row.reasons = ["student"] if _number % 2 else []
            row.save(update_fields=["reasons"])
        with django_assert_max_num_queries(40) as queries:
            client.get(url("rule_set", version.pk))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_every_kind_of_rule_can_be_chosen_and_said() -> None:
    rules = [
        {"predicate": "child_under_months", "params": {"months": 36}, "points": 4},
        {"predicate": "over_years", "params": {"years": 60}, "points": 4},
        {"predicate": "days_waiting", "params": {"days": 7}, "points": 4},
        {"predicate": "vulnerable_area", "params": {"places": ["79"]}, "points": 4},
        PREGNANT,
        STUDENT,
    ]
    assert all(kind_of(rule) in KINDS for rule in rules)
    assert "36" in describe(rules[0])
    changed = [line for line in compare(rules, [{**PREGNANT, "points": 9}, *rules[1:4]]) if line.changed]
    assert [(line.before, line.after) for line in changed] == [(50, 9), (4, None), (70, None)]
