"""What is found in a list: families, places, people who are known, and who stands in it twice."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts.models import User
from portal.places.gazetteer import Gazetteer
from portal.places.models import LegacyCommune
from portal.ui.formats import vn_date
from repatriation.importing.meanings import meaning
from repatriation.models import Campaign
from repatriation.registration.forms_declared import DeclaredForm
from tests.factories import PersonFactory
from tests.repatriation.world.families import coordinator
from tests.repatriation.world.lists import CHILD, HEADINGS, MOTHER, UNCLE, checked, faults, remarks
from tests.sheets.files import xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(places: SimpleNamespace) -> User:
    return coordinator(places.home)


def families_of(batch: Any) -> list[int]:
    return list(batch.lines.order_by("number").values_list("family", flat=True))


def test_without_a_number_phone_and_address_make_a_family(campaign: Campaign, officer: User) -> None:
    bare = {**MOTHER, "Số gia đình": ""}
    batch = checked(
        campaign,
        officer,
        bare,
        bare | {"Họ và tên": "Trần Gia Bảo", "Số giấy tờ": "", "Đang mang thai": ""},
        bare | {"Họ và tên": "Võ Thị Tư", "Số giấy tờ": "", "Địa chỉ đang ở": "14 đường số 7"},
        {"Họ và tên": "Không Ai", "Ngày sinh": "1990"},
    )
    assert families_of(batch) == [1, 1, 2, 3]
    assert "family_missing" in faults(batch)[5]


def test_what_holds_for_the_family_may_stand_in_any_row(campaign: Campaign, officer: User) -> None:
    batch = checked(campaign, officer, CHILD, MOTHER)
    assert faults(batch) == {}
    assert batch.families_good == 1
    assert batch.lines.get(number=2).values["family_phone"] == "+84901234999"


def test_two_homes_in_one_family_are_a_mistake_and_two_phones_a_remark(
    campaign: Campaign, officer: User
) -> None:
    batch = checked(
        campaign, officer, MOTHER, CHILD | {"Quê ở xã, phường": "Trảng Bàng", "Điện thoại": "0912345678"}
    )
    assert faults(batch) == {3: ["family_two_homes"]}
    assert "phone_differs" in remarks(batch)[3]


def test_a_family_larger_than_a_vehicle_takes_is_told(campaign: Campaign, officer: User) -> None:
    people = [CHILD | {"Họ và tên": f"Trần Gia {'x' * n}"} for n in range(1, 16)]
    assert faults(checked(campaign, officer, MOTHER, *people)) == {2: ["family_large"]}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xa hung thuan", ""),
        ("Hưng Thuận, Tây Ninh", ""),
        ("Đôn Thuận, huyện Trảng Bàng", ""),
        ("Lộc Cũ", "home_split"),
        ("Hưng Thận", "home_near"),
        ("Ba Đình", "home_none"),
        ("Phường Trung Mỹ Tây", "home_none"),
        ("", "missing"),
    ],
)
def test_homes_by_new_and_old_names(
    name: str, code: str, campaign: Campaign, officer: User, places: SimpleNamespace
) -> None:
    district = {
        "district": "Huyện Trảng Bàng",
        "district_code": "712",
        "province": "Tỉnh Tây Ninh",
        "province_code": "72",
    }
    old = LegacyCommune.objects.create(code="1", name="Xã Đôn Thuận", **district)
    old.successors.add(places.commune)
    split = LegacyCommune.objects.create(code="2", name="Xã Lộc Cũ", **district)
    split.successors.add(places.commune, places.other_commune)
    batch = checked(campaign, officer, MOTHER | {"Quê ở xã, phường": name})
    assert faults(batch) == ({2: [code]} if code else {})
    if code == "home_split":
        params = batch.lines.get().errors[0]["params"]
        assert params == {"old": "Xã Lộc Cũ", "names": "xã Hưng Thuận, phường Trảng Bàng"}


def test_a_name_in_use_counts_before_an_old_one_of_another_commune(
    campaign: Campaign, officer: User, places: SimpleNamespace
) -> None:
    district = {
        "district": "Huyện Bến Cầu",
        "district_code": "711",
        "province": "Tỉnh Tây Ninh",
        "province_code": "72",
    }
    old = LegacyCommune.objects.create(code="3", name="Xã Hưng Thuận", **district)
    old.successors.add(places.other_commune)
    batch = checked(campaign, officer, MOTHER)
    assert faults(batch) == {}
    assert batch.lines.get().values["family_home"] == places.commune.pk
    assert batch.lines.get().remarks[0]["params"] == {"value": "Xã Hưng Thuận", "names": "phường Trảng Bàng"}
    batch = checked(campaign, officer, MOTHER | {"Quê ở xã, phường": "Hưng Thuận, huyện Bến Cầu"})
    assert batch.lines.get().values["family_home"] == places.other_commune.pk


@pytest.mark.parametrize(
    ("commune", "province", "code", "odd"),
    [
        ("Phường Trung Mỹ Tây, TP HCM", "", "", ""),
        ("Phường 12, Quận 10", "TP Hồ Chí Minh", "", "origin_only_province"),
        ("", "Bình Dương", "", ""),
        ("", "Hà Nội", "origin_outside", ""),
        ("", "Xứ lạ", "origin_none", ""),
        ("", "", "origin_missing", ""),
    ],
)
def test_where_the_family_is_now(
    commune: str, province: str, code: str, odd: str, campaign: Campaign, officer: User
) -> None:
    told = {"Xã, phường đang ở": commune, "Tỉnh, thành phố đang ở": province}
    batch = checked(campaign, officer, MOTHER | told)
    assert faults(batch) == ({2: [code]} if code else {})
    assert remarks(batch) == ({2: [odd]} if odd else {})


def test_nobody_stands_in_a_list_twice(campaign: Campaign, officer: User) -> None:
    batch = checked(
        campaign,
        officer,
        MOTHER,
        UNCLE | {"Số giấy tờ": "072189001234", "Số gia đình": "3"},
        CHILD,
        {**CHILD, "Họ và tên": "BẢO Trần Gia"},
    )
    assert faults(batch) == {3: ["identity_twice"], 5: ["person_twice"]}
    assert batch.lines.get(number=3).errors[0]["params"] == {"row": 2}


def test_a_number_of_somebody_else_is_told_without_naming_them(
    campaign: Campaign, officer: User, places: SimpleNamespace
) -> None:
    PersonFactory(full_name="Phan Thị Khác", identity_number="072189001234", home_commune=places.commune)
    batch = checked(campaign, officer, MOTHER)
    assert faults(batch) == {2: ["identity_taken"]}
    assert "Khác" not in str(batch.lines.get().errors)


def test_somebody_alike_is_a_remark(campaign: Campaign, officer: User, places: SimpleNamespace) -> None:
    PersonFactory(
        full_name="Nguyễn Thị Hoa", birth_date=dt.date(1989, 8, 1), identity_number=None, identity_kind="",
        home_commune=places.commune,
    )  # fmt: skip
    batch = checked(campaign, officer, MOTHER)
    assert remarks(batch) == {2: ["maybe_same"]}
    assert batch.families_good == 1


def test_numbers_disagree_with_sex_and_year_as_remarks(campaign: Campaign, officer: User) -> None:
    batch = checked(campaign, officer, MOTHER | {"Giới tính": "Nam", "Ngày sinh": "12/03/1990"})
    assert remarks(batch)[2] == ["sex_differs", "year_differs", "not_pregnant"]
    assert faults(batch) == {}


TESTED = {"Loại xét nghiệm": "test nhanh", "Ngày xét nghiệm": "20/09/2021", "Kết quả xét nghiệm": "âm tính"}


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        (TESTED, []),
        (TESTED | {"Ngày xét nghiệm": ""}, ["tested_missing"]),
        (TESTED | {"Loại xét nghiệm": ""}, ["test_kind_missing"]),
        ({"Kết quả xét nghiệm": "âm"}, ["test_kind_missing", "tested_missing"]),
        ({"Ngày xét nghiệm": "20/09/2021"}, ["test_kind_missing", "test_outcome_missing"]),
        (TESTED | {"Ngày xét nghiệm": "hôm qua"}, ["day_unreadable"]),
        (TESTED | {"Ngày xét nghiệm": "01/01/2099"}, ["day_future"]),
        (TESTED | {"Ngày xét nghiệm": "30/11/2019"}, ["day_before_covid"]),
        (TESTED | {"Kết quả xét nghiệm": "chờ"}, ["test_outcome_unknown"]),
        ({"Số mũi vắc xin đã tiêm": 2, "Ngày tiêm mũi gần nhất": "15/08/2021"}, []),
        ({"Số mũi vắc xin đã tiêm": 2, "Ngày tiêm mũi gần nhất": "15/08/2012"}, ["day_before_covid"]),
        ({"Số mũi vắc xin đã tiêm": "", "Ngày tiêm mũi gần nhất": "15/08/2021"}, ["doses_missing"]),
        ({"Số mũi vắc xin đã tiêm": 0, "Ngày tiêm mũi gần nhất": "15/08/2021"}, ["doses_missing"]),
        ({"Số mũi vắc xin đã tiêm": "hai", "Ngày tiêm mũi gần nhất": "15/08/2021"}, ["doses_unknown"]),
        ({"Ngày khỏi COVID-19": "15/08/2021"}, ["recovered_long_ago"]),
    ],
)
def test_doses_and_tests_are_told_whole_or_not_at_all_as_on_the_form(
    told: dict[str, Any], codes: list[str], campaign: Campaign, officer: User
) -> None:
    found = faults(checked(campaign, officer, MOTHER | told)).get(2, [])
    assert sorted(found) == codes
    form = DeclaredForm(_as_on_the_form(told))
    assert form.is_valid() == (not codes)
    assert len(form.errors) == len(codes)


def _as_on_the_form(told: dict[str, Any]) -> dict[str, Any]:
    words = {"test nhanh": "rapid", "âm tính": "negative", "âm": "negative"}
    return {meaning(heading): words.get(value, value) for heading, value in told.items()}


def test_nobody_is_vaccinated_or_tested_before_birth(campaign: Campaign, officer: User) -> None:
    told = TESTED | {
        "Số mũi vắc xin đã tiêm": 1,
        "Ngày tiêm mũi gần nhất": "15/08/2021",
        "Ngày sinh": "01/09/2021",
    }
    batch = checked(campaign, officer, MOTHER, CHILD | told)
    assert [(fault["column"], fault["code"]) for fault in batch.lines.get(number=3).errors] == [
        ("last_dose", "before_birth")
    ]
    assert faults(checked(campaign, officer, MOTHER, CHILD | told | {"Ngày sinh": "2021"})) == {}


@pytest.mark.parametrize(
    ("first", "last", "error", "remark"),
    [
        (1, 5, "", ""),
        (-5, 5, "", "travel_begun"),
        (None, -1, "travel_over", ""),
        (5, 1, "travel_order", ""),
        (800, None, "travel_far", ""),
        (None, 800, "travel_far", ""),
        (200, None, "travel_after", ""),
    ],
)
def test_travel_days_are_days_on_which_somebody_can_travel(
    first: int | None, last: int | None, error: str, remark: str, campaign: Campaign, officer: User
) -> None:
    today = timezone.localdate()
    campaign.ends_on = today + dt.timedelta(days=100)
    campaign.save(update_fields=["ends_on"])
    days = [vn_date(today + dt.timedelta(days=n)) if n is not None else "" for n in (first, last)]
    headings = [*HEADINGS, "Đi được từ ngày", "Đi được đến hết ngày"]
    content = xlsx(headings, [*(MOTHER.get(heading, "") for heading in HEADINGS), *days])
    batch = checked(campaign, officer, content=content)
    assert faults(batch) == ({2: [error]} if error else {})
    assert remarks(batch) == ({2: [remark]} if remark else {})


@pytest.mark.parametrize(
    ("age", "error", "remark"), [(104, "", ""), (110, "", "aged"), (125, "birth_too_old", "")]
)
def test_an_age_that_hardly_anybody_reaches_is_asked_about(
    age: int, error: str, remark: str, campaign: Campaign, officer: User
) -> None:
    person = MOTHER | {
        "Ngày sinh": str(timezone.localdate().year - age),
        "Số giấy tờ": "",
        "Đang mang thai": "",
    }
    batch = checked(campaign, officer, person)
    assert (faults(batch), remarks(batch)) == ({2: [error]} if error else {}, {2: [remark]} if remark else {})


def test_a_list_without_the_columns_of_doses_and_tests_is_read_as_before(
    campaign: Campaign, officer: User
) -> None:
    headings = HEADINGS[: HEADINGS.index("Số mũi vắc xin đã tiêm")]
    content = xlsx(
        headings, *([person.get(heading, "") for heading in headings] for person in (MOTHER, UNCLE))
    )
    batch = checked(campaign, officer, content=content)
    assert (batch.families_good, faults(batch), batch.layout["ignored"]) == (2, {}, [])


def test_a_positive_test_of_the_last_fortnight_is_a_remark(campaign: Campaign, officer: User) -> None:
    today = timezone.localdate()
    positive = TESTED | {"Kết quả xét nghiệm": "dương tính"}
    batch = checked(
        campaign,
        officer,
        MOTHER | positive | {"Ngày xét nghiệm": vn_date(today)},
        UNCLE | positive | {"Ngày xét nghiệm": vn_date(today - dt.timedelta(days=14))},
    )
    assert remarks(batch) == {2: ["positive"]}
    assert batch.families_good == 2


def test_a_formula_is_a_mistake_wherever_it_stands(campaign: Campaign, officer: User) -> None:
    batch = checked(campaign, officer, MOTHER | {"Địa chỉ ở quê": "=HYPERLINK(1)"})
    assert faults(batch) == {2: ["formula"]}


def test_a_list_asks_as_often_for_forty_families_as_for_two(campaign: Campaign, officer: User) -> None:
    def queries(*people: dict[str, str]) -> int:
        with CaptureQueriesContext(connection) as captured:
            checked(campaign, officer, *people)
        return len(captured)

    many = [
        UNCLE | {"Số gia đình": str(n), "Số giấy tờ": f"29012{n:04d}", "Họ và tên": "Lê Văn " + "x" * n}
        for n in range(1, 41)
    ]
    queries(MOTHER)
    assert queries(*many[:2]) == queries(*many)


def test_a_gazetteer_takes_three_queries_for_any_number_of_names(places: SimpleNamespace) -> None:
    with CaptureQueriesContext(connection) as captured:
        gazetteer = Gazetteer.load()
        for name in ("Hưng Thuận", "Trảng Bàng", "Lạ", "Bình Dương", "xã Hưng Thuận - tỉnh Tây Ninh"):
            gazetteer.find(name, provinces=True)
    assert len(captured) <= 3
    assert gazetteer.find("xã Hưng Thuận - tỉnh Tây Ninh").place == places.commune
    assert gazetteer.find("xã Hưng Thuận tỉnh Tây Ninh").place == places.commune
    assert gazetteer.province("Long An") == places.home
