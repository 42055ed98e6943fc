import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from citizens.links import find_link
from portal.notifications.models import Message
from portal.records.actors import SYSTEM
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused
from quarantine import numbers
from quarantine.certificates.actions import issue_certificate, revoke_certificate
from quarantine.daily.actions import report_day
from quarantine.models import Certificate, Numbering, Order, VaccinationDose
from quarantine.orders import actions as orders
from quarantine.orders.actions import complete_order, extend_order, open_order
from quarantine.results.actions import record_test_result
from tests.quarantine.conftest import PHONE, make_person, make_world
from tests.race import at_once, meeting


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


def test_open_order_follows_the_rule_and_says_why(world, lan, open_for):
    order = open_for(lan)
    today = timezone.localdate()
    assert order.status == "active"
    assert (order.mode, order.ends_on, order.follow_up_until) == ("home", today + days(14), today + days(28))
    assert list(order.scheduled_tests.values_list("day", "due_on")) == [
        (1, today + days(1)), (7, today + days(7)), (14, today + days(14)),
    ]  # fmt: skip
    assert order.number == f"1/QĐ-CL-25711-{today.year}"
    assert order.chosen_because == "Chưa có thông tin tiêm chủng. Theo 8399/BYT-MT."
    verbs = Event.objects.filter(subject_type="quarantine.order", subject_id=order.pk)
    assert list(verbs.values_list("verb", flat=True)) == ["order", "start"]


def test_open_order_of_a_vaccinated_person_is_shorter(world, lan, open_for):
    for number, ago in ((1, 60), (2, 30)):
        VaccinationDose.objects.create(
            person=lan, number=number, vaccine="Pfizer", given_on=timezone.localdate() - days(ago)
        )
    order = open_for(lan)
    assert (order.mode, order.total_days, order.scheduled_tests.count()) == ("self", 7, 0)


def test_the_receiving_place_may_choose_a_facility(world, lan, open_for):
    order = open_for(lan, place=world.site, mode="facility")
    assert order.mode == "facility"
    assert "cách ly tập trung" in order.chosen_because
    assert order.number.startswith("1/QĐ-CL-25711-")  # the commune's row of numbers


def test_opening_again_returns_the_open_order(world, lan, open_for):
    first = open_for(lan)
    assert open_for(lan) == first
    assert Order.objects.count() == Message.objects.filter(kind="order_opened").count() == 1


def test_a_family_with_one_phone_gets_one_message_whose_link_serves_all(world, family, open_for):
    opened = [open_for(person) for person in family]
    (message,) = Message.objects.filter(kind="order_opened")
    link = find_link(message.secrets["link"].rstrip("/").rsplit("/", 1)[1], "daily")
    assert (link.phone, link.subject_id) == (PHONE, opened[0].pk)
    assert [order.number.split("/")[0] for order in opened] == ["1", "2", "3"]


def test_nothing_is_left_when_no_rule_covers_the_person(world, lan):
    with pytest.raises(Refused):
        open_order(lan, place=world.commune, starts_on=dt.date(2020, 1, 1), by=world.users.here)
    assert not Order.objects.exists()
    assert not Numbering.objects.exists()


def ready(order):
    """Every test of the order is negative."""
    for test in order.scheduled_tests.all():
        record_test_result(order.person, kind="rapid", outcome="negative", taken_on=test.due_on, by=SYSTEM)
    return order


def test_complete_issues_a_certificate_and_tells_where_it_is(world, lan, open_for):
    order = complete_order(ready(open_for(lan, ago=14)), by=world.users.here)
    assert (order.status, order.completed_at is not None) == ("completed", True)
    certificate = Certificate.objects.get(order=order)
    assert certificate.number == f"1/GCN-CL-25711-{timezone.localdate().year}"
    assert len(certificate.public_code) == 16
    message = Message.objects.get(kind="order_completed")
    assert message.context["link"].endswith("/ket-qua/")
    assert certificate.public_code not in str(message.context)


def test_complete_before_the_last_day_is_refused(world, lan, open_for):
    order = open_for(lan, ago=13)
    with pytest.raises(Refused, match="ngày cuối là"):
        complete_order(order, by=world.users.here)
    order.refresh_from_db()
    assert order.status == "active"


def test_complete_with_an_open_test_is_refused_and_names_the_day(world, lan, open_for):
    order = open_for(lan, ago=14)
    record_test_result(
        lan, kind="pcr", outcome="negative", taken_on=order.starts_on + days(7), by=world.users.here
    )
    with pytest.raises(Refused, match=f"{order.ends_on:%d/%m/%Y}"):
        complete_order(order, by=world.users.here)


def test_complete_after_a_positive_result_needs_a_negative_one(world, lan, open_for):
    order = open_for(lan, ago=14)
    record_test_result(lan, kind="pcr", outcome="positive", taken_on=order.ends_on, by=world.users.here)
    with pytest.raises(Refused, match="dương tính"):
        complete_order(order, by=world.users.here)
    record_test_result(lan, kind="pcr", outcome="negative", taken_on=order.ends_on, by=world.users.here)
    assert complete_order(order, by=world.users.here).status == "completed"


def test_complete_twice_is_refused_with_the_present_state(world, lan, open_for):
    order = complete_order(ready(open_for(lan, ago=14)), by=world.users.here)
    with pytest.raises(TransitionRefused, match="Đã hoàn thành"):
        complete_order(order, by=world.users.here)
    assert Certificate.objects.count() == Message.objects.filter(kind="order_completed").count() == 1


def test_certificate_only_for_a_completed_order(world, lan, open_for):
    with pytest.raises(Refused):
        issue_certificate(open_for(lan), by=world.users.here)


def test_extend_closes_the_order_and_continues_it(world, lan, open_for):
    order = open_for(lan, ago=3)
    report_day(order, symptoms=["cough"], by=world.users.here)
    new = extend_order(order, days=7, reason="Người nhà dương tính", by=world.users.here)
    order.refresh_from_db()
    assert (order.status, new.status, new.continues) == ("extended", "active", order)
    assert (new.starts_on, new.ends_on) == (order.starts_on, order.ends_on + days(7))
    assert (new.checks.count(), new.scheduled_tests.count(), order.checks.count()) == (1, 3, 0)
    assert "Người nhà dương tính" in new.chosen_because
    assert Message.objects.filter(kind="order_extended").count() == 1
    with pytest.raises(TransitionRefused):
        extend_order(order, days=7, reason="lần nữa", by=world.users.here)


def test_an_open_order_of_another_place_is_transferred(world, lan, open_for):
    order = open_for(lan, ago=3)
    report_day(order, symptoms=["cough"], by=world.users.here)
    new = open_for(lan, place=world.other, address="ấp Chánh", by=world.users.there)
    order.refresh_from_db()
    assert (order.status, new.status, new.continues, new.place) == (
        "transferred",
        "active",
        order,
        world.other,
    )
    assert (new.starts_on, new.ends_on, new.follow_up_until) == (
        order.starts_on, order.ends_on, order.follow_up_until,
    )  # fmt: skip
    assert (new.checks.count(), new.scheduled_tests.count(), order.scheduled_tests.count()) == (1, 3, 0)
    assert (new.address, new.mode) == ("ấp Chánh", "home")
    assert new.number.startswith("1/QĐ-CL-25681-")
    assert "Xã Bến Cầu" in new.chosen_because
    assert order.number in new.chosen_because
    assert "Xã Bến Cầu phụ trách" in Message.objects.get(kind="order_transferred").text
    moved = Event.objects.get(verb="transfer")
    assert (moved.subject_id, moved.user, moved.data) == (order.pk, world.users.there, {"to": "25681"})
    assert Event.objects.filter(verb="order", subject_id=new.pk).exists()
    assert open_for(lan, place=world.other) == new


def test_a_family_is_told_once_of_its_transfer(world, family, open_for):
    for person in family:
        open_for(person)
    for person in family:
        open_for(person, place=world.other)
    assert Message.objects.filter(kind="order_transferred").count() == 1


@pytest.mark.parametrize("back", [False, True])
def test_the_new_place_and_the_old_one_see_where_the_order_went(world, lan, open_for, as_user, back):
    old = open_for(lan)
    new = open_for(lan, place=world.other)
    reader, seen = (world.users.here, old) if back else (world.users.there, new)
    page = as_user(reader).get(f"/officer/quarantine/{seen.pk}/")
    assert page.status_code == 200
    assert (new if back else old).number in page.content.decode()


@pytest.mark.parametrize("count", [0, -1, 31])
def test_extend_by_a_senseless_number_of_days_is_refused(world, lan, open_for, count):
    with pytest.raises(Refused):
        extend_order(open_for(lan), days=count, reason="x", by=world.users.here)


def test_the_database_refuses_a_status_that_the_table_does_not_list(world, lan, open_for):
    order = open_for(lan)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(status="ordered")


def test_revoked_once_with_a_reason(world, lan, open_for):
    order = complete_order(ready(open_for(lan, ago=14)), by=world.users.here)
    certificate = revoke_certificate(order.certificate, reason="Nhập nhầm", by=world.users.here)
    assert not certificate.is_valid
    with pytest.raises(Refused):
        revoke_certificate(certificate, reason="Lần nữa", by=world.users.here)


# --- Races, on real connections ---------------------------------------------------------------


@pytest.fixture
def busy(transactional_db) -> SimpleNamespace:
    return make_world()


def opening(world, person):
    return lambda: open_order(
        person, place=world.commune, starts_on=timezone.localdate(), by=world.users.here
    )


def test_two_officers_open_one_order(busy):
    lan = make_person(busy.commune)
    first, second = at_once(opening(busy, lan), opening(busy, lan))
    assert first == second
    assert Order.objects.count() == 1


def slow(monkeypatch):
    """Take the lock off and wait between looking and writing, so that the two always meet."""
    meet = meeting(2)
    choose = orders.choose_protocol
    monkeypatch.setattr(orders, "lock_person", lambda person: None)
    monkeypatch.setattr(orders, "choose_protocol", lambda *args: (meet(), choose(*args))[1])


def test_without_the_lock_the_constraint_still_holds(busy, monkeypatch):
    slow(monkeypatch)
    lan = make_person(busy.commune)
    came = at_once(opening(busy, lan), opening(busy, lan))
    assert sorted(type(one).__name__ for one in came) == ["IntegrityError", "Order"]
    assert Order.objects.count() == 1


def test_control_without_lock_and_constraint_two_orders_stand(busy, monkeypatch):
    slow(monkeypatch)
    lan = make_person(busy.commune)
    (constraint,) = [c for c in Order._meta.constraints if c.name == "order_one_open_per_person"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Order, constraint)
    try:
        at_once(opening(busy, lan), opening(busy, lan))
        assert Order.objects.count() == 2
    finally:
        clear_orders()
        with connection.schema_editor() as editor:
            editor.add_constraint(Order, constraint)


def clear_orders():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE quarantine_order CASCADE")


def test_numbers_taken_at_once_never_double(busy):
    people = [make_person(busy.commune, f"Người {number}", phone="") for number in range(6)]
    came = at_once(*(opening(busy, person) for person in people))
    assert sorted(int(order.number.split("/")[0]) for order in came) == [1, 2, 3, 4, 5, 6]


def test_control_counting_instead_of_the_upsert_doubles_a_number(busy, monkeypatch):
    meet = meeting(2)

    def count_and_add(kind, place, year):
        number = Order.objects.count() + 1
        meet()
        return f"{number}/QĐ-CL-{place.code}-{year}"

    monkeypatch.setattr(orders, "next_number", count_and_add)
    people = [make_person(busy.commune, f"Người {number}", phone="") for number in range(2)]
    came = at_once(*(opening(busy, person) for person in people))
    assert [type(one).__name__ for one in came].count("IntegrityError") == 1


def test_a_number_comes_back_when_its_transaction_does_not_commit(world):
    with transaction.atomic():
        numbers.next_number(Numbering.Kind.ORDER, world.commune, 2026)
        transaction.set_rollback(True)
    assert numbers.next_number(Numbering.Kind.ORDER, world.commune, 2026) == "1/QĐ-CL-25711-2026"
