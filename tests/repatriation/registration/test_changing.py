"""A registration changes while it waits: what is kept, what moves, and what is refused with a next step."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from citizens.models import Person
from portal.notifications.models import Message
from portal.records.log import history, record
from portal.records.models import Event
from repatriation.models import Campaign, Member, Registration, RegistrationChange
from repatriation.queue.rescoring import rescore
from repatriation.registration.answers import answers_of
from repatriation.registration.changing import (
    ChangeOver,
    NobodyLeft,
    NotAdmittedAnyMore,
    NotChangeable,
    RegistrationChanged,
    SeatsHeld,
    apply_change,
    begin_change,
    drop_change,
    rebase_change,
    review,
    save_change,
)
from repatriation.registration.corrections import RecordChecked
from repatriation.registration.drafts import Draft
from repatriation.registration.people import IdentityTaken, NumberDisagrees
from repatriation.registration.refusals import AlreadyRegistered
from repatriation.seats.leaving import withdraw
from tests.repatriation.world.changing import BY, changed, confirm, fresh
from tests.repatriation.world.families import PHONE, baby, coordinator, entry, mother, offered, trip, waiting


@pytest.fixture
def family(campaign: Campaign, places: SimpleNamespace) -> Registration:
    """A mother and her baby: 40 points for the child, 10 for lost work."""
    return waiting(campaign, places)


def father(**changes: object) -> object:
    return entry("Trần Văn Minh", sex="male", identity="072082001111", **changes)


def add(person: object):
    return lambda draft: draft.with_person(person)


def take_out(index: int):
    return lambda draft: draft.without_person(draft.people[index].key)


def correct(index: int, **told: object):
    return lambda draft: draft.with_person(replace(draft.people[index], **told))


def test_the_answers_of_a_registration_are_those_of_its_form(family: Registration) -> None:
    answers = answers_of(family)
    assert [(one.full_name, one.identity) for one in answers.people] == [
        ("Nguyễn Thị Lan", "072184004821"),
        ("Trần Bảo An", ""),
    ]
    assert (answers.reasons, answers.home_address, answers.phone) == (("lost_work",), "ấp Bùng Binh", PHONE)
    assert Draft.from_json(answers.to_json()) == answers
    assert not answers.missing()


def test_nothing_changes_before_it_is_confirmed(family: Registration) -> None:
    change = changed(family, take_out(1))
    would = review(change)
    assert (would.old.points, would.new.points) == (50, 10)
    assert would.moves
    assert (fresh(family).people, fresh(family).score) == (2, 50)
    assert not Message.objects.filter(kind__startswith="registration_changed").exists()


def test_who_leaves_takes_their_points_along_and_the_time_stays(family: Registration) -> None:
    done = confirm(changed(family, take_out(1)))
    assert (done.people, done.score, done.status) == (1, 10, "waiting")
    assert done.registered_at == family.registered_at
    assert [reason["predicate"] for reason in done.score_reasons] == ["reason"]
    assert list(done.members.values_list("person__full_name", flat=True)) == ["Nguyễn Thị Lan"]
    message = Message.objects.get(kind="registration_changed_points")
    assert (message.phone, message.context["before"], message.context["after"]) == (PHONE, "50", "10")


def test_who_joins_is_found_or_made_and_stands_in_the_registration(family: Registration) -> None:
    done = confirm(changed(family, add(father())))
    assert (done.people, done.score) == (3, 50)
    minh = Person.objects.get(full_name="Trần Văn Minh")
    assert done.members.get(person=minh).live
    assert minh.household_id == done.head.person.household_id
    assert Message.objects.filter(kind="registration_changed").count() == 1


def test_ages_count_on_the_day_of_registering(campaign: Campaign, places: SimpleNamespace) -> None:
    almost_three = timezone.localdate() - dt.timedelta(days=3 * 365 - 5)
    family = waiting(campaign, places, mother(), baby(birth=f"{almost_three:%d/%m/%Y}"))
    with time_machine.travel(timezone.now() + dt.timedelta(days=30), tick=False):
        done = confirm(changed(family, lambda draft: replace(draft, reasons=())))
    assert done.score == 40


def test_the_new_score_is_that_which_the_whole_queue_would_get(family: Registration) -> None:
    done = confirm(changed(family, correct(0, is_pregnant=True)))
    rescore(done.campaign)
    again = fresh(family)
    assert (again.score, again.score_reasons) == (done.score, done.score_reasons) == (100, done.score_reasons)


def test_a_birth_told_wrong_is_put_right(family: Registration) -> None:
    done = confirm(changed(family, correct(1, birth="05/06/2012")))
    assert done.score == 10
    child = Person.objects.get(full_name="Trần Bảo An")
    assert child.birth_date == dt.date(2012, 6, 5)
    assert "updated" in set(history(child).values_list("verb", flat=True))


def test_a_year_alone_takes_the_place_of_a_date(family: Registration) -> None:
    confirm(changed(family, correct(0, birth="1983")))
    lan = Person.objects.get(full_name="Nguyễn Thị Lan")
    assert (lan.birth_date, lan.birth_year) == (None, 1983)


def test_a_number_and_a_name_are_put_right(family: Registration) -> None:
    confirm(changed(family, correct(0, identity="072184004899", full_name="Nguyễn Thị Lán")))
    lan = Person.objects.get(identity_number="072184004899")
    assert (lan.full_name, lan.pk) == ("Nguyễn Thị Lán", family.head.person_id)
    assert Person.objects.count() == 2


def test_a_number_of_somebody_else_is_refused_as_at_registering(
    family: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    waiting(campaign, places, entry("Lê Hoa", identity="079190000001"), phone="+84912345678")
    change = changed(family, correct(0, identity="079190000001"))
    with pytest.raises(NumberDisagrees):
        confirm(change)
    assert Event.objects.filter(verb="number_refused", subject_id=family.pk).count() == 1
    assert fresh(family).head.person.identity_number == "072184004821"
    assert RegistrationChange.objects.get().status == "open"


def test_two_members_are_never_one_person(family: Registration) -> None:
    confirm(changed(family, add(father(old_identity="290123456"))))
    twin = entry("Trần Văn Minh", sex="male", identity="290123456")
    with pytest.raises((IdentityTaken, NumberDisagrees)):
        confirm(changed(fresh(family), add(twin)))
    assert fresh(family).people == 3


def test_what_an_officer_has_checked_is_corrected_elsewhere(
    family: Registration, places: SimpleNamespace
) -> None:
    record(family.head.person, "updated", by=coordinator(places.home), data={"fields": ["full_name"]})
    with pytest.raises(RecordChecked, match="gọi 0276 1022"):
        confirm(changed(family, correct(0, full_name="Nguyễn Thị Lán")))
    confirm(changed(fresh(family), correct(0, full_name="Nguyễn Thị Lan", is_pregnant=True)))
    assert fresh(family).head.is_pregnant


def test_who_stands_with_another_phone_is_told_as_at_registering(
    family: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    waiting(campaign, places, father(), phone="+84912345678")
    change = changed(family, add(father()))
    with pytest.raises(AlreadyRegistered, match="091•••5678"):
        confirm(change)
    assert fresh(family).people == 2


def test_who_was_taken_out_may_come_back(family: Registration) -> None:
    def anew(draft: Draft) -> Draft:
        return take_out(0)(take_out(1)(draft).with_person(baby())).with_person(mother())

    known = set(family.members.values_list("person_id", flat=True))
    done = confirm(changed(family, anew))
    assert set(done.members.values_list("person_id", flat=True)) == known


def test_somebody_else_may_speak_for_the_family(family: Registration) -> None:
    done = confirm(changed(family, lambda draft: draft.with_first(draft.people[1].key)))
    assert done.head.person.full_name == "Trần Bảo An"
    assert done.members.filter(is_head=True).count() == 1


def test_the_head_may_leave(family: Registration) -> None:
    done = confirm(changed(family, take_out(0)))
    assert done.head.person.full_name == "Trần Bảo An"


def test_the_last_one_does_not_leave(family: Registration) -> None:
    change = changed(family, lambda draft: replace(draft, people=()))
    with pytest.raises(NobodyLeft, match="rút đăng ký"):
        confirm(change)


def test_a_family_stays_one_for_whom_the_campaign_is(family: Registration, campaign: Campaign) -> None:
    campaign.admits = [{"predicate": "child_under_months", "params": {"months": 36}}]
    campaign.save(update_fields=["admits"])
    change = changed(family, take_out(1))
    assert not review(change).admitted
    with pytest.raises(NotAdmittedAnyMore, match="0276 1022"):
        confirm(change)
    drop_change(change, by=BY)
    assert confirm(changed(family, add(father()))).people == 3


def test_conditions_that_came_later_do_not_bind_who_waits(family: Registration, campaign: Campaign) -> None:
    campaign.admits = [{"predicate": "pregnant", "params": {}}]
    campaign.save(update_fields=["admits"])
    assert confirm(changed(fresh(family), take_out(1))).people == 1


def test_children_left_alone_need_an_escort(family: Registration) -> None:
    assert not family.needs_escort
    assert confirm(changed(family, take_out(0))).needs_escort


def test_another_home_commune_is_asked_anew(family: Registration, places: SimpleNamespace) -> None:
    first = family.screenings.get()
    confirm(changed(family, lambda draft: replace(draft, home=places.other_commune.pk)))
    first.refresh_from_db()
    assert first.status == "cancelled"
    assert family.screenings.latest("pk").commune == places.other_commune
    confirm(changed(fresh(family), take_out(1)))
    assert family.screenings.count() == 2


def test_all_answers_are_written(family: Registration, places: SimpleNamespace) -> None:
    def answer(draft: Draft) -> Draft:
        return replace(
            draft,
            origin=places.city.pk,
            origin_address="9 Lê Lợi",
            home=places.other_commune.pk,
            home_address="khu phố 2",
            reasons=("no_housing", "lost_work"),
            travel_from="2026-12-01",
        )

    confirm(changed(family, answer))
    row = fresh(family)
    assert (row.origin_id, row.origin_address) == (places.city.pk, "9 Lê Lợi")
    assert (row.home_commune_id, row.home_address) == (places.other_commune.pk, "khu phố 2")
    assert (row.reasons, row.score) == (["no_housing", "lost_work"], 65)
    assert row.travel_from == dt.date(2026, 12, 1)
    assert {person.home_commune_id for person in Person.objects.all()} == {places.other_commune.pk}


def test_the_log_says_what_was_changed_and_nothing_private(family: Registration) -> None:
    confirm(changed(family, add(father(has_chronic_illness=True))))
    event = history(family).get(verb="change")
    minh = Person.objects.get(full_name="Trần Văn Minh")
    assert event.data["added"] == [minh.pk]
    assert (event.data["score_before"], event.data["score"], event.data["people"]) == (50, 75, 3)
    assert event.actor_label == "090•••4567"
    for private in ("072082001111", "chronic", "Minh", PHONE):
        assert private not in str(event.data)
    assert event.verb_label


def test_pressed_twice_it_is_written_once(family: Registration) -> None:
    change = changed(family, add(father()))
    seen = review(change).seen
    for _press in range(2):
        assert apply_change(change, by=BY, seen=seen).people == 3
    assert history(family).filter(verb="change").count() == 1
    row = RegistrationChange.objects.get()
    assert (row.status, row.draft, row.base) == ("applied", {}, {})


def test_what_was_not_seen_is_not_written(family: Registration) -> None:
    change = changed(family, add(father()))
    seen = review(change).seen
    save_change(change, take_out(1))
    change.refresh_from_db()
    with pytest.raises(RegistrationChanged):
        apply_change(change, by=BY, seen=seen)
    assert fresh(family).people == 2


def test_what_others_changed_meanwhile_is_taken_in_and_shown_again(
    family: Registration, places: SimpleNamespace
) -> None:
    change = changed(family, add(father()))
    seen = review(change).seen
    Registration.objects.filter(pk=family.pk).update(home_address="ấp mới")
    change = RegistrationChange.objects.select_related("registration__campaign__rule_set").get()
    with pytest.raises(RegistrationChanged):
        apply_change(change, by=BY, seen=seen)
    rebase_change(change)
    done = confirm(change)
    assert (done.people, done.home_address) == (3, "ấp mới")


def test_a_change_that_is_over_takes_no_more_answers(family: Registration) -> None:
    change = changed(family, add(father()))
    for _press in range(2):
        drop_change(change, by=BY)
    with pytest.raises(ChangeOver):
        save_change(change, take_out(0))
    with pytest.raises(ChangeOver):
        apply_change(change, by=BY, seen="x")
    assert RegistrationChange.objects.get().draft == {}
    assert fresh(family).people == 2


def test_a_registration_has_one_open_change(family: Registration) -> None:
    first, second = begin_change(family, by=BY), begin_change(family, by=BY)
    assert first.pk == second.pk
    with pytest.raises(IntegrityError, match="change_one_open_per_registration"), transaction.atomic():
        RegistrationChange.objects.create(registration=family)


# --- With a seat, and on the way -----------------------------------------------------------------


def test_with_a_seat_the_family_and_its_places_stay(
    family: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    offered(family, trip(campaign, places))
    for answer in (
        add(father()),
        take_out(1),
        lambda draft: replace(draft, home=places.other_commune.pk),
        lambda draft: replace(draft, origin=places.city.pk),
    ):
        change = changed(fresh(family), answer)
        with pytest.raises(SeatsHeld, match="Chờ chuyến sau"):
            confirm(change)
        assert RegistrationChange.objects.get(pk=change.pk).status == "open"
        drop_change(change, by=BY)
    assert fresh(family).people == 2


def test_with_a_seat_a_name_and_an_address_may_be_put_right(
    family: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    offered(family, trip(campaign, places))
    confirm(changed(fresh(family), correct(0, full_name="Nguyễn Thị Lán")))
    done = confirm(changed(fresh(family), lambda draft: replace(draft, origin_address="9 Lê Lợi")))
    assert (done.status, done.origin_address) == ("offered", "9 Lê Lợi")


@pytest.mark.parametrize("status", ["departed", "arrived", "closed", "declined", "no_show"])
def test_later_nothing_changes(family: Registration, status: str) -> None:
    change = changed(family, add(father()))
    _set_status(family, status)
    with pytest.raises(NotChangeable, match="0276 1022"):
        begin_change(family, by=BY)
    with pytest.raises(NotChangeable):
        confirm(change)


def test_a_family_that_left_changes_nothing(family: Registration) -> None:
    change = changed(family, add(father()))
    withdraw(family, by=BY)
    with pytest.raises(NotChangeable, match="đăng ký lại"):
        confirm(change)


def _set_status(family: Registration, status: str) -> None:
    """Along the table, as the database demands."""
    way = {
        "departed": ["offered", "confirmed", "departed"],
        "arrived": ["arrived"],
        "closed": ["arrived", "closed"],
        "declined": ["offered", "declined"],
        "no_show": ["offered", "no_show"],
    }
    for step in way[status]:
        Registration.objects.filter(pk=family.pk).update(status=step)


def test_no_birth_is_put_right_so_that_children_sit_alone(family: Registration, campaign, places) -> None:
    offered(family, trip(campaign, places))
    with pytest.raises(SeatsHeld):
        confirm(changed(family, correct(0, birth="05/06/2012")))
    assert not fresh(family).needs_escort


def test_the_database_keeps_a_seated_family_as_it_is(
    family: Registration, campaign: Campaign, places: SimpleNamespace
) -> None:
    offered(family, trip(campaign, places))
    with pytest.raises(IntegrityError, match="keeps its people"), transaction.atomic():
        family.members.last().delete()
    with pytest.raises(IntegrityError, match="keeps its people"), transaction.atomic():
        Member.objects.create(registration=family, person=family.head.person, campaign=campaign)
