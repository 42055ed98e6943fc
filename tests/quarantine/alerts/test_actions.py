"""An alert is somebody's at every moment: raised, joined, taken over, settled with a note, and up when late."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.accounts.roles import Role
from portal.notifications.models import Message
from portal.records.models import Event
from portal.records.refusals import Refused
from quarantine.alerts.actions import (
    move_alerts,
    raise_alert,
    release_alert,
    reopen_alert,
    settle_alert,
    take_alert,
)
from quarantine.alerts.escalating import escalate_alerts
from quarantine.daily.actions import report_day
from quarantine.models import Alert, Contact
from quarantine.results.actions import record_test_result
from tests.quarantine.conftest import make_person, make_user, red_flags_of

BREATHLESS = ["breathless"]


@pytest.fixture
def alert(world, lan):
    return raise_alert(lan, signs=["positive=rapid", "temperature=38.5"], by=world.users.here)


def with_phones(*users):
    for number, user in enumerate(users):
        user.phone = f"+8490000000{number}"
        user.save()


def test_it_says_why_in_words_and_who_acts(world, lan, alert):
    assert alert.labels == ["Xét nghiệm nhanh: Dương tính", "Sốt 38,5 °C"]
    assert (alert.place, alert.status, alert.is_positive) == (world.commune, "open", True)
    assert alert.due_at > timezone.now()


def test_commune_and_province_are_told_at_once_without_a_name_or_a_sign(world, lan):
    with_phones(world.users.here, world.users.health)
    alert = raise_alert(lan, signs=["positive=rapid"], by=world.users.here)
    assert {notice.officer for notice in alert.notices.all()} == {world.users.here, world.users.health}
    assert all(notice.by_message for notice in alert.notices.all())
    messages = Message.objects.filter(kind="alert_raised")
    assert messages.count() == 2
    for message in messages:
        assert world.commune.name in message.text
        assert not any(word in message.text for word in ("Lan", "ương tính", "Sốt", "sức khỏe"))


def test_an_officer_without_a_phone_is_noted_as_such(world, lan, alert):
    assert not any(notice.by_message for notice in alert.notices.all())
    assert not Message.objects.filter(kind="alert_raised").exists()


def test_signs_join_the_alert_that_stands_and_give_no_more_time(world, lan, alert):
    due = Alert.objects.get().due_at
    raise_alert(lan, signs=BREATHLESS, by=world.users.here)
    joined = Alert.objects.get()
    assert joined.signs == ["positive=rapid", "temperature=38.5", "breathless"]
    assert joined.due_at == due


def test_a_new_sign_opens_again_what_was_taken_over(world, lan, alert):
    take_alert(alert, by=world.users.here)
    assert red_flags_of(world.users.here) == 0
    raise_alert(lan, signs=BREATHLESS, by=world.users.health)
    again = Alert.objects.get()
    assert (again.status, again.taken_by) == ("open", None)
    assert red_flags_of(world.users.here) == 1


def test_taken_twice_it_stays_with_the_first_officer(world, alert):
    take_alert(alert, by=world.users.here)
    assert take_alert(alert, by=world.users.health).taken_by == world.users.here
    assert Event.objects.filter(verb="take").count() == 1


def test_given_back_it_waits_again(world, alert):
    take_alert(alert, by=world.users.here)
    release_alert(alert, by=world.users.here)
    assert red_flags_of(world.users.here) == 1
    with pytest.raises(Refused):
        release_alert(alert, by=world.users.here)


def test_it_is_settled_with_a_note_by_somebody_and_only_once(world, alert):
    with pytest.raises(Refused, match="đã xử lý thế nào"):
        settle_alert(alert, by=world.users.here, note="  ")
    settled = settle_alert(alert, by=world.users.here, note="Đã chuyển bệnh viện")
    assert (settled.status, settled.settled_by, settled.note) == (
        "settled",
        world.users.here,
        "Đã chuyển bệnh viện",
    )
    with pytest.raises(Refused, match="Đã chuyển bệnh viện"):
        settle_alert(alert, by=world.users.health, note="x")


def test_the_database_wants_who_when_and_note(world, alert):
    for fields in (
        {"status": "settled"},
        {"status": "settled", "settled_at": timezone.now(), "settled_by": world.users.here},
        {"status": "taken"},
        {"signs": []},
        {"note": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Alert.objects.filter(pk=alert.pk).update(**fields)


def test_a_settled_one_is_opened_again_unless_a_newer_one_stands(world, lan, alert):
    settle_alert(alert, by=world.users.here, note="xong")
    assert reopen_alert(alert, by=world.users.here).status == "open"
    settle_alert(alert, by=world.users.here, note="xong")
    newer = raise_alert(lan, signs=BREATHLESS, by=world.users.here)
    assert newer.pk != alert.pk
    with pytest.raises(Refused, match="mới hơn"):
        reopen_alert(alert, by=world.users.here)


# --- Up the tree ----------------------------------------------------------------------------------


def later(alert, **time):
    return Alert.objects.get(pk=alert.pk).tell_at + dt.timedelta(**(time or {"seconds": 1}))


def test_nobody_acts_and_it_goes_up_level_by_level_until_somebody_does(world, lan):
    minister = make_user("bo", Role.HEALTH, world.province.parent)
    with_phones(world.users.here, world.users.health, minister)
    alert = raise_alert(lan, signs=BREATHLESS, by=world.users.here)
    assert escalate_alerts(alert.raised_at) == 0
    told = []
    for _step in range(3):
        assert escalate_alerts(later(alert)) == 1
        told.append(alert.notices.filter(is_escalation=True).latest("pk").officer)
    assert told == [world.users.health, minister, minister]  # the highest level again and again
    assert Message.objects.filter(kind="alert_escalated").count() == 3
    take_alert(alert, by=minister)
    assert escalate_alerts(later(alert, hours=-1)) == 0


def test_taken_over_and_forgotten_it_goes_up_too(world, alert):
    take_alert(alert, by=world.users.here)
    assert escalate_alerts(later(alert)) == 1
    told = {notice.officer for notice in alert.notices.filter(is_escalation=True)}
    assert told == {world.users.health, world.users.here}
    assert Alert.objects.late(later(alert)).exists()  # telling gives no more time
    settle_alert(alert, by=world.users.here, note="xong")
    assert escalate_alerts(timezone.now() + dt.timedelta(days=3)) == 0


def test_what_is_taken_and_late_is_back_in_the_first_list(world, alert):
    take_alert(alert, by=world.users.here)
    Alert.objects.update(due_at=timezone.now())
    assert red_flags_of(world.users.here) == 1


# --- Where it comes from, and where it goes --------------------------------------------------------


def test_a_result_entered_later_raises_it(world, lan):
    result = record_test_result(
        lan, kind="pcr", outcome="positive", taken_on=timezone.localdate(), by=world.users.here
    )
    alert = Alert.objects.get()
    assert (alert.result, alert.signs, alert.person) == (result, ["positive=pcr"], lan)


def test_negative_and_unclear_results_raise_nothing(world, lan):
    for outcome in ("negative", "unclear"):
        record_test_result(
            lan, kind="pcr", outcome=outcome, taken_on=timezone.localdate(), by=world.users.here
        )
    assert not Alert.objects.exists()


def test_a_report_of_the_day_raises_one_and_the_same(world, lan, open_for):
    order = open_for(lan, ago=2)
    report_day(order, symptoms=["breathless"], by=world.users.here)
    report_day(order, symptoms=["breathless"], by=world.users.here)
    assert Alert.objects.get().signs == ["breathless"]


def test_the_household_is_listed_as_contacts(world, family):
    raise_alert(family[0], signs=["positive=rapid"], by=world.users.here)
    assert {contact.person for contact in Contact.objects.all()} == set(family[1:])
    assert {contact.why for contact in Contact.objects.all()} == {"family"}
    raise_alert(family[0], signs=BREATHLESS, by=world.users.here)
    assert Contact.objects.count() == 2


def test_what_is_not_settled_moves_with_the_person(world, lan, open_for):
    """An alert of yesterday goes to the place that takes the person over; what was settled stays (case 31)."""
    old = raise_alert(lan, signs=BREATHLESS, by=world.users.here)
    settle_alert(old, by=world.users.here, note="xong")
    raise_alert(lan, signs=["positive=rapid"], by=world.users.here)
    open_for(lan, ago=2)
    open_for(lan, ago=2, place=world.other, by=world.users.there)
    assert [alert.place for alert in Alert.objects.order_by("pk")] == [world.commune, world.other]
    assert (red_flags_of(world.users.here), red_flags_of(world.users.there)) == (0, 1)


def test_a_facility_houses_and_the_commune_goes_on_acting(world, lan, alert):
    move_alerts([lan.pk], to=world.site, by=world.users.here)
    assert Alert.objects.get().place == world.commune


def test_it_is_seen_by_its_places_and_nobody_else(world, lan, alert):
    for user, sees in (
        (world.users.here, 1),
        (world.users.health, 1),
        (world.users.there, 0),
        (world.users.viewer, 0),
    ):
        assert Alert.objects.visible_to(user).count() == sees
    assert Alert.objects.visible_to(world.users.manager).count() == 0


def test_a_person_at_a_checkpoint_is_the_home_communes(world):
    checkpoint = type(world.site).objects.create(
        kind="checkpoint", code="cp", name="Chốt", parent=world.other
    )
    person = make_person(world.commune, "Phạm Văn Tư", responsible_place=checkpoint)
    alert = raise_alert(person, signs=BREATHLESS, by=world.users.health)
    assert alert.place == world.commune
    assert not Alert.objects.visible_to(world.users.there).exists()  # the checkpoint lies there; that is all
