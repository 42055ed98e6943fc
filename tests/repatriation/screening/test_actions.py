"""The home commune says whose a family is: what it may say, what comes of it, and what runs by itself."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from citizens.models import Person
from portal.notifications.models import Message
from portal.records.actors import SYSTEM
from portal.records.models import Event
from portal.records.refusals import Refused
from portal.records.transitions import TransitionRefused, transition
from repatriation import tasks
from repatriation.models import Campaign, Registration, Screening
from repatriation.screening import actions
from repatriation.seats.filling import fill_trip
from repatriation.seats.leaving import requeue_family, withdraw
from repatriation.seats.splitting import split_family
from tests.repatriation.world.families import offered, waiting
from tests.repatriation.world.road import bus, family, people_of
from tests.repatriation.world.screenings import FAMILY, asked, now, overdue, rejected
from tests.repatriation.world.statements import updates_of

# Confirmed


def test_submitting_asks_the_home_commune(road: SimpleNamespace) -> None:
    row = waiting(road.campaign, road.places)
    made = Screening.objects.get()
    assert (made.registration, made.commune, made.status) == (row, road.commune, "pending")
    assert abs(made.due_at - timezone.now() - dt.timedelta(hours=48)) < dt.timedelta(minutes=1)
    assert (now(row).status, now(row).screened_at) == ("waiting", None)


def test_confirmed_the_family_counts_as_screened(road: SimpleNamespace) -> None:
    row = asked(road)
    done = actions.confirm(row, by=road.here)
    assert (done.status, done.decided_by) == ("confirmed", road.here)
    assert now(row.registration).screened_at is not None
    with pytest.raises(Refused, match="Nguyễn Thị Hạnh"):
        actions.confirm(row, by=road.same)
    with pytest.raises(Refused, match="đã trả lời lúc"):
        actions.reject(row, by=road.same, reason="x", suggested=road.other)


def test_many_are_confirmed_at_once_and_those_decided_meanwhile_are_counted(road: SimpleNamespace) -> None:
    rows = [asked(road) for _ in range(4)]
    actions.ask(rows[0], by=road.here, question="Con ông nào?")
    actions.confirm(rows[1], by=road.same)
    withdraw(rows[2].registration, by=FAMILY)
    came = actions.confirm_many(rows, by=road.here)
    assert (came.confirmed, came.already) == (2, 2)
    assert [now(row).status for row in rows] == ["confirmed", "confirmed", "cancelled", "confirmed"]
    assert Event.objects.filter(subject_type="repatriation.screening", verb="confirm").count() == 3
    assert now(rows[0].registration).screened_at is not None
    assert now(rows[2].registration).screened_at is None


def test_many_are_confirmed_by_as_many_statements_as_a_few(road: SimpleNamespace) -> None:
    few, many = [asked(road) for _ in range(2)], [asked(road) for _ in range(30)]
    with CaptureQueriesContext(
        connection,
    ) as first:
        actions.confirm_many(few, by=road.here)
    with CaptureQueriesContext(connection) as second:
        actions.confirm_many(many, by=road.here)
    assert len(first) == len(second)


# Asked


def test_a_question_goes_to_the_family_and_its_answer_back_to_the_commune(road: SimpleNamespace) -> None:
    row = asked(road)
    done = actions.ask(row, by=road.here, question="Anh chị là con ai, ở tổ mấy?")
    assert done.status == "asked"
    message = Message.objects.get(kind="screening_question")
    assert "tổ mấy" in message.context["question"]
    assert "/l/" in message.secrets["link"]
    done = actions.answer(row, by=FAMILY, text="Con ông Tám, tổ 3")
    assert (done.status, done.answer) == ("pending", "Con ông Tám, tổ 3")
    assert actions.answer(row, by=FAMILY, text="Con ông Tám, tổ 3").pk == row.pk, "sent twice"
    with pytest.raises(Refused, match="không cần trả lời"):
        actions.answer(row, by=FAMILY, text="Khác")
    again = actions.ask(row, by=road.here, question="Ông Tám nào?")
    assert (again.status, again.answer, again.answered_at) == ("asked", "", None)
    assert actions.confirm(row, by=road.here).status == "confirmed"


def test_a_question_without_words_is_refused(road: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="điều cần hỏi"):
        actions.ask(asked(road), by=road.here, question="  ")


def test_a_late_answer_is_kept_and_the_family_has_gone_on(road: SimpleNamespace) -> None:
    row = asked(road)
    actions.ask(row, by=road.here, question="Ở tổ mấy?")
    assert overdue(row).status == "overdue"
    actions.answer(row, by=FAMILY, text="Tổ 3")
    assert (now(row).status, now(row).answer) == ("overdue", "Tổ 3")
    assert actions.confirm(row, by=road.here).status == "confirmed"
    registration = now(row.registration)
    assert registration.screened_at is not None
    assert not registration.screening_overdue, "the mark goes once the commune has spoken"


# Not ours


def test_not_ours_goes_to_the_right_commune_and_the_family_is_told(road: SimpleNamespace) -> None:
    row = asked(road)
    following = rejected(road, row)
    assert (now(row).status, now(row).suggested) == ("not_ours", road.other)
    assert (following.commune, following.status) == (road.other, "pending")
    registration = now(row.registration)
    assert (registration.home_commune, registration.screened_at) == (road.other, None)
    assert {person.home_commune for person in people_of(registration)} == {road.other}
    assert Message.objects.get(kind="home_changed").context["commune"] == road.other.name
    assert Event.objects.filter(verb="home_changed", subject_id=registration.pk).count() == 1
    assert actions.confirm(following, by=road.elsewhere).status == "confirmed"


def test_somebody_who_has_come_home_already_stays_where_they_are(road: SimpleNamespace) -> None:
    row = asked(road)
    first = people_of(row.registration)[0]
    Person.objects.filter(pk=first.pk).update(arrived_at=timezone.now(), responsible_place=road.commune)
    rejected(road, row)
    assert Person.objects.get(pk=first.pk).home_commune == road.commune


@pytest.mark.parametrize("suggested", ["third", "first", None])
def test_the_second_refusal_goes_to_the_province_whoever_it_names(
    road: SimpleNamespace, suggested: str | None
) -> None:
    row = asked(road)
    following = rejected(road, row)
    to = {"third": road.third, "first": road.commune, None: None}[suggested]
    done = actions.reject(following, by=road.elsewhere, reason="Cũng không phải", suggested=to)
    assert (done.status, done.suggested) == ("disputed", to)
    assert Screening.objects.count() == 2, "nobody else is asked"
    assert now(row.registration).home_commune == road.other


def test_not_ours_without_another_commune_goes_to_the_province(road: SimpleNamespace) -> None:
    done = actions.reject(asked(road), by=road.here, reason="Không rõ ở đâu", suggested=None)
    assert done.status == "disputed"


@pytest.mark.parametrize("names_another", [True, False])
def test_not_ours_saves_the_row_once_with_its_reason(road: SimpleNamespace, names_another: bool) -> None:
    row = asked(road)
    with updates_of(Screening) as statements:
        suggested = road.other if names_another else None
        actions.reject(row, by=road.here, reason="Không có ai tên này", suggested=suggested)
    assert len(statements) == 1
    saved = now(row)
    assert (saved.reason, saved.suggested, saved.decided_by) == ("Không có ai tên này", suggested, road.here)


def test_not_ours_needs_a_reason_and_another_commune(road: SimpleNamespace) -> None:
    row = asked(road)
    with pytest.raises(Refused, match="vì sao"):
        actions.reject(row, by=road.here, reason=" ", suggested=road.other)
    with pytest.raises(Refused, match="chính là"):
        actions.reject(row, by=road.here, reason="x", suggested=road.commune)
    assert now(row).status == "pending"


def test_a_family_with_a_seat_moves_nowhere_until_the_province_decides(road: SimpleNamespace) -> None:
    row = asked(road)
    offered(row.registration, bus(road))
    done = actions.reject(row, by=road.here, reason="Không phải", suggested=road.other)
    assert (done.status, now(row.registration).home_commune) == ("disputed", road.commune)
    with pytest.raises(Refused, match="có chỗ trên xe"):
        actions.settle(done, by=road.coordinator, commune=road.other)
    made = actions.settle(done, by=road.coordinator, commune=road.commune)
    assert made.status == "confirmed"


# The province


def test_the_province_settles_a_dispute(road: SimpleNamespace) -> None:
    row = asked(road)
    disputed = actions.reject(rejected(road, row), by=road.elsewhere, reason="Không", suggested=None)
    made = actions.settle(disputed, by=road.coordinator, commune=road.third, reason="Đã gọi gia đình")
    assert (made.commune, made.status, made.decided_by) == (road.third, "confirmed", road.coordinator)
    registration = now(row.registration)
    assert registration.home_commune == road.third
    assert registration.screened_at is not None
    assert now(disputed).status == "not_ours"
    with pytest.raises(Refused, match="đã trả lời lúc"):
        actions.settle(disputed, by=road.coordinator, commune=road.commune)


def test_the_province_may_have_a_commune_asked_again(road: SimpleNamespace) -> None:
    row = asked(road)
    disputed = actions.reject(rejected(road, row), by=road.elsewhere, reason="Không", suggested=None)
    made = actions.settle(disputed, by=road.coordinator, commune=road.commune, ask_again=True)
    assert (made.commune, made.status) == (road.commune, "pending")
    assert now(row.registration).screened_at is None
    assert actions.reject(made, by=road.here, reason="Vẫn không", suggested=road.third).status == "disputed"


# Begun anew, and over


def test_another_home_begins_anew(road: SimpleNamespace) -> None:
    row = asked(road)
    actions.confirm(row, by=road.here)
    Registration.objects.filter(pk=row.registration_id).update(home_commune=road.third)
    made = actions.restart_screening(row.registration, by=FAMILY)
    assert made is not None
    assert (made.commune, made.status) == (road.third, "pending")
    assert now(row.registration).screened_at is None


def test_another_home_ends_what_was_asked_and_what_was_late(road: SimpleNamespace) -> None:
    first, second = asked(road), asked(road)
    overdue(second)
    for row in (first, second):
        Registration.objects.filter(pk=row.registration_id).update(home_commune=road.third)
        actions.restart_screening(row.registration, by=FAMILY)
        assert now(row).status == "cancelled"
    assert not now(second.registration).screening_overdue


def test_back_to_a_commune_that_has_refused_goes_to_the_province(road: SimpleNamespace) -> None:
    row = asked(road)
    rejected(road, row)
    Registration.objects.filter(pk=row.registration_id).update(home_commune=road.commune)
    made = actions.restart_screening(row.registration, by=FAMILY)
    assert made is not None
    assert (now(made).status, now(made).reason) == ("disputed", "Không có ai tên này")


def test_who_withdraws_need_not_be_decided(road: SimpleNamespace) -> None:
    row = asked(road)
    withdraw(row.registration, by=FAMILY)
    assert now(row).status == "cancelled"
    with pytest.raises(Refused, match="Đã rút đăng ký"):
        actions.confirm(row, by=road.here)


def test_who_waits_again_is_asked_for_again(road: SimpleNamespace) -> None:
    row = asked(road)
    offer = offered(row.registration, bus(road))
    transition(offer, "decline", by=SYSTEM, answered_at=timezone.now())
    transition(row.registration, "decline", by=SYSTEM)
    assert overdue(row).status == "cancelled", "nobody waits for an answer about a family that is out"
    requeue_family(row.registration, by=road.coordinator)
    assert Screening.objects.filter(registration=row.registration, status="pending").count() == 1


def test_many_imported_families_are_asked_for_at_once(road: SimpleNamespace) -> None:
    rows = [family(road.campaign, road.places) for _ in range(5)]
    actions.begin_screening(rows[0])
    withdraw(rows[1], by=FAMILY)
    ids = [row.pk for row in rows]
    assert actions.begin_screening_many(ids) == 3
    assert actions.begin_screening_many(ids) == 0
    assert Screening.objects.filter(status="pending").count() == 4


def test_a_family_that_is_parted_is_asked_for_in_both_parts(road: SimpleNamespace) -> None:
    row, done = asked(road), asked(road)
    actions.confirm(done, by=road.here)
    for one, open_rows in ((row, 2), (done, 0)):
        leaving = [one.registration.members.all()[1].pk]
        new = split_family(one.registration, leaving, by=road.coordinator, reason="Một nửa đi trước")
        both = Screening.objects.open().filter(registration__in=[one.registration, new])
        assert both.count() == open_rows
        assert (now(new).screened_at is None) is bool(open_rows)


# By itself


def test_overdue_families_go_on_with_a_mark(road: SimpleNamespace) -> None:
    late, early = asked(road), asked(road)
    assert overdue(late).status == "overdue"
    assert now(early).status == "pending"
    registration = now(late.registration)
    assert registration.screened_at is not None
    assert registration.screening_overdue
    assert Event.objects.get(verb="lapse").actor_kind == "system"
    assert tasks.lapse_screenings() == 0


def test_a_dispute_that_nobody_settles_lets_the_family_go_on_and_stays_before_the_province(
    road: SimpleNamespace,
) -> None:
    row = asked(road)
    actions.reject(row, by=road.here, reason="Không rõ", suggested=None)
    assert overdue(row).status == "disputed"
    assert now(row.registration).screening_overdue
    assert tasks.lapse_screenings() == 0


def test_overdue_in_steps_and_by_as_many_statements_for_many(road: SimpleNamespace) -> None:
    past = timezone.now() - dt.timedelta(hours=1)
    rows = [asked(road) for _ in range(7)]
    Screening.objects.update(due_at=past)
    assert actions.lapse_overdue(step=3) == 7
    assert {now(row).status for row in rows} == {"overdue"}

    def statements(many: int) -> int:
        made = [asked(road) for _ in range(many)]
        Screening.objects.filter(pk__in=[row.pk for row in made]).update(due_at=past)
        with CaptureQueriesContext(connection) as caught:
            assert actions.lapse_overdue() == many
        return len(caught)

    assert statements(2) == statements(30)


# Seats


@pytest.mark.parametrize("awaits", [True, False])
def test_only_a_campaign_that_awaits_it_holds_families_up(road: SimpleNamespace, awaits: bool) -> None:
    Campaign.objects.update(awaits_screening=awaits)
    confirmed, open_one, late = asked(road), asked(road), asked(road)
    actions.confirm(confirmed, by=road.here)
    overdue(late)
    done = fill_trip(bus(road), by=road.coordinator)
    seated = {offer.registration_id for offer in done.seated}
    assert {confirmed.registration_id, late.registration_id} <= seated
    assert (open_one.registration_id in seated) is not awaits


# What the database itself holds


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"decided_at": timezone.now()}, "screening_decided_by_somebody"),
        ({"question": "Ở đâu?"}, "screening_asked_something"),
        ({"answer": "Tổ 3", "answered_at": timezone.now()}, "screening_answered_a_question"),
    ],
)
def test_the_database_refuses_what_does_not_stand_together(
    road: SimpleNamespace, change: dict[str, Any], constraint: str
) -> None:
    row = asked(road)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Screening.objects.filter(pk=row.pk).update(**change)


def test_the_database_refuses_a_second_open_one_and_a_refusal_without_a_reason(road: SimpleNamespace) -> None:
    row = asked(road)
    with pytest.raises(IntegrityError, match="screening_one_open"), transaction.atomic():
        Screening.objects.create(registration=row.registration, commune=road.other, due_at=row.due_at)
    with pytest.raises(IntegrityError, match="screening_refused_with_reason"), transaction.atomic():
        transition(row, "reject", by=road.here, decided_at=timezone.now(), decided_by=road.here)
    with pytest.raises(IntegrityError, match="screening_suggests_another"), transaction.atomic():
        Screening.objects.filter(pk=row.pk).update(suggested=row.commune)
    with pytest.raises(IntegrityError, match="registration_overdue_goes_on"), transaction.atomic():
        Registration.objects.filter(pk=row.registration_id).update(screening_overdue=True)


def test_a_step_that_the_table_does_not_list_changes_nothing(road: SimpleNamespace) -> None:
    row = actions.confirm(asked(road), by=road.here)
    with pytest.raises(TransitionRefused):
        transition(row, "lapse", by=SYSTEM, decided_at=timezone.now())
