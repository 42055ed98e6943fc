"""Stays at facilities: beds, admission, departure, and what the province names."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from citizens.models import Person
from portal.notifications.models import Message
from portal.records.refusals import Refused
from quarantine.alerts.actions import raise_alert
from quarantine.facilities.rooms import facilities_with_room
from quarantine.facilities.stays import (
    NewStay,
    admit,
    cancel_stay,
    goes_to_facility,
    leave,
    name_facility,
    open_stays,
    undo_admit,
    undo_leave,
)
from quarantine.models import Alert, Facility, Stay
from tests.quarantine.conftest import PHONE, make_person, url


@pytest.fixture
def beds(world):
    return Facility.objects.create(place=world.site, beds=2, phone="0276 3855 115")


def go(world, person, facility=None, **fields):
    row = NewStay(person, world.commune, "facility", facility, **fields)
    return open_stays([row], by=world.users.here)[0]


def taken():
    return Facility.objects.get().taken


def test_an_expected_stay_holds_its_bed_until_it_ends(world, lan, beds):
    stay = go(world, lan, beds)
    assert (stay.status, taken()) == ("expected", 1)
    stay = admit(stay, by=world.users.manager)
    assert (stay.status, taken()) == ("inside", 1)
    assert leave(stay, by=world.users.manager).status == "left"
    assert taken() == 0


def test_no_bed_is_given_that_is_not_there(world, beds):
    for number in range(2):
        go(world, make_person(world.commune, f"Người {number}"), beds)
    with pytest.raises(Refused, match="vừa hết chỗ"):
        go(world, make_person(world.commune, "Người ba"), Facility.objects.select_related("place").get())
    with pytest.raises(IntegrityError), transaction.atomic():
        Facility.objects.update(beds=1)
    assert (taken(), Stay.objects.count()) == (2, 2)


def test_the_family_reads_where_without_a_word_of_health(world, lan, beds):
    go(world, lan, beds, is_positive=True)
    message = Message.objects.get()
    assert message.phone == PHONE
    assert "Nguyễn Thị Lan được đưa đến Cơ sở cách ly số 1, điện thoại 0276 3855 115." in message.text
    assert "ương tính" not in message.text


def test_without_a_facility_the_province_is_asked_and_names_one(world, lan, beds):
    stay = go(world, lan, family_phone="+84911111111")
    assert (stay.status, stay.facility, taken()) == ("asked", None, 0)
    assert Stay.objects.to_name(world.users.health).get() == stay
    assert not Stay.objects.to_name(world.users.here).exists()
    named = name_facility(stay, facility=beds, by=world.users.health)
    assert (named.status, named.facility, taken()) == ("expected", beds, 1)
    assert [message.kind for message in Message.objects.order_by("pk")] == ["stay_asked", "stay_named"]
    assert {message.phone for message in Message.objects.all()} == {"+84911111111"}
    name_facility(stay, facility=beds, by=world.users.health)
    assert Message.objects.count() == 2


def test_somebody_positive_needs_a_place_that_takes_them(world, lan, beds):
    Facility.objects.update(takes_positives=False)
    facility = Facility.objects.select_related("place").get()
    with pytest.raises(Refused, match="không nhận người dương tính"):
        go(world, lan, facility, is_positive=True)
    raise_alert(lan, signs=["positive=rapid"], by=world.users.here)
    stay = go(world, lan)
    with pytest.raises(Refused, match="không nhận người dương tính"):
        name_facility(stay, facility=facility, by=world.users.health)
    with pytest.raises(Refused, match="không về thẳng nhà"):
        cancel_stay(stay, by=world.users.health)


def test_admission_and_departure_are_taken_back(world, lan, beds):
    stay = admit(go(world, lan, beds), by=world.users.manager)
    stay = undo_admit(stay, by=world.users.manager)
    assert (stay.status, stay.from_at) == ("expected", None)
    stay = leave(admit(stay, by=world.users.manager), by=world.users.manager)
    stay = undo_leave(stay, by=world.users.manager)
    assert (stay.status, taken()) == ("inside", 1)
    leave(stay, by=world.users.manager)
    for number in range(2):
        go(world, make_person(world.commune, f"Người {number}"), beds)
    with pytest.raises(Refused, match="vừa hết chỗ"):
        undo_leave(stay, by=world.users.manager)


def test_the_facility_sees_people_while_they_come_or_stay_and_not_afterwards(world, lan, beds):
    """The commune where the facility lies gets neither the duty nor the file (case 22)."""
    beds.place.parent = world.other
    beds.place.save()
    alert = raise_alert(lan, signs=["positive=rapid"], by=world.users.here)
    stay = go(world, lan, beds)
    for step in (None, admit):
        stay = step(stay, by=world.users.manager) if step else stay
        assert Alert.objects.visible_to(again(world.users.manager)).get() == alert
        assert Stay.objects.visible_to(again(world.users.manager)).get() == stay
    leave(stay, by=world.users.manager)
    assert not Alert.objects.visible_to(again(world.users.manager)).exists()
    assert not Stay.objects.visible_to(again(world.users.manager)).exists()
    there = again(world.users.there)
    assert not Alert.objects.visible_to(there).exists()
    assert not Stay.objects.visible_to(there).exists()
    assert not Person.objects.visible_to(there).exists()
    assert Alert.objects.visible_to(again(world.users.here)).get() == alert


def again(user):
    return type(user).objects.get(pk=user.pk)


def test_rooms_are_read_in_one_query_and_only_where_there_is_one(
    world, beds, django_assert_num_queries, settings
):
    settings.PORTAL_PROVINCE = "80"
    with django_assert_num_queries(1):
        assert facilities_with_room("facility") == [beds]
    assert facilities_with_room("hospital") == []
    Facility.objects.update(is_open=False)
    assert facilities_with_room() == []


def test_who_goes_to_a_facility(world, lan, beds):
    other = make_person(world.commune, "Phạm Văn Tư")
    go(world, lan)
    assert goes_to_facility([lan.pk, other.pk]) == {lan.pk}


# --- Pages ----------------------------------------------------------------------------------------


def test_the_manager_reads_who_comes_positive_first_with_needs_and_admits(world, lan, beds, as_user):
    go(world, make_person(world.commune, "Phạm Văn Tư"), beds)
    raise_alert(lan, signs=["positive=rapid"], by=world.users.here)
    go(world, lan, beds, needs="chạy thận thứ năm")
    manager = as_user(world.users.manager)
    page = manager.get(url("facility"))
    assert [stay.person.full_name for stay in page.context["expected"]] == ["Nguyễn Thị Lan", "Phạm Văn Tư"]
    text = page.content.decode()
    for words in ("chạy thận thứ năm", "2/2 giường, còn 0 chỗ", "Xét nghiệm nhanh: Dương tính"):
        assert words in text
    stay = Stay.objects.get(person=lan)
    assert "đã đến" in manager.post(url("stay_admit", stay.pk), follow=True).content.decode()
    assert "đã rời" in manager.post(url("stay_leave", stay.pk), follow=True).content.decode()
    assert "Đã rời hôm nay" in manager.get(url("facility")).content.decode()
    manager.post(url("stay_undo_leave", stay.pk))
    assert Stay.objects.get(pk=stay.pk).status == "inside"


def test_the_manager_reads_the_alert_and_not_who_travelled_along(world, family, beds, as_user):
    alert = raise_alert(family[0], signs=["positive=rapid"], by=world.users.here)
    go(world, family[0], beds)
    page = as_user(world.users.manager).get(url("alert", alert.pk)).content.decode()
    assert "Xét nghiệm nhanh: Dương tính" in page
    assert "Lê Văn Hùng" not in page
    assert "Tôi xử lý" not in page


STEPS = ["admit", "undo_admit", "leave", "undo_leave"]


@pytest.mark.parametrize("name", STEPS)
def test_a_stay_elsewhere_is_404_and_nobody_else_presses(world, lan, beds, as_user, name):
    stay = go(world, lan, beds)
    address = url(f"stay_{name}", stay.pk)
    other = type(world.site).objects.create(kind="facility", code="ccl-2", name="Cơ sở 2", parent=world.other)
    from portal.accounts.roles import Role
    from tests.quarantine.conftest import make_user

    assert as_user(make_user("kia", Role.FACILITY, other)).post(address).status_code == 404
    for user in (world.users.here, world.users.viewer, world.users.health):
        assert as_user(user).post(address).status_code == 403
    assert as_user(world.users.manager).get(address).status_code == 405
    assert Stay.objects.get().status == "expected"


@pytest.mark.parametrize(("name", "status"), [("admit", "inside"), ("leave", "left")])
def test_pressed_twice_it_is_done_once(world, lan, beds, as_user, name, status):
    stay = go(world, lan, beds)
    if name == "leave":
        admit(stay, by=world.users.manager)
    manager = as_user(world.users.manager)
    for _press in range(2):
        assert manager.post(url(f"stay_{name}", stay.pk), follow=True).status_code == 200
    assert Stay.objects.get().status == status


def test_a_wrong_state_is_said(world, lan, beds, as_user):
    stay = go(world, lan, beds)
    page = as_user(world.users.manager).post(url("stay_leave", stay.pk), follow=True).content.decode()
    assert "trạng thái hiện nay là “Sắp đến”" in page


def test_the_province_names_a_place_from_its_list(world, lan, beds, as_user):
    stay = go(world, lan)
    health = as_user(world.users.health)
    page = health.get("/officer/today/?tab=stays_to_name").content.decode()
    assert "Nguyễn Thị Lan" in page
    address = url("stay_name", stay.pk)
    assert "còn 2 chỗ" in health.get(address).content.decode()
    assert health.post(address, {"facility": ""}).status_code == 422
    page = health.post(address, {"facility": beds.pk}, follow=True).content.decode()
    assert "Đã giữ chỗ cho Nguyễn Thị Lan ở Cơ sở cách ly số 1" in page
    assert not Stay.objects.to_name(world.users.health).exists()


def test_naming_is_the_provinces(world, lan, beds, as_user):
    stay = go(world, lan)
    for user in (world.users.here, world.users.manager, world.users.viewer):
        assert as_user(user).post(url("stay_name", stay.pk), {"facility": beds.pk}).status_code == 403
        assert as_user(user).post(url("stay_cancel", stay.pk)).status_code == 403


def test_a_stay_that_is_not_needed_is_cancelled(world, lan, beds, as_user):
    stay = go(world, lan, beds)
    page = as_user(world.users.health).post(url("stay_cancel", stay.pk), follow=True).content.decode()
    assert "về nhà theo dõi" in page
    assert (Stay.objects.get().status, taken()) == ("cancelled", 0)


def test_the_manager_says_how_many_beds_there_are(world, as_user):
    manager = as_user(world.users.manager)
    assert "chưa ghi số giường" in manager.get(url("facility")).content.decode()
    address = url("facility_edit", world.site.pk)
    data = {"kind": "facility", "beds": "40", "phone": "0276 3855 115", "is_open": "on"}
    assert manager.post(address, {**data, "beds": "x"}).status_code == 422
    manager.post(address, data)
    facility = Facility.objects.get()
    assert (facility.beds, facility.takes_positives, facility.is_open) == (40, False, True)
    assert as_user(world.users.here).get(address).status_code == 403
    assert manager.get(url("facility_edit", world.other.pk)).status_code == 404


def test_fewer_beds_than_are_held_is_an_error(world, lan, beds, as_user):
    go(world, lan, beds)
    data = {"kind": "facility", "beds": "0", "phone": "", "is_open": "on"}
    page = as_user(world.users.manager).post(url("facility_edit", world.site.pk), data)
    assert page.status_code == 422
    assert "Đang giữ 1 giường" in page.content.decode()
