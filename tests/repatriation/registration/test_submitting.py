"""From a filled form to a place in the queue, and out of it."""

from __future__ import annotations

import datetime as dt
import time
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from citizens import codes
from citizens.links import find_link
from citizens.models import Person
from portal.notifications.models import Message
from portal.records.log import history
from portal.records.transitions import TransitionRefused
from repatriation.models import Campaign, Offer, Registration, RuleSet, Trip
from repatriation.models.registration import Status
from repatriation.registration.people import NumberDisagrees
from repatriation.registration.refusals import AlreadyRegistered, TooManyRefusals
from repatriation.registration.submitting import (
    CampaignClosed,
    DraftIncomplete,
    family_actor,
    save_draft,
    send_link_again,
    start_draft,
    submit,
)
from repatriation.seats.leaving import withdraw
from tests.repatriation.world.families import (
    PHONE,
    baby,
    draft_of,
    entry,
    filled,
    mother,
    offered,
    position,
    trip,
    waiting,
)

BY = family_actor(PHONE)


def last_message(kind: str) -> Message:
    return Message.objects.filter(kind=kind).latest("pk")


def test_a_draft_keeps_the_proof_of_consent(campaign: Campaign) -> None:
    registration = start_draft(campaign, by=family_actor())
    consented = history(registration).get()
    assert consented.verb == "consented"
    assert "đồng ý" in consented.data["words"]
    assert consented.data["version"]
    assert codes.is_code(registration.code, "TN")


def test_submitting_puts_the_whole_family_into_the_queue(campaign: Campaign, places: SimpleNamespace) -> None:
    registration = waiting(campaign, places)
    assert registration.status == Status.WAITING
    assert registration.people == 2
    assert registration.score == 50
    assert [reason["predicate"] for reason in registration.score_reasons] == ["child_under_months", "reason"]
    assert registration.draft == {}
    assert registration.head.person.full_name == "Nguyễn Thị Lan"
    assert [member.live for member in registration.members.all()] == [True, True]
    households = {member.person.household_id for member in registration.members.all()}
    assert len(households) == 1
    assert None not in households


def test_the_message_carries_a_link_that_opens_the_registration(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    registration = waiting(campaign, places)
    message = last_message("registered")
    assert message.phone == PHONE
    assert registration.code in message.text
    token = message.secrets["link"].rstrip("/").rsplit("/", 1)[-1]
    link = find_link(token, "registration")
    assert (link.subject_id, link.phone) == (registration.pk, PHONE)
    assert token not in str(message.context)


def test_submitted_twice_the_second_returns_the_first(campaign: Campaign, places: SimpleNamespace) -> None:
    registration = filled(campaign, places)
    first, second = submit(registration, by=BY), submit(registration, by=BY)
    assert first.pk == second.pk
    assert Message.objects.filter(kind="registered").count() == 1
    assert Person.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "question"),
    [
        ({"origin": None}, "origin"),
        ({"home": None}, "home"),
        ({"people": (mother(health_told=False),)}, "people"),
        ({"reasons": None}, "reasons"),
        ({"phone_confirmed": ""}, "phone"),
    ],
)
def test_an_unfinished_form_is_not_submitted(
    campaign: Campaign, places: SimpleNamespace, changes: dict[str, object], question: str
) -> None:
    registration = filled(campaign, places, **changes)
    with pytest.raises(DraftIncomplete) as refused:
        submit(registration, by=BY)
    assert refused.value.question == question
    assert Person.objects.count() == 0


@pytest.mark.parametrize("changes", [{"is_open": False}, {"ends_on": dt.date(2026, 1, 2)}])
def test_a_closed_campaign_takes_nobody(
    campaign: Campaign, places: SimpleNamespace, changes: dict[str, object]
) -> None:
    registration = filled(campaign, places)
    Campaign.objects.update(**{"starts_on": dt.date(2026, 1, 1), **changes})
    with pytest.raises(CampaignClosed):
        submit(registration, by=BY)


def test_a_person_in_a_live_registration_is_not_registered_again(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    first = waiting(campaign, places)
    father = entry("Trần Văn Minh", sex="male", identity="072082001111")
    again = filled(campaign, places, father, mother(full_name="nguyen thi lan"), phone="+84912345678")
    with pytest.raises(AlreadyRegistered) as refused:
        submit(again, by=BY)
    assert refused.value.other == first
    assert "090•••4567" in str(refused.value)
    assert "nguyen thi lan" in str(refused.value)
    again.refresh_from_db()
    assert again.status == Status.DRAFT
    assert not Person.objects.filter(full_name="Trần Văn Minh").exists()


def test_after_withdrawing_the_family_may_register_again(campaign: Campaign, places: SimpleNamespace) -> None:
    withdraw(waiting(campaign, places), by=BY)
    second = waiting(campaign, places)
    assert second.status == Status.WAITING
    assert Person.objects.count() == 2


def test_a_known_birth_is_not_overwritten(campaign: Campaign, places: SimpleNamespace) -> None:
    withdraw(waiting(campaign, places, mother()), by=BY)
    waiting(campaign, places, mother(full_name="nguyen thi lan", birth="1984"))
    person = Person.objects.get()
    assert (person.full_name, person.birth_date) == ("Nguyễn Thị Lan", dt.date(1984, 3, 12))
    assert not history(person).filter(verb="told_otherwise").exists()


@pytest.mark.parametrize(
    "told",
    [
        {"full_name": "Võ Văn Kiệt", "birth": "1990", "sex": "male"},
        {"full_name": "Võ Văn Kiệt"},
        {"full_name": "Võ Văn Kiệt", "birth": "1984"},  # the year stands in the number itself
        {"full_name": "Nguyễn Thị Lan Anh"},
        {"birth": "13/03/1984"},
        {"identity": "C1234567", "old_identity": "072184004821", "full_name": "Võ Văn Kiệt"},
    ],
)
def test_who_knows_a_number_alone_learns_no_name_and_takes_nobody_over(
    campaign: Campaign, places: SimpleNamespace, told: dict[str, str]
) -> None:
    known = waiting(campaign, places, mother()).head.person
    stranger = mother(**told)
    registration = filled(campaign, places, stranger, phone="+84912345678")
    with pytest.raises(NumberDisagrees) as refused:
        submit(registration, by=BY)
    assert refused.value.entry == stranger
    said = str(refused.value)
    assert "không khớp với hồ sơ đã có" in said
    assert "0276 1022" in said
    assert not any(word in said for word in ("Lan", "Kiệt", "•"))
    assert draft_of(registration).people == (stranger,)
    known.refresh_from_db()
    assert (known.full_name, known.phone) == ("Nguyễn Thị Lan", PHONE)
    assert Person.objects.count() == 1
    event = history(registration).get(verb="number_refused")
    assert "912345678" not in str(event.data)


def test_the_known_name_is_not_shown_to_who_typed_it_otherwise(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    waiting(campaign, places, mother())
    again = filled(campaign, places, mother(full_name="nguyen thi lan"), phone="+84912345678")
    with pytest.raises(AlreadyRegistered) as refused:
        submit(again, by=BY)
    assert "nguyen thi lan" in str(refused.value)
    assert "Nguyễn" not in str(refused.value)


def test_guessing_ends_after_ten_tries_an_hour_of_one_phone(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    waiting(campaign, places, mother())
    forms = [
        filled(campaign, places, mother(full_name="Võ Văn Kiệt"), phone="+84912345678") for _form in "ab"
    ]
    for number in range(10):
        with pytest.raises(NumberDisagrees):
            submit(forms[number % 2], by=BY)
    for form in forms:
        with pytest.raises(TooManyRefusals, match="sau một giờ"):
            submit(form, by=BY)
    right = filled(campaign, places, mother(), phone="+84912345678")
    with pytest.raises(TooManyRefusals):
        submit(right, by=BY)
    other = filled(campaign, places, mother(), phone="+84912345679")
    with pytest.raises(AlreadyRegistered):
        submit(other, by=BY)
    later = timezone.now() + dt.timedelta(minutes=61)
    with time_machine.travel(later, tick=False), pytest.raises(AlreadyRegistered):
        submit(right, by=BY)


def test_guessing_ends_for_one_address_whatever_the_phone(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("repatriation.registration.refusals.REFUSALS_BY_ADDRESS", 2)
    waiting(campaign, places, mother())
    for number in range(3):
        stranger = mother(full_name="Võ Văn Kiệt")
        form = filled(campaign, places, stranger, phone=f"+8491234567{number}")
        with pytest.raises(NumberDisagrees if number < 2 else TooManyRefusals):
            submit(form, by=BY, address="203.0.113.7")
    elsewhere = filled(campaign, places, mother(full_name="Võ Văn Kiệt"), phone="+84912345679")
    with pytest.raises(NumberDisagrees):
        submit(elsewhere, by=BY, address="203.0.113.8")


def test_a_new_card_is_joined_to_the_person_of_its_old_number(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    withdraw(waiting(campaign, places, mother(identity="290123456")), by=BY)
    waiting(campaign, places, mother(identity="072184004821", old_identity="290123456"))
    person = Person.objects.get()
    assert (person.identity_number, person.identity_kind) == ("072184004821", "cccd")
    assert person.old_identity_number == "290123456"


def test_a_child_without_a_number_is_found_by_name_birth_and_phone(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    withdraw(waiting(campaign, places, mother(), baby()), by=BY)
    withdraw(waiting(campaign, places, mother(), baby(full_name="tran bao an")), by=BY)
    assert Person.objects.filter(search_name="tran bao an").count() == 1
    waiting(campaign, places, entry("Lê Hoa", identity="079190000001"), baby(), phone="+84912345678")
    assert Person.objects.filter(search_name="tran bao an").count() == 2


def test_an_arrived_person_keeps_home_and_phone(campaign: Campaign, places: SimpleNamespace) -> None:
    withdraw(waiting(campaign, places, mother()), by=BY)
    Person.objects.update(arrived_at=timezone.now(), responsible_place=places.commune)
    waiting(campaign, places, mother(), home=places.other_commune.pk, phone="+84912345678")
    person = Person.objects.get()
    assert (person.home_commune_id, person.phone) == (places.commune.pk, PHONE)


def test_pregnancy_counts_only_where_it_was_asked(campaign: Campaign, places: SimpleNamespace) -> None:
    man = entry("Trần Văn Minh", sex="male", is_pregnant=True)
    registration = waiting(campaign, places, man, reasons=())
    assert registration.score == 0
    assert not registration.members.get().is_pregnant


def test_numbers_in_the_queue_follow_score_then_time(campaign: Campaign, places: SimpleNamespace) -> None:
    plain = waiting(campaign, places, entry("A B", identity="079190000001"), reasons=())
    later = waiting(campaign, places, entry("C D", identity="079190000002"), reasons=())
    first = waiting(campaign, places, mother(), baby())
    assert [position(row) for row in (first, plain, later)] == [(1, 3), (2, 3), (3, 3)]
    withdrawn = withdraw(first, by=BY)
    assert position(withdrawn) == (0, 2)
    assert position(later) == (2, 2)


def test_withdrawing_frees_the_seats_and_is_done_once(campaign: Campaign, places: SimpleNamespace) -> None:
    registration, bus = waiting(campaign, places), trip(campaign, places)
    offer = offered(registration, bus)
    assert Trip.objects.get(pk=bus.pk).seats_taken == 2
    withdraw(registration, by=BY, reason="Đã có việc làm lại")
    again = withdraw(registration, by=BY)
    assert again.status == Status.WITHDRAWN
    assert Offer.objects.get(pk=offer.pk).status == Offer.Status.CANCELLED
    assert Trip.objects.get(pk=bus.pk).seats_taken == 0
    assert Message.objects.filter(kind="registration_withdrawn").count() == 1
    assert history(registration).get(verb="withdraw").reason == "Đã có việc làm lại"


def test_a_family_on_its_way_cannot_withdraw(campaign: Campaign, places: SimpleNamespace) -> None:
    registration = waiting(campaign, places)
    Registration.objects.filter(pk=registration.pk).update(status=Status.OFFERED)
    Registration.objects.filter(pk=registration.pk).update(status=Status.CONFIRMED)
    Registration.objects.filter(pk=registration.pk).update(status=Status.DEPARTED)
    with pytest.raises(TransitionRefused):
        withdraw(registration, by=BY)


def test_the_link_is_sent_again_once_in_ten_minutes(campaign: Campaign, places: SimpleNamespace) -> None:
    registration = waiting(campaign, places)
    assert not send_link_again(registration)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        assert send_link_again(registration)
        assert not send_link_again(registration)
    assert Message.objects.filter(kind="registration_link").count() == 1


def test_saving_after_submitting_changes_nothing(campaign: Campaign, places: SimpleNamespace) -> None:
    registration = waiting(campaign, places)
    save_draft(registration, lambda draft: draft.with_person(mother()))
    assert draft_of(registration).people == ()


@pytest.mark.django_db(transaction=True)
def test_registering_works_while_the_broker_is_down(
    places: SimpleNamespace,
    campaign: Campaign,
    broker: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broker(1)  # nothing listens there
    registration = filled(campaign, places)
    started = time.monotonic()
    registration = submit(registration, by=BY)
    assert time.monotonic() - started < 3, "the family must not wait for a broker that is down"
    assert "Connection refused" in caplog.text
    assert registration.status == Status.WAITING
    message = last_message("registered")
    assert message.status == Message.Status.QUEUED
    assert message.secrets["link"]


@pytest.mark.django_db
def test_the_command_loads_the_rule_sets_once() -> None:
    call_command("load_rule_sets")
    call_command("load_rule_sets")
    assert RuleSet.objects.count() == 2
