"""Campaigns: who may apply, what may change, what would strand people, and the pages about them."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.notifications.models import Message
from portal.records.models import Event, Read
from portal.records.refusals import Refused
from portal.ui.formats import vn_date
from repatriation.campaigns.actions import add_campaign, edit_campaign
from repatriation.models import Campaign, Registration, RuleSet, Screening
from repatriation.queue.admission import admits, check_admits, for_whom
from repatriation.queue.predicates import Facts, PersonFacts, RuleError
from repatriation.registration.submitting import NotAdmitted, family_actor, submit
from repatriation.trips.actions import cancel_trip, plan_trip
from tests.factories import make_user
from tests.repatriation.world.families import baby, draft_of, entry, filled
from tests.repatriation.world.lists import checked, faults
from tests.repatriation.world.places import make_campaign
from tests.repatriation.world.road import as_, bus, family, on_the_road, text_of
from tests.repatriation.world.screenings import asked
from tests.repatriation.world.wizard import step

ADMITS_2021 = [
    {"predicate": "pregnant", "params": {}},
    {"predicate": "child_under_months", "params": {"months": 36}},
    {"predicate": "over_years", "params": {"years": 60}},
]


def url(name: str, *args: Any) -> str:
    return reverse(f"repatriation:{name}", args=args)


def day(days: int) -> str:
    return vn_date(timezone.localdate() + dt.timedelta(days=days))


def posted(road: SimpleNamespace, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    data = {
        "name": "Đợt đón 6–10/10",
        "starts_on": day(0),
        "ends_on": day(10),
        "is_open": "on",
        "origin_0": road.places.city.pk,
        "gateways": [road.checkpoint.pk],
        "offer_hours": 12,
        "handover_hours": 4,
        "escalation_hours": 2,
        "screening_hours": 24,
        "seat_share": 100,
        "rule_set": RuleSet.objects.earliest("pk").pk,
        "admits-TOTAL_FORMS": len(lines),
        "admits-INITIAL_FORMS": 0,
        **changes,
    }
    for number, line in enumerate(lines):
        data |= {f"admits-{number}-{name}": value for name, value in line.items()}
    return {name: value for name, value in data.items() if value is not None}


def stored(campaign: Campaign, **changes: Any) -> dict[str, Any]:
    """The values that the form of this campaign would give to the action."""
    names = ("name", "starts_on", "ends_on", "is_open", "offer_hours", "handover_hours", "escalation_hours")
    more = ("screening_hours", "awaits_screening", "admits")
    values = {name: getattr(campaign, name) for name in (*names, *more)}
    places = {name: list(getattr(campaign, name).all()) for name in ("origins", "gateways")}
    return values | places | changes


# Who may apply


@pytest.mark.parametrize(
    ("person", "admitted"),
    [
        (PersonFacts(400, is_pregnant=True), True),
        (PersonFacts(35), True),
        (PersonFacts(36), False),
        (PersonFacts(60 * 12), True),
        (PersonFacts(60 * 12 - 1), False),
    ],
)
def test_one_condition_is_enough(person: PersonFacts, admitted: bool) -> None:
    assert admits(Campaign(admits=ADMITS_2021), Facts((person,))) is admitted
    assert admits(Campaign(admits=[]), Facts((person,)))


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {},
        ["pregnant"],
        [{"predicate": "tall", "params": {}}],
        [{"predicate": "over_years", "params": {}}],
        [{"predicate": "pregnant", "params": {}, "points": 5}],
    ],
)
def test_conditions_that_could_not_be_applied_are_not_stored(wrong: Any) -> None:
    with pytest.raises(RuleError):
        check_admits(wrong)


def test_the_conditions_in_words() -> None:
    assert for_whom(Campaign(admits=ADMITS_2021)) == [
        "Có người mang thai",
        "Có con dưới 36 tháng tuổi",
        "Có người từ 60 tuổi trở lên",
    ]


def test_who_is_not_admitted_is_told_for_whom_it_is_and_the_form_is_kept(road: SimpleNamespace) -> None:
    Campaign.objects.update(admits=ADMITS_2021)
    row = filled(road.campaign, road.places, entry())
    with pytest.raises(NotAdmitted, match=r"có con dưới 36 tháng tuổi.*vẫn được giữ.*1022"):
        submit(row, by=family_actor())
    assert draft_of(row).people
    assert submit(filled(road.campaign, road.places, entry(), baby()), by=family_actor()).status == "waiting"
    Campaign.objects.update(admits=[])
    row = filled(road.campaign, road.places, entry("Lê Thị Sáu"), phone="+84907654321")
    assert submit(row, by=family_actor()).status == "waiting"


def test_the_last_page_says_so_before_sending(client: Client, at_check: Registration) -> None:
    Campaign.objects.update(admits=ADMITS_2021)
    page = text_of(client.get(step("kiem-tra")))
    assert "Đợt này chỉ nhận gia đình thuộc một trong các diện" in page
    assert "Gửi đăng ký" not in page
    sent = client.post(step("kiem-tra"), follow=True)
    assert "Gia đình chưa gửi được" in text_of(sent)
    at_check.refresh_from_db()
    assert at_check.status == "draft"
    Campaign.objects.update(admits=[])
    assert client.post(step("kiem-tra")).url == reverse("repatriation:register_done")


def test_a_list_brings_only_families_that_are_admitted(road: SimpleNamespace) -> None:
    Campaign.objects.update(admits=ADMITS_2021[:1])
    batch = checked(Campaign.objects.get(), road.coordinator)
    assert faults(batch) == {4: ["not_admitted"]}
    Campaign.objects.update(admits=[])
    assert not faults(checked(Campaign.objects.get(), road.coordinator))


# What may change


def test_a_change_is_logged_with_what_was_before(road: SimpleNamespace) -> None:
    Campaign.objects.update(admits=ADMITS_2021)
    campaign = Campaign.objects.get()
    edit_campaign(campaign, stored(campaign, admits=[], offer_hours=6), by=road.coordinator)
    event = Event.objects.get(subject_type="repatriation.campaign", verb="edit")
    assert event.data["before"] == {"offer_hours": 12, "admits": ADMITS_2021}
    assert event.data["after"] == {"offer_hours": 6, "admits": []}
    campaign.refresh_from_db()
    edit_campaign(campaign, stored(campaign), by=road.coordinator)
    assert Event.objects.filter(subject_type="repatriation.campaign").count() == 1, "nothing differed"


def test_the_days_keep_every_trip_that_stands(road: SimpleNamespace) -> None:
    campaign = road.campaign
    trip = bus(road, departs_at=timezone.now() + dt.timedelta(days=16))
    early = campaign.starts_on + dt.timedelta(days=1)
    with pytest.raises(Refused, match=trip.code):
        edit_campaign(campaign, stored(campaign, ends_on=early), by=road.coordinator)
    late = {"starts_on": early + dt.timedelta(days=30), "ends_on": early + dt.timedelta(days=40)}
    with pytest.raises(Refused, match=trip.code):
        edit_campaign(campaign, stored(campaign, **late), by=road.coordinator)
    cancel_trip(trip, by=road.coordinator, reason="Xe hỏng")
    assert edit_campaign(campaign, stored(campaign, ends_on=early), by=road.coordinator).ends_on == early


def test_a_gateway_stays_while_a_trip_needs_it(road: SimpleNamespace) -> None:
    campaign = road.campaign
    campaign.gateways.add(road.second)
    trip = on_the_road(road, family(road.campaign, road.places))
    with pytest.raises(Refused, match=trip.code):
        edit_campaign(campaign, stored(campaign, gateways=[road.second]), by=road.coordinator)
    edit_campaign(campaign, stored(campaign, gateways=[road.checkpoint]), by=road.coordinator)
    assert list(campaign.gateways.all()) == [road.checkpoint]


def test_an_origin_that_goes_keeps_who_registered_there(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places)
    edit_campaign(road.campaign, stored(road.campaign, origins=[road.places.far]), by=road.coordinator)
    row.refresh_from_db()
    assert (row.status, row.origin) == ("waiting", road.places.city_commune)


def test_awaiting_the_communes_puts_who_waits_before_theirs(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places)
    edit_campaign(road.campaign, stored(road.campaign, awaits_screening=True), by=road.coordinator)
    assert Screening.objects.get(registration=row).status == "pending"


def test_two_campaigns_of_one_name_have_pages_of_their_own(road: SimpleNamespace) -> None:
    values = stored(road.campaign) | {"name": "Đợt mới", "rule_set": road.campaign.rule_set}
    made = [add_campaign(values, by=road.coordinator) for _ in range(3)]
    assert [row.slug for row in made] == ["dot-moi", "dot-moi-2", "dot-moi-3"]


def test_a_trip_is_planned_by_the_campaign_as_it_is_now(road: SimpleNamespace) -> None:
    edit_campaign(road.campaign, stored(road.campaign, gateways=[road.second]), by=road.coordinator)
    when = timezone.now() + dt.timedelta(days=2)
    plan = {"pickup": road.places.pickup, "seats": 45, "by": road.coordinator}
    with pytest.raises(Refused, match="vừa được sửa"):
        plan_trip(road.campaign, gateway=road.checkpoint, departs_at=when, **plan)
    with pytest.raises(Refused, match="vừa được sửa"):
        plan_trip(road.campaign, gateway=road.second, departs_at=when + dt.timedelta(days=60), **plan)
    assert plan_trip(road.campaign, gateway=road.second, departs_at=when, **plan).status == "planned"


# The officers' pages


@pytest.fixture
def half(road: SimpleNamespace) -> User:
    """A coordinator of one commune only."""
    return make_user(Role.COORDINATOR, road.commune, username="nua")


def test_a_campaign_is_set_up_on_its_page(road: SimpleNamespace) -> None:
    lines = [{"kind": "pregnant"}, {"kind": "child_under_months", "number": 36}]
    data = posted(road, *lines, origin_1=road.places.far.pk, awaits_screening="on")
    page = as_(road.coordinator).post(url("campaign_add"), data, follow=True)
    assert "Đã lập đợt" in text_of(page)
    made = Campaign.objects.latest("pk")
    assert made.admits == ADMITS_2021[:2]
    assert set(made.origins.all()) == {road.places.city, road.places.far}
    assert (made.screening_hours, made.awaits_screening) == (24, True)
    assert Event.objects.filter(subject_type="repatriation.campaign", verb="add").count() == 1


def test_opening_to_everybody_is_an_edit(road: SimpleNamespace) -> None:
    Campaign.objects.update(admits=ADMITS_2021)
    browser, address = as_(road.coordinator), url("campaign_edit", road.campaign.pk)
    assert 'value="36"' in text_of(browser.get(address))
    data = posted(road, origins=[road.places.city.pk], origin_0=None, rule_set=None)
    page = browser.post(address, data, follow=True)
    assert "Đã lưu" in text_of(page)
    assert "Ai đăng ký được" in text_of(page)
    assert Campaign.objects.get(pk=road.campaign.pk).admits == []


def test_whoever_waited_for_the_campaign_to_open_is_told(road: SimpleNamespace) -> None:
    Campaign.objects.update(admits=ADMITS_2021)
    campaign = Campaign.objects.get(pk=road.campaign.pk)
    waits = filled(campaign, road.places, entry())
    filled(campaign, road.places, entry(), baby(), phone="+84907654321")  # could send it all along
    filled(campaign, road.places, entry(), phone="+84907654322", phone_confirmed="")
    filled(campaign, road.places, entry(), phone="+84907654323", reasons=None)
    edit_campaign(campaign, {"admits": ADMITS_2021[:2]}, by=road.coordinator)
    assert not Message.objects.exists()
    edit_campaign(campaign, {"admits": []}, by=road.coordinator)
    message = Message.objects.get(kind="now_admitted")
    assert (message.phone, message.about_id) == (draft_of(waits).phone, waits.pk)
    assert "/cua-toi/" in message.text
    edit_campaign(campaign, {"name": "Đợt khác tên"}, by=road.coordinator)
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "lines", "said"),
    [
        ({"name": ""}, [], "Vui lòng điền mục này"),
        ({"ends_on": day(-3)}, [], "Ngày cuối phải từ ngày đầu trở đi"),
        ({"starts_on": "32/13/2026"}, [], "Không có ngày này trong lịch"),
        ({"origin_0": None}, [], "Vui lòng gõ tên xã, phường"),
        ({"gateways": []}, [], "ít nhất một chốt"),
        ({"offer_hours": "nhiều"}, [], "một số nguyên"),
        ({"screening_hours": 0}, [], "Số nhỏ nhất là 1"),
        ({"seat_share": 40}, [], "Số nhỏ nhất là 50"),
        ({}, [{"kind": "child_under_months"}], "Vui lòng ghi số N"),
        ({}, [{"kind": "pregnant"}, {"kind": "pregnant"}], "cùng một điều kiện"),
    ],
)
def test_a_form_that_is_refused_says_what_would_be_right(
    road: SimpleNamespace, changes: dict[str, Any], lines: list[dict[str, Any]], said: str
) -> None:
    page = as_(road.coordinator).post(url("campaign_add"), posted(road, *lines, **changes))
    assert page.status_code == 422
    assert said in text_of(page)
    assert Campaign.objects.count() == 1


def test_what_would_strand_people_is_refused_on_the_page(road: SimpleNamespace) -> None:
    trip = bus(road)
    data = posted(road, gateways=[road.second.pk], origins=[road.places.city.pk], rule_set=None)
    page = as_(road.coordinator).post(url("campaign_edit", road.campaign.pk), data)
    assert page.status_code == 422
    assert trip.code in text_of(page)
    assert list(road.campaign.gateways.all()) == [road.checkpoint]


def test_only_coordinators_of_the_whole_province_change_campaigns(road: SimpleNamespace, half: User) -> None:
    for user in (half, road.here, road.leader, road.admin):
        for address in (url("campaign_add"), url("campaign_edit", road.campaign.pk)):
            assert as_(user).get(address).status_code == 403
            assert as_(user).post(address, posted(road)).status_code == 403
    assert Campaign.objects.count() == 1


def test_the_list_is_searched_filtered_exported_and_as_cheap_for_thirty(road: SimpleNamespace) -> None:
    browser, address = as_(road.coordinator), url("campaign_list")
    past = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 1, 9), "name": "Đợt cũ", "slug": "cu"}
    make_campaign(road.places, **past)
    assert "Đợt cũ" in text_of(browser.get(address))
    assert "Đợt cũ" not in text_of(browser.get(f"{address}?state=open"))
    assert "Đợt cũ" in text_of(browser.get(f"{address}?state=over"))
    assert "Không có đợt nào" in text_of(browser.get(f"{address}?state=coming"))
    assert "Đợt cũ" not in text_of(browser.get(f"{address}?q=tháng 11"))
    assert "Đợt cũ" in browser.get(f"{address}?export=csv").content.decode("utf-8-sig")
    assert Read.objects.get(kind="export").subject_type == "repatriation.campaign"
    with CaptureQueriesContext(connection) as two:
        browser.get(address)
    for number in range(27):
        make_campaign(road.places, slug=f"dot-so-{number}")
    with CaptureQueriesContext(connection) as thirty:
        browser.get(address)
    assert len(two) == len(thirty)


@pytest.mark.parametrize("name", ["screening_list", "trip_list"])
def test_lists_show_one_campaign_where_there_are_several(road: SimpleNamespace, name: str) -> None:
    browser = as_(road.coordinator)
    assert 'name="campaign"' not in text_of(browser.get(url(name)))
    other = make_campaign(road.places, slug="dot-hai", name="Đợt hai")
    here, there = asked(road).registration.code, bus(road).code
    wanted = here if name == "screening_list" else there
    assert wanted in text_of(browser.get(url(name), {"campaign": road.campaign.pk}))
    assert wanted not in text_of(browser.get(url(name), {"campaign": other.pk}))


# What everybody reads


def test_the_page_of_a_campaign_says_all_that_one_would_call_about(
    client: Client, road: SimpleNamespace
) -> None:
    Campaign.objects.update(admits=ADMITS_2021, awaits_screening=True)
    page = text_of(client.get(url("campaign", road.campaign.slug)))
    for said in (
        vn_date(road.campaign.ends_on),
        "Thành phố Hồ Chí Minh",
        "Chốt Suối Sâu",
        "Có con dưới 36 tháng tuổi",
        "+50 điểm",
        "48 giờ",
        "Xác nhận xong mới xếp chỗ",
        reverse("repatriation:register"),
    ):
        assert said in page
    assert client.get(url("campaign", "khong-co")).status_code == 404


def test_a_campaign_that_is_over_takes_nobody_on_its_page(client: Client, road: SimpleNamespace) -> None:
    Campaign.objects.update(is_open=False)
    page = text_of(client.get(url("campaign", road.campaign.slug)))
    assert "Không nhận đăng ký" in page
    assert "btn-big" not in page


def test_the_first_page_leads_to_the_campaign_or_to_all_of_them(
    client: Client, road: SimpleNamespace
) -> None:
    assert url("campaign", road.campaign.slug) in text_of(client.get("/"))
    make_campaign(road.places, slug="dot-hai", name="Đợt hai")
    page = text_of(client.get("/"))
    assert "Còn 1 đợt khác" in page
    assert url("campaigns") in page
    both = text_of(client.get(url("campaigns")))
    assert "Đợt hai" in both
    assert road.campaign.name in both


def test_the_wizard_asks_which_campaign_and_says_for_whom(client: Client, road: SimpleNamespace) -> None:
    other = make_campaign(road.places, slug="dot-hai", name="Đợt hai", admits=ADMITS_2021)
    page = text_of(client.get(reverse("repatriation:register")))
    assert "Đăng ký đợt nào?" in page
    assert "Chỉ nhận gia đình thuộc một trong các diện" in page
    client.post(reverse("repatriation:register"), {"campaign": other.pk, "agreed": "on"})
    assert not Registration.objects.exists()  # the row begins with the first answer
    client.post(reverse("repatriation:register_step", args=["noi-dang-o"]), {"later": "1"})
    assert Registration.objects.latest("pk").campaign == other
