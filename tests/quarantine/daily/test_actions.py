import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.scoping import CitizenViewer
from portal.notifications.models import Message
from portal.records.actors import citizen_actor
from portal.records.models import Event
from portal.records.refusals import Refused
from quarantine.alerts.worklists import alert_rows as red_rows
from quarantine.daily.actions import report_day, see_red_flag
from quarantine.daily.worklists import silent, silent_rows
from quarantine.doses.actions import record_dose
from quarantine.models import DailyCheck, Reminder, TestResult
from quarantine.orders.actions import extend_order
from quarantine.orders.worklists import at_end
from quarantine.results.actions import record_test_result, see_positive
from quarantine.results.worklists import due_test_rows, due_tests
from quarantine.tasks import run_day
from tests.quarantine.conftest import red_flags_of

BY = citizen_actor("090•••4567")
HANOI = dt.timezone(dt.timedelta(hours=7))


def at(hour, minute=0, day=23):
    return time_machine.travel(dt.datetime(2026, 11, day, hour, minute, tzinfo=HANOI), tick=False)


def again(user):
    """The user as a new request has them, without what was looked up before."""
    return User.objects.get(pk=user.pk)


def test_a_report_is_written_once_a_day_and_a_second_one_replaces_it(world, lan, open_for):
    order = open_for(lan, ago=2)
    report_day(order, symptoms=["cough"], temperature=Decimal("37.2"), by=BY)
    report_day(order, symptoms=[], temperature=Decimal("36.8"), by=BY)
    check = DailyCheck.objects.get()
    assert (check.symptoms, check.temperature, check.is_red) == ([], Decimal("36.8"), False)


def test_the_same_report_twice_changes_nothing(world, lan, open_for):
    order = open_for(lan, ago=2)
    for _time in range(2):
        report_day(order, symptoms=["breathless"], by=BY)
    assert Event.objects.filter(verb="report").count() == 1


@pytest.mark.parametrize(
    ("said", "red"),
    [
        ({"temperature": Decimal("38.4")}, []),
        ({"temperature": Decimal("38.5")}, ["temperature=38.5"]),
        ({"spo2": 94}, []),
        ({"spo2": 93}, ["spo2=93"]),
        ({"symptoms": ["fever", "cough"]}, []),
        ({"symptoms": ["breathless"]}, ["breathless"]),
        ({"symptoms": ["drowsy"], "spo2": 90}, ["drowsy", "spo2=90"]),
    ],
)
def test_red_signs(world, lan, open_for, said, red):
    check = report_day(open_for(lan, ago=2), **said, by=BY)
    assert (check.is_red, check.red_signs) == (bool(red), red)
    assert all(check.red_labels)


def test_a_better_report_does_not_take_a_red_flag_away(world, lan, open_for):
    order = open_for(lan, ago=2)
    report_day(order, temperature=Decimal("39.0"), by=BY)
    check = report_day(order, temperature=Decimal("37.0"), by=BY)
    assert (check.is_red, check.red_labels) == (True, ["Sốt 39,0 °C"])
    assert red_flags_of(world.users.here) == 1


def test_a_flag_that_was_seen_comes_back_with_a_new_sign_only(world, lan, open_for):
    order = open_for(lan, ago=2)
    check = report_day(order, symptoms=["breathless"], by=BY)
    see_red_flag(check, by=world.users.here)
    report_day(order, symptoms=["breathless", "cough"], by=BY)
    assert red_flags_of(world.users.here) == 0
    report_day(order, symptoms=["breathless", "drowsy"], by=BY)
    assert red_flags_of(world.users.here) == 1


def test_seen_twice_keeps_the_first_one(world, lan, open_for):
    check = report_day(open_for(lan, ago=2), symptoms=["breathless"], by=BY)
    see_red_flag(check, by=world.users.here)
    see_red_flag(check, by=world.users.health)
    check.refresh_from_db()
    assert check.seen_by == world.users.here


def test_a_report_for_an_order_that_ended_is_refused(world, lan, open_for):
    order = open_for(lan, ago=2)
    extend_order(order, days=3, reason="x", by=world.users.here)
    with pytest.raises(Refused, match="không cần khai"):
        report_day(order, symptoms=[], by=BY)


def result(person, by, outcome="negative", **fields):
    details = {"kind": "rapid", "taken_on": timezone.localdate(), "by": by, **fields}
    return record_test_result(person, outcome=outcome, **details)


def test_a_result_settles_what_was_due_and_tells_without_saying(world, lan, open_for):
    order = open_for(lan, ago=8)
    found = result(lan, world.users.here)
    assert list(order.scheduled_tests.values_list("day", "result")) == [
        (1, found.pk),
        (7, found.pk),
        (14, None),
    ]
    message = Message.objects.get(kind="test_result_ready")
    assert "Âm tính" not in message.text
    assert "/ket-qua/" in message.text


def test_an_early_or_unclear_result_settles_nothing(world, lan, open_for):
    order = open_for(lan, ago=8)
    result(lan, world.users.here, "unclear")
    result(lan, world.users.here, taken_on=order.starts_on)
    assert order.scheduled_tests.filter(result=None).count() == 3


def test_a_result_sent_twice_is_written_once(world, lan):
    key = "7e6b9a34-6f2f-4c7e-9a55-0d5f3f6f1d11"
    first = result(lan, world.users.here, client_key=key)
    second = result(lan, world.users.here, "positive", client_key=key)
    assert (first, TestResult.objects.count(), Message.objects.count()) == (second, 1, 1)


def test_a_positive_result_waits_for_the_place_that_answers(world, lan):
    lan.responsible_place = world.other
    lan.save()
    positive = result(lan, world.users.there, "positive")
    assert red_flags_of(world.users.here) == 0  # the home commune sees the person, the other one answers
    (flag,) = red_rows(world.users.there, 10)
    assert flag.labels == ["Xét nghiệm nhanh: Dương tính"]
    see_positive(positive, by=world.users.there)
    see_positive(positive, by=world.users.health)
    assert red_flags_of(world.users.there) == 0
    positive.refresh_from_db()
    assert positive.seen_by == world.users.there


def give(person, by, number=1, vaccine="Pfizer", day="2026-10-01"):
    return record_dose(person, number=number, vaccine=vaccine, given_on=dt.date.fromisoformat(day), by=by)


def test_the_same_dose_again_is_the_first_one_and_another_is_refused(world, lan):
    first = give(lan, world.users.here)
    assert give(lan, world.users.here) == first
    with pytest.raises(Refused, match="Pfizer"):
        give(lan, world.users.here, vaccine="Moderna")


def test_doses_come_in_the_order_of_their_days(world, lan):
    give(lan, world.users.here, number=2, day="2026-10-01")
    with pytest.raises(Refused, match="không khớp"):
        give(lan, world.users.here, number=1, day="2026-10-02")
    with pytest.raises(Refused, match="không khớp"):
        give(lan, world.users.here, number=3, day="2026-10-01")
    assert give(lan, world.users.here, number=1, day="2026-09-01").number == 1


# --- The day: reminders, silence, worklists -----------------------------------------------------


def test_each_phone_is_asked_once_in_the_morning(world, family, open_for):
    with at(6, 59):
        for person in family:
            open_for(person, ago=3)
        assert run_day() == 0
    with at(7):
        assert (run_day(), run_day()) == (1, 0)
    assert Message.objects.filter(kind="order_reminder").count() == Reminder.objects.count() == 1
    with at(7, day=24):
        assert run_day() == 1


def test_the_evening_and_the_first_day_ask_nobody(world, lan, open_for):
    with at(9):
        open_for(lan)
        assert run_day() == 0
    with at(18, day=24):
        assert run_day() == 0
    with at(17, 59, day=24):
        assert run_day() == 1


def test_who_has_reported_or_has_ended_is_not_asked(world, family, open_for):
    with at(8):
        reported = open_for(family[0], ago=3)
        report_day(reported, symptoms=[], by=BY)
        family[1].phone = "+84912345678"
        family[1].save()
        open_for(family[1], ago=20)  # past its last day, waiting for the officer
        assert run_day() == 0


def test_silence_is_work_from_the_evening_on_and_until_somebody_speaks(world, lan, open_for):
    here = world.users.here
    with at(9):
        order = open_for(lan, ago=1)
        assert list(silent(here)) == []  # yesterday was the first day
    with at(17, 59):
        assert list(silent(here)) == []
    with at(18):
        assert silent_rows(here, 10) == [order]
    with at(9, day=24):
        assert silent_rows(again(here), 10) == [order]
        report_day(order, symptoms=[], by=BY)
        assert silent_rows(again(here), 10) == []


def test_worklists_show_only_the_own_places(world, lan, open_for):
    order = open_for(lan, ago=14)
    report_day(order, symptoms=["chest_pain"], by=BY)
    for user, seen in ((world.users.here, 1), (world.users.health, 1), (world.users.there, 0)):
        assert red_flags_of(user) == len(red_rows(user, 10)) == seen
        assert due_tests(user).count() == len(due_test_rows(user, 10)) == 3 * seen
        assert at_end(user).count() == seen


def test_a_citizen_sees_orders_by_phone_and_nobody_elses(world, lan, open_for):
    from quarantine.models import Certificate, Order

    order = open_for(lan, ago=3)
    assert list(Order.objects.visible_to(CitizenViewer(phone=lan.phone))) == [order]
    for viewer in (CitizenViewer(), CitizenViewer(phone="+84987654321"), None):
        assert not Order.objects.visible_to(viewer).exists()
        assert not TestResult.objects.visible_to(viewer).exists()
        assert not Certificate.objects.visible_to(viewer).exists()
