"""An officer puts a birth right: the family's points follow at once, and everybody hears of it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from citizens import births as registry
from citizens.actions import correct_record, state_of
from citizens.models import Person
from portal.notifications.models import Message
from portal.records.models import Event
from repatriation.models import Campaign, Registration
from repatriation.queue.rescoring import score_now
from repatriation.registration import births
from tests.race import Meeting, after_statement, at_once, meeting
from tests.repatriation.world.desk import url
from tests.repatriation.world.road import as_, bus, family, make_road, people_of, seated, text_of

GROWN, SMALL = dt.date(1990, 3, 1), timezone.localdate() - dt.timedelta(days=400)


def scored(road: SimpleNamespace, *born: dt.date, **changes: object) -> Registration:
    """A family of people of these births, scored by the plan of 30/9/2021: a child under 36 months gives 40."""
    row = family(road.campaign, road.places, len(born), **changes)
    for person, day in zip(people_of(row), born, strict=True):
        Person.objects.filter(pk=person.pk).update(birth_date=day, birth_year=day.year)
    score_now(Campaign.objects.get(pk=road.campaign.pk), [row.pk])
    row.refresh_from_db()
    return row


def correct(person: Person, day: dt.date, road: SimpleNamespace) -> list[str]:
    person.refresh_from_db()
    return correct_record(
        person,
        by=road.here,
        seen=state_of(person),
        birth_date=day,
        birth_year=day.year,
        address=person.address,
    )


def test_the_points_follow_the_birth_and_the_family_is_told(road: SimpleNamespace) -> None:
    row = scored(road, GROWN, SMALL)
    assert row.score == 40
    registered_at = row.registered_at
    (sentence,) = correct(people_of(row)[1], SMALL.replace(year=SMALL.year - 10), road)
    row.refresh_from_db()
    assert (row.score, row.score_reasons, row.registered_at) == (0, [], registered_at)
    assert "từ 40 thành 0" in sentence
    message = Message.objects.get(kind="birth_corrected")
    assert (message.phone, "từ 40 thành 0" in message.text) == (row.phone, True)
    event = Event.objects.filter(verb="rescore", subject_id=row.pk).latest("pk")
    assert (event.data["score_before"], event.data["score"]) == (40, 0)


def test_what_gives_no_other_points_tells_nobody(road: SimpleNamespace) -> None:
    row = scored(road, GROWN, SMALL)
    logged = Event.objects.filter(verb="rescore").count()
    assert correct(people_of(row)[0], GROWN.replace(year=1989), road) == []
    assert not Message.objects.exists()
    assert Event.objects.filter(verb="rescore").count() == logged


def test_another_address_scores_nobody(road: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    row = scored(road, GROWN, SMALL)
    monkeypatch.setattr(births, "score_now", lambda *_args: pytest.fail("scored"))
    person = people_of(row)[0]
    told = {"birth_date": person.birth_date, "birth_year": person.birth_year}
    assert correct_record(person, by=road.here, seen=state_of(person), address="12 ấp Trung", **told) == []


@pytest.mark.parametrize("status", ["withdrawn", "duplicate", "closed"])
def test_who_is_out_of_the_queue_keeps_the_points_that_it_had(road: SimpleNamespace, status: str) -> None:
    row = scored(road, GROWN, SMALL, status=status)
    before = row.score
    correct(people_of(row)[1], GROWN, road)
    row.refresh_from_db()
    assert row.score == before


def test_minors_alone_are_marked_and_a_vehicle_without_escort_is_named(road: SimpleNamespace) -> None:
    row = scored(road, GROWN, SMALL)
    trip = bus(road)
    seated(row, trip)
    said = correct(people_of(row)[0], timezone.localdate() - dt.timedelta(days=15 * 365), road)
    row.refresh_from_db()
    assert row.needs_escort
    assert any("không có người đi kèm" in sentence for sentence in said)
    page = text_of(as_(road.coordinator).get(url("trip", trip.code)))
    assert "xe chưa có người đi kèm" in page
    trip.has_escort = True
    trip.save()
    assert "xe chưa có người đi kèm" not in text_of(as_(road.coordinator).get(url("trip", trip.code)))


def test_the_officer_reads_what_became_of_the_points(road: SimpleNamespace) -> None:
    row = scored(road, GROWN, SMALL)
    person = people_of(row)[1]
    sent = {"full_name": "Nguyễn Văn Tám", "birth": "2001", "seen": state_of(person), "phone": person.phone}
    page = as_(road.here).post(reverse("citizens:person_edit", args=[person.pk]), sent, follow=True)
    assert "Đã lưu hồ sơ. Điểm ưu tiên của gia đình" in text_of(page)


def correct_both(
    first: Person, second: Person, day: dt.date, road: SimpleNamespace
) -> tuple[list[Any], Meeting]:
    """Each has counted the points of the family before the other commits, if nothing holds it."""
    scored_both = meeting(2)
    with after_statement("UPDATE repatriation_registration AS r", scored_both):
        return at_once(lambda: correct(first, day, road), lambda: correct(second, day, road)), scored_both


@pytest.mark.django_db(transaction=True)
def test_two_births_of_one_family_put_right_at_once_both_count(transactional_db: None) -> None:
    road = make_road()
    row = scored(road, GROWN, SMALL, SMALL)
    _mother, first, second = people_of(row)
    old = SMALL.replace(year=SMALL.year - 10)
    done, scored_both = correct_both(first, second, old, road)
    assert scored_both.kept_apart
    assert all(isinstance(said, list) for said in done), done
    row.refresh_from_db()
    assert row.score == 0


@pytest.mark.any_order_of_locks
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_a_family_may_keep_points_of_nobody(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scored from what each correction sees alone, the child that the other one has made older still counts."""
    road = make_road()
    row = scored(road, GROWN, SMALL, SMALL)
    _mother, first, second = people_of(row)
    old = SMALL.replace(year=SMALL.year - 10)

    def unlocked(person: Person) -> list[Registration]:
        return list(Registration.objects.filter(members__person=person))

    monkeypatch.setattr(registry, "_followers", [registry.Follower(unlocked, births.follow_birth)])
    correct_both(first, second, old, road)
    row.refresh_from_db()
    assert row.score == 40
