"""A message exists if and only if its fact does, and a broker that is down holds nobody up."""

from __future__ import annotations

import datetime as dt
import socket
import time
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from citizens.models import Person
from portal.notifications import outbox, tasks
from portal.notifications.kinds import KINDS, kind_of, register_kind
from portal.notifications.models import Attempt, Message
from portal.notifications.outbox import Note, OutsideTransaction, notify, notify_many
from tests.factories import PersonFactory

PHONE = "+84901234567"
KIND = "one_time_code"


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids that were handed to a worker."""
    ids: list[int] = []
    for module in (outbox, tasks):
        monkeypatch.setattr(module, "hand_to_worker", lambda *given: ids.extend(given))
    return ids


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_queued(handed: list[int]) -> None:
    with pytest.raises(OutsideTransaction):
        notify(KIND, phone=PHONE)
    assert not Message.objects.exists()
    assert not handed


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_it_is_handed_over_after_the_commit(handed: list[int]) -> None:
    with transaction.atomic():
        message = notify(KIND, phone=PHONE, secrets={"code": "123456"})
        assert message is not None
        assert not handed
    assert handed == [message.pk]
    assert Message.objects.get().status == "queued"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("inner", [False, True])
def test_a_fact_that_is_taken_back_takes_its_message_along(inner: bool, handed: list[int]) -> None:
    def fail() -> None:
        with transaction.atomic():
            notify(KIND, phone=PHONE)
            raise IntegrityError

    if inner:
        with transaction.atomic(), pytest.raises(IntegrityError):
            fail()
    else:
        with pytest.raises(IntegrityError):
            fail()
    assert not Message.objects.exists()
    assert not handed


def test_an_unknown_kind_is_a_fault_of_the_code_and_queues_nothing(db: None) -> None:
    with pytest.raises(KeyError):
        notify("melted", phone=PHONE)
    assert not Message.objects.exists()


def test_a_kind_is_registered_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        register_kind(KIND, title="x", text="x")


def test_nobody_to_tell_queues_nothing(db: None) -> None:
    assert notify(KIND) is None
    assert not Message.objects.exists()


def test_what_is_told_is_tied_to_its_row(places: Any) -> None:
    lan: Person = PersonFactory(home_commune=places.commune)
    message = notify(KIND, phone=PHONE, about=lan)
    assert message is not None
    assert (message.about_type, message.about_id) == ("citizens.person", lan.pk)


# --- Many at once


@pytest.mark.django_db(transaction=True)
def test_many_are_queued_together_and_handed_over_after_the_commit(
    handed: list[int], django_assert_num_queries: Any
) -> None:
    notes = [Note(phone=f"+8490123456{number}", secrets={"code": str(number)}) for number in range(8)]
    with transaction.atomic():
        with django_assert_num_queries(1):
            messages = notify_many(KIND, notes)
        assert not handed
    assert [(message.phone, message.secrets["code"]) for message in messages] == [
        (note.phone, note.secrets["code"]) for note in notes
    ]
    assert handed == [message.pk for message in messages]
    assert Message.objects.filter(status="queued").count() == 8


@pytest.mark.django_db(transaction=True)
def test_many_that_are_taken_back_are_neither_queued_nor_handed_over(handed: list[int]) -> None:
    with pytest.raises(OutsideTransaction):
        notify_many(KIND, [Note(phone=PHONE)])
    with transaction.atomic():
        notify_many(KIND, [Note(phone=PHONE)] * 3)
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert not handed


def test_of_many_those_with_nobody_to_tell_are_left_out(db: None, handed: list[int]) -> None:
    assert [message.phone for message in notify_many(KIND, [Note(), Note(phone=PHONE), Note()])] == [PHONE]
    assert notify_many(KIND, [Note()]) == []
    with pytest.raises(KeyError):
        notify_many("melted", [])


def test_the_broker_is_told_once_of_many_and_a_worker_shares_them_out(
    broker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, Any]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_options: calls.append((name, *args)))
    outbox.hand_to_worker(5, 6, 7)
    assert calls == [(tasks.hand_out.name, [5, 6, 7])]
    tasks.hand_out([5, 6, 7])
    assert calls[1:] == [(tasks.deliver.name, number) for number in (5, 6, 7)]


def test_many_that_are_handed_out_twice_are_sent_once(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PORTAL_DEMO = True  # the console is a channel
    ids = [message.pk for message in notify_many(KIND, [Note(phone=PHONE, secrets={"code": "1"})] * 3)]
    monkeypatch.setattr(tasks, "hand_to_worker", tasks.deliver)
    tasks.hand_out(ids)
    tasks.hand_out(ids)
    assert set(Message.objects.values_list("status", "attempts")) == {("delivered", 1)}
    assert Attempt.objects.count() == 3


# --- Texts


def message_of(kind: str, **values: Any) -> Message:
    return Message(kind=kind, phone=PHONE, **values)


@pytest.mark.parametrize(
    "name", ["{link}", "{", "}", "{0}", "{name.__class__}", "{{x}}", "%s %(x)s", "a\\{b"]
)
def test_braces_in_a_name_stand_as_they_were_typed(name: str) -> None:
    message = message_of("order_opened", context={"name": name}, secrets={"link": "https://rieng"})
    assert name in message.text
    assert message.text.count("https://rieng") == 1


def test_a_secret_that_was_wiped_shows_as_dots() -> None:
    assert "•••" in message_of(KIND).text
    assert "123456" in message_of(KIND, secrets={"code": "123456"}).text


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_can_be_written_out_even_with_nothing_known(kind: str, language: str) -> None:
    with translation.override(language):
        message = message_of(kind)
        assert message.text
        assert "{" not in message.text
        assert message.title
    assert str(kind_of(kind).title)


# --- The broker down


def registered(count: int = 1) -> float:
    """Seconds that it takes to commit a fact with so many messages."""
    started = time.monotonic()
    with transaction.atomic():
        for _time in range(count):
            notify(KIND, phone=PHONE)
    return time.monotonic() - started


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_the_page_answers_and_the_message_waits(
    broker: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        broker(closed.getsockname()[1])
        assert registered() < 2
    assert "Connection refused" in caplog.text
    assert Message.objects.get().status == "queued"


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_does_not_answer_holds_nobody_up(broker: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Also when forty families are told at once."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        broker(deaf.getsockname()[1])
        assert registered(40) < 2
    assert "Timeout" in caplog.text
    assert Message.objects.filter(status="queued").count() == 40


@pytest.mark.django_db(transaction=True)
def test_when_the_broker_is_back_the_sweep_sends_what_waited(broker: Any, settings: Any) -> None:
    settings.PORTAL_DEMO = True  # the console is a channel
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        broker(closed.getsockname()[1])
        registered(3)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        broker(listening.getsockname()[1])
        assert tasks.sweep() == 0, "fresh messages are left to the worker that was told"
        with time_machine.travel(timezone.now() + tasks.SWEEP_AFTER + dt.timedelta(seconds=1)):
            assert tasks.sweep() == 3
        listening.accept()[0].close()  # the portal did ask the broker again


def test_a_broker_that_answers_is_asked_for_each_message(
    broker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(current_app, "send_task", lambda _name, args, **_options: sent.extend(args))
    for number in range(3):
        outbox.hand_to_worker(number)
    assert sent == [0, 1, 2]


def test_the_real_broker_takes_a_message(broker: Any, caplog: pytest.LogCaptureFixture) -> None:
    outbox.hand_to_worker(0)  # no such row: whichever worker hears of it does nothing
    assert not caplog.text
