"""A commune reads a family while the family is its own; afterwards it keeps its answer, frozen."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.records.models import Read
from repatriation.models import Registration, Screening
from repatriation.screening import actions
from repatriation.screening.parts import _late
from tests.factories import fresh
from tests.repatriation.world.road import as_, people_of, text_of
from tests.repatriation.world.screenings import asked, now, rejected

LIST = "repatriation:screening_list"


@pytest.fixture
def refused(road: SimpleNamespace) -> Screening:
    """The first commune said "not ours"; then the family gave another address and another name."""
    row = asked(road, names=["Nguyễn Thị Lan", "Trần Văn Đức"])
    rejected(road, row)
    move_on(row.registration)
    return now(row)


def move_on(family: Registration) -> None:
    Registration.objects.filter(pk=family.pk).update(home_address="Số 9 đường Mới", people=3)
    head = people_of(family)[0]
    head.full_name = "Nguyễn Thị Đổi Tên"
    head.save()


def test_the_page_shows_the_family_as_it_was_answered(road: SimpleNamespace, refused: Screening) -> None:
    page = text_of(as_(road.here).get(reverse("repatriation:screening", args=[refused.pk])))
    assert "Gia đình nay thuộc nơi khác" in page
    assert "Nguyễn Thị Lan" in page
    assert "ấp Bùng Binh" in page
    assert "Không có ai tên này" in page
    for later in ("Đổi Tên", "đường Mới", road.other.name + "</dd>"):
        assert later not in page
    read = Read.objects.latest("pk")
    assert (read.subject_type, read.subject_ids) == ("repatriation.screening", [refused.pk])


def test_lists_and_files_do_too(road: SimpleNamespace, refused: Screening) -> None:
    client = as_(road.here)
    for query in ("?status=all", "?status=not_ours&export=csv"):
        page = text_of(client.get(reverse(LIST) + query))
        assert "Nguyễn Thị Lan" in page
        assert "ấp Bùng Binh" in page
        assert "Đổi Tên" not in page
        assert "đường Mới" not in page


def test_no_search_finds_a_later_name(road: SimpleNamespace, refused: Screening) -> None:
    client, code = as_(road.here), refused.registration.code
    for name, found in (("doi ten", False), ("nguyen thi lan", True), (code, True)):
        page = text_of(client.get(reverse(LIST), {"status": "all", "q": name}))
        assert (reverse("repatriation:screening", args=[refused.pk]) in page) is found, name


@pytest.mark.parametrize("reader", ["coordinator", "new", "both"])
def test_whoever_answers_for_the_family_now_reads_it_as_it_is(
    road: SimpleNamespace, refused: Screening, reader: str
) -> None:
    user: User = {"coordinator": road.coordinator, "new": road.elsewhere, "both": road.here}[reader]
    if reader == "both":
        user.assignments.create(role=Role.COMMUNE_VIEWER, place=road.other)
        user = fresh(user)
    row = refused if reader != "new" else refused.registration.screenings.get(commune=road.other)
    page = text_of(as_(user).get(reverse("repatriation:screening", args=[row.pk])))
    assert "Nguyễn Thị Đổi Tên" in page
    assert "đường Mới" in page


def test_a_viewer_of_the_commune_that_refused_reads_no_more_than_its_officer(
    road: SimpleNamespace, refused: Screening
) -> None:
    page = text_of(as_(road.viewer).get(reverse("repatriation:screening", args=[refused.pk])))
    assert "Nguyễn Thị Lan" in page
    assert "Đổi Tên" not in page


@pytest.mark.parametrize("how", ["one", "many"])
def test_a_confirmed_family_that_moves_on_is_kept_as_confirmed(road: SimpleNamespace, how: str) -> None:
    row = asked(road, names=["Nguyễn Thị Lan"])
    if how == "one":
        actions.confirm(row, by=road.here)
    else:
        actions.confirm_many([row], by=road.here)
    Registration.objects.filter(pk=row.registration_id).update(home_commune=road.other)
    move_on(row.registration)
    page = text_of(as_(road.here).get(reverse("repatriation:screening", args=[row.pk])))
    assert "Nguyễn Thị Lan" in page
    assert "ấp Bùng Binh" in page
    assert "Đổi Tên" not in page
    assert "đường Mới" not in page


def test_a_commune_that_never_answered_keeps_the_code_alone(road: SimpleNamespace) -> None:
    row = asked(road, names=["Nguyễn Thị Lan"])
    Registration.objects.filter(pk=row.registration_id).update(home_commune=road.other)
    actions.restart_screening(row.registration, by=road.coordinator)
    client = as_(road.here)
    for address in (reverse("repatriation:screening", args=[row.pk]), f"{reverse(LIST)}?status=all"):
        page = text_of(client.get(address))
        assert row.registration.code in page
        assert "Nguyễn Thị Lan" not in page
        assert "ấp Bùng Binh" not in page


def test_a_dispute_settled_elsewhere_ends_the_reading_too(road: SimpleNamespace) -> None:
    row = actions.reject(
        asked(road, names=["Nguyễn Thị Lan"]), by=road.here, reason="Không rõ", suggested=None
    )
    actions.settle(row, by=road.coordinator, commune=road.third)
    move_on(row.registration)
    page = text_of(as_(road.here).get(reverse("repatriation:screening", args=[row.pk])))
    assert "Nguyễn Thị Lan" in page
    assert "Đổi Tên" not in page
    assert not _late(road.coordinator).exists()
