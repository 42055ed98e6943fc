"""A message goes out once, or is seen to have failed; a worker that dies loses nothing."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
import time_machine
from django.db.models import F
from django.test import Client
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from portal.notifications import delivery, tasks
from portal.notifications.channels import ChannelRefused
from portal.notifications.delivery import ATTEMPTS, CLAIM, deliver_now, take_back_lost_claims, waiting
from portal.notifications.models import Message
from tests.race import at_once, meeting

INBOX = reverse_lazy("notifications:inbox")
SECRETS = {"code": "482913"}
MINUTE = dt.timedelta(minutes=1)


class TestChannel:
    """A way out that keeps what it was given; `trouble` is called before it takes a message."""

    __test__ = False
    name = "test"
    confirms_at_once = False
    keeps_secrets = False

    def __init__(self) -> None:
        self.sent: list[tuple[int, str]] = []
        self.trouble: Any = lambda: None
        self.lock = threading.Lock()

    def send(self, message: Message, text: str) -> str:
        self.trouble()
        with self.lock:
            self.sent.append((message.pk, text))
        return "ref"


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> TestChannel:
    made = TestChannel()
    monkeypatch.setattr(delivery, "channel", lambda: made)
    return made


def queued(**changes: Any) -> Message:
    values = {"kind": "one_time_code", "phone": "+84901234567", "secrets": SECRETS}
    return Message.objects.create(**{**values, **changes})


def raiser(error: BaseException) -> Any:
    def trouble() -> None:
        raise error

    return trouble


def outcomes(message: Message) -> list[tuple[int, str]]:
    return list(message.attempt_rows.order_by("number").values_list("number", "outcome"))


def test_a_message_goes_out_once_and_its_secrets_are_wiped(db: None, channel: TestChannel) -> None:
    message = queued()
    for _time in range(3):
        deliver_now(message.pk)
    ((reference, text),) = channel.sent
    assert (reference, "482913" in text) == (message.pk, True)
    message.refresh_from_db()
    assert (message.status, message.attempts, message.secrets) == ("sent", 1, {})
    assert message.finished_at is not None
    assert "482913" not in message.text
    assert outcomes(message) == [(1, "accepted")]


def test_in_a_demo_the_console_keeps_secrets_and_prints_none(
    db: None, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PORTAL_DEMO = True
    message = queued()
    deliver_now(message.pk)
    message.refresh_from_db()
    assert (message.status, message.secrets) == ("delivered", SECRETS)
    assert capsys.readouterr().out.strip() == f"[message {message.pk}] {message.kind}"


def test_without_a_channel_a_message_waits_with_its_secrets_and_nothing_is_printed(
    db: None, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PORTAL_DEMO = False
    message = queued(created_at=timezone.now() - MINUTE)
    deliver_now(message.pk)
    assert tasks.sweep() == 0
    message.refresh_from_db()
    assert (message.status, message.secrets, message.attempts) == ("queued", SECRETS, 0)
    assert outcomes(message) == []
    assert capsys.readouterr().out == ""


def test_without_a_channel_a_message_past_its_time_expires_and_its_secrets_go(
    db: None, settings: Any
) -> None:
    settings.PORTAL_DEMO = False
    late, early = queued(expires_at=timezone.now()), queued(expires_at=timezone.now() + MINUTE)
    tasks.sweep()
    for message in (late, early):
        message.refresh_from_db()
    assert (late.status, late.secrets, early.status) == ("expired", {}, "queued")
    assert late.finished_at is not None


def test_what_waited_for_a_channel_goes_out_once_there_is_one(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PORTAL_DEMO = False
    message = queued(created_at=timezone.now() - MINUTE)
    tasks.sweep()
    made = TestChannel()
    monkeypatch.setattr(delivery, "channel", lambda: made)
    deliver_now(message.pk)
    assert [reference for reference, _text in made.sent] == [message.pk]


NO_CHANNEL = "Chưa có kênh gửi tin nhắn"


@pytest.mark.parametrize(("demo", "warned"), [(True, False), (False, True)])
def test_every_administrator_reads_that_no_channel_is_set_up(
    demo: bool, warned: bool, people: Any, client: Client, settings: Any
) -> None:
    settings.PORTAL_DEMO = demo
    client.force_login(people.admin)
    for page in (reverse("accounts:user_list"), reverse("accounts:password")):
        assert (NO_CHANNEL in client.get(page).content.decode()) is warned
    client.force_login(people.here)
    assert NO_CHANNEL not in client.get(reverse("accounts:password")).content.decode()


def test_a_message_past_its_time_is_not_sent(db: None, channel: TestChannel) -> None:
    message = queued(expires_at=timezone.now())
    deliver_now(message.pk)
    message.refresh_from_db()
    assert (message.status, message.secrets, channel.sent) == ("expired", {}, [])


def test_a_message_that_is_gone_troubles_nobody(db: None, channel: TestChannel) -> None:
    deliver_now(0)
    assert not channel.sent


def test_it_goes_out_in_the_language_of_whoever_is_told(db: None, channel: TestChannel) -> None:
    for language in ("vi", "en"):
        deliver_now(queued(language=language).pk)
    (_one, vietnamese), (_two, english) = channel.sent
    assert "Mã xác nhận" in vietnamese
    assert "Mã xác nhận" not in english


def test_a_refusal_is_tried_again_but_not_for_ever(db: None, channel: TestChannel) -> None:
    channel.trouble = raiser(ChannelRefused("bận"))
    message = queued()
    for number in range(1, ATTEMPTS + 3):
        deliver_now(message.pk)
        message.refresh_from_db()
        assert message.status == ("queued" if number < ATTEMPTS else "failed")
    assert outcomes(message) == [(number, "refused") for number in range(1, ATTEMPTS + 1)]
    assert message.secrets == {}
    channel.trouble = lambda: None
    deliver_now(message.pk)
    assert not channel.sent


def test_after_a_refusal_the_secret_is_still_there_to_send(db: None, channel: TestChannel) -> None:
    channel.trouble = raiser(ChannelRefused("bận"))
    message = queued()
    deliver_now(message.pk)
    channel.trouble = lambda: None
    deliver_now(message.pk)
    assert "482913" in channel.sent[0][1]
    assert outcomes(message) == [(1, "refused"), (2, "accepted")]


def test_a_final_refusal_is_not_tried_again(db: None, channel: TestChannel) -> None:
    channel.trouble = raiser(ChannelRefused("số không có", final=True))
    message = queued()
    deliver_now(message.pk)
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("failed", 1)


# --- A worker that dies


class Killed(BaseException):
    """What a worker sees when it is killed: nothing of its code goes on."""


def die_over(message: Message, channel: TestChannel) -> None:
    channel.trouble = raiser(Killed())
    with pytest.raises(Killed):
        deliver_now(message.pk)
    channel.trouble = lambda: None


def test_what_a_dead_worker_was_sending_goes_out_after_its_claim(db: None, channel: TestChannel) -> None:
    message = queued()
    die_over(message, channel)
    message.refresh_from_db()
    assert message.status == "sending"
    deliver_now(message.pk)
    assert not channel.sent, "another worker does not take it while the claim holds"
    assert take_back_lost_claims() == 0
    with time_machine.travel(timezone.now() + CLAIM + MINUTE):
        assert take_back_lost_claims() == 1
        deliver_now(message.pk)
    assert len(channel.sent) == 1
    assert outcomes(message) == [(2, "accepted")]


def test_a_message_that_kills_every_worker_fails_in_the_end(db: None, channel: TestChannel) -> None:
    message = queued()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _time in range(ATTEMPTS):
            die_over(message, channel)
            clock.shift(CLAIM + MINUTE)
            take_back_lost_claims()
    message.refresh_from_db()
    assert (message.status, message.attempts, message.secrets) == ("failed", ATTEMPTS, {})


def test_a_message_that_cannot_be_written_out_fails_in_the_end(db: None, channel: TestChannel) -> None:
    message = queued(kind="melted")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _time in range(ATTEMPTS):
            with pytest.raises(KeyError):
                deliver_now(message.pk)
            clock.shift(CLAIM + MINUTE)
            take_back_lost_claims()
    assert Message.objects.get().status == "failed"


def test_a_slow_worker_whose_claim_was_taken_back_still_counts(db: None, channel: TestChannel) -> None:
    """The provider took the message late: it must not go out a second time."""
    message = queued()

    def slow() -> None:
        Message.objects.update(claimed_at=F("claimed_at") - CLAIM - MINUTE)
        assert take_back_lost_claims() == 1

    channel.trouble = slow
    deliver_now(message.pk)
    deliver_now(message.pk)
    message.refresh_from_db()
    assert (len(channel.sent), message.status) == (1, "sent")


def test_the_sweep_finds_the_oldest_that_nobody_took(db: None) -> None:
    old = [queued(created_at=timezone.now() - MINUTE * age) for age in (3, 9, 6)]
    queued(status="delivered", created_at=timezone.now() - MINUTE)
    queued()
    assert waiting(tasks.SWEEP_AFTER, 2) == [old[1].pk, old[2].pk]


def test_a_provider_that_is_away_for_an_hour_loses_nothing(channel: TestChannel, db: None) -> None:
    channel.trouble = raiser(ChannelRefused("503"))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        message, start, tries = queued(), timezone.now(), []
        while timezone.now() - start < 60 * MINUTE:
            clock.shift(tasks.SWEEP_AFTER)  # the sweep comes every ten seconds
            for pk in waiting(tasks.SWEEP_AFTER, 10):
                tries.append(timezone.now() - start)
                deliver_now(pk)
        assert len(tries) == ATTEMPTS - 1
        assert tries[1] < 2 * MINUTE, "a short trouble is over soon"
        channel.trouble = lambda: None
        clock.shift(10 * MINUTE)
        for pk in waiting(tasks.SWEEP_AFTER, 10):
            deliver_now(pk)
    message.refresh_from_db()
    assert message.status == "sent"
    assert [pk for pk, _text in channel.sent] == [message.pk]


@pytest.mark.parametrize("attempts", range(1, ATTEMPTS))
def test_a_refused_message_is_due_after_its_pause_and_not_before(attempts: int, db: None) -> None:
    pause = delivery.PAUSES[attempts - 1]
    old = timezone.now() - dt.timedelta(days=1)
    early = {"created_at": old, "attempts": attempts, "claimed_at": timezone.now() - pause + MINUTE / 4}
    late = {**early, "claimed_at": timezone.now() - pause - MINUTE / 4}
    queued(**early)
    due = queued(**late)
    assert waiting(tasks.SWEEP_AFTER, 10) == [due.pk]


# --- Two workers at once


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_send_once(channel: TestChannel) -> None:
    message = queued()
    results = at_once(*[lambda: deliver_now(message.pk) for _worker in range(6)])
    assert results == [None] * 6
    assert len(channel.sent) == 1
    assert outcomes(message) == [(1, "accepted")]


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_both_send(channel: TestChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the row is looked at first and taken afterwards."""
    message, meet = queued(), meeting(2)

    def careless(message_id: int) -> Message | None:
        found = Message.objects.get(pk=message_id)
        meet()
        if found.status != "queued":
            return None
        Message.objects.filter(pk=message_id).update(status="sending", attempts=F("attempts") + 1)
        return Message.objects.get(pk=message_id)

    monkeypatch.setattr(delivery, "claim", careless)
    at_once(*[lambda: deliver_now(message.pk)] * 2)
    assert len(channel.sent) == 2


# --- The demo's inbox


@pytest.mark.parametrize(
    ("demo", "kind", "status"), [(True, "console", 200), (False, "console", 404), (True, "zalo", 404)]
)
def test_the_inbox_opens_in_a_demo_on_the_console_only(
    demo: bool, kind: str, status: int, db: None, client: Client, settings: Any
) -> None:
    settings.PORTAL_DEMO, settings.PORTAL_CHANNEL = demo, kind
    queued(context={"name": "<script>alert(1)</script>"})
    answer = client.get(INBOX)
    assert answer.status_code == status
    assert client.post(INBOX).status_code == 405


def test_the_inbox_finds_by_phone_and_costs_the_same_for_many(
    db: None, client: Client, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.PORTAL_DEMO = True
    queued()
    queued(phone="+84977777777", secrets={"code": "111111"})
    page = client.get(INBOX, {"q": "0977 777 777"}).content.decode()
    assert "111111" in page
    assert "482913" not in page
    for odd in ("0", "abc", "٣", "%", "+84"):
        assert client.get(INBOX, {"q": odd}).status_code == 200
    with django_assert_num_queries(1):
        client.get(INBOX)
    for _time in range(28):
        queued()
    with django_assert_num_queries(2):  # more follow than the page shows, and are counted
        client.get(INBOX)
