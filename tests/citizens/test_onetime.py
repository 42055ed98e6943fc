"""One-time codes: five minutes, five tries, one use, however one presses."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from citizens import onetime
from citizens.models import OneTimeCode
from citizens.onetime import ADDRESS_LIMIT, LIFETIME, PAUSE, PHONE_LIMIT, SENT_AGAIN, check_code, send_code
from citizens.tasks import clear_old_codes
from portal.notifications.models import Message
from portal.records.refusals import Refused
from tests.race import at_once, before_statement, meeting

PHONE, OTHER = "+84901234567", "+84907654321"
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def clock(db: None) -> Any:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def last_code(phone: str = PHONE) -> str:
    return str(Message.objects.filter(phone=phone).latest("pk").secrets["code"])


def wrong_for(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def refused(phone: str = PHONE, purpose: str = "mine", code: str = "") -> str:
    with pytest.raises(Refused) as refusal:
        check_code(phone, purpose, code or last_code(phone))
    return str(refusal.value)


def test_the_code_opens_once(clock: Any) -> None:
    send_code(PHONE, "mine")
    check_code(PHONE, "mine", last_code())
    assert "đã dùng" in refused()


def test_the_code_is_six_digits_and_only_its_hash_is_kept(clock: Any) -> None:
    row = send_code(PHONE, "mine", address="10.0.0.1")
    assert row is not None
    code = last_code()
    assert len(code) == 6
    assert code.isascii()
    assert code.isdigit()
    stored = str(OneTimeCode.objects.values().get())
    assert code not in stored.replace(row.code_hash, "")
    assert row.code_hash != code


def test_leading_zeros_are_part_of_the_code(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onetime.secrets, "randbelow", lambda _limit: 42)
    send_code(PHONE, "mine")
    assert last_code() == "000042"
    assert "chưa đúng" in refused(code="42")
    check_code(PHONE, "mine", "000042")


def test_it_lasts_five_minutes(clock: Any) -> None:
    send_code(PHONE, "mine")
    clock.shift(LIFETIME - SECOND)
    check_code(PHONE, "mine", last_code())
    send_code(PHONE, "mine")
    clock.shift(LIFETIME)
    assert "hết hạn" in refused()
    assert Message.objects.latest("pk").expires_at <= timezone.now(), "nor is the message sent any more"


def test_five_tries_the_fifth_still_counts(clock: Any) -> None:
    send_code(PHONE, "mine")
    wrong = wrong_for(last_code())
    for left in (4, 3, 2, 1):
        assert f"còn {left} lần" in refused(code=wrong)
    check_code(PHONE, "mine", last_code())


def test_after_five_wrong_ones_the_right_one_does_not_open(clock: Any) -> None:
    send_code(PHONE, "mine")
    wrong = wrong_for(last_code())
    said = [refused(code=wrong) for _time in range(5)]
    assert "quá năm lần" in said[-1]
    assert "còn 0" not in " ".join(said)
    assert "Gửi lại mã" in refused()


@pytest.mark.parametrize(
    "dress", ["{0} {1}", "{0}-{1}", "  {0}{1}\n", "{0}\u200b{1}", "Mã: {0}.{1}"], ids=repr
)
def test_a_code_may_be_typed_with_spaces_and_marks(dress: str, clock: Any) -> None:
    send_code(PHONE, "mine")
    code = last_code()
    check_code(PHONE, "mine", dress.format(code[:3], code[3:]))


@pytest.mark.parametrize("zero", ["０", "٠", "०", "០"])
def test_digits_of_any_script_are_digits(zero: str, clock: Any) -> None:
    send_code(PHONE, "mine")
    check_code(PHONE, "mine", "".join(chr(ord(zero) + int(digit)) for digit in last_code()))


@pytest.mark.parametrize("code", ["", " ", "abc", "²²²²²²", "1" * 500, "\0", "½", "';--"])
def test_an_odd_code_is_only_wrong(code: str, clock: Any) -> None:
    send_code(PHONE, "mine")
    with pytest.raises(Refused, match="chưa đúng"):
        check_code(PHONE, "mine", code)


def test_a_code_opens_only_for_its_phone_and_its_purpose(clock: Any) -> None:
    send_code(PHONE, "mine")
    send_code(OTHER, "mine")
    code = last_code()
    assert "hết hạn" in refused(purpose="registration", code=code)
    if last_code(OTHER) != code:
        assert "chưa đúng" in refused(phone=OTHER, code=code)
    check_code(PHONE, "mine", code)


def test_pressed_twice_the_code_on_its_way_stays_good(clock: Any) -> None:
    send_code(PHONE, "mine")
    clock.shift(PAUSE - SECOND)
    assert send_code(PHONE, "mine") is None
    assert Message.objects.count() == 1
    check_code(PHONE, "mine", last_code())


def test_a_fresh_code_ends_the_one_before(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter([111_111, 222_222])
    monkeypatch.setattr(onetime.secrets, "randbelow", lambda _limit: next(numbers))
    send_code(PHONE, "mine")
    before = last_code()
    clock.shift(PAUSE + SECOND)
    send_code(PHONE, "mine")
    assert "chưa đúng" in refused(code=before)
    check_code(PHONE, "mine", last_code())


def test_after_five_wrong_ones_a_fresh_code_comes_without_a_pause(clock: Any) -> None:
    send_code(PHONE, "mine")
    wrong = wrong_for(last_code())
    for _time in range(5):
        refused(code=wrong)
    assert send_code(PHONE, "mine") is not None
    check_code(PHONE, "mine", last_code())


def test_codes_to_one_phone_are_limited_whatever_they_are_for(clock: Any) -> None:
    for number in range(PHONE_LIMIT):
        assert send_code(PHONE, f"purpose{number}") is not None
    with pytest.raises(Refused, match="một giờ"):
        send_code(PHONE, "mine")
    assert Message.objects.count() == PHONE_LIMIT
    send_code(OTHER, "mine")
    clock.shift(dt.timedelta(hours=1, seconds=1))
    assert send_code(PHONE, "mine") is not None


def test_codes_asked_from_one_address_are_limited(clock: Any) -> None:
    for number in range(ADDRESS_LIMIT):
        send_code(f"+8490{number:07d}", "mine", address="10.0.0.1")
    with pytest.raises(Refused, match="Mạng này"):
        send_code(PHONE, "mine", address="10.0.0.1")
    assert send_code(PHONE, "mine", address="10.0.0.2") is not None
    assert send_code(OTHER, "mine") is not None


def test_old_codes_are_cleared_but_not_those_that_count(clock: Any) -> None:
    send_code(PHONE, "mine")
    clock.shift(dt.timedelta(hours=23))
    send_code(OTHER, "mine")
    assert clear_old_codes() == 0
    clock.shift(dt.timedelta(hours=2))
    assert clear_old_codes() == 1


# --- Side by side


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_five_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    send_code(PHONE, "mine")
    wrong = wrong_for(last_code())
    compared: list[int] = []
    monkeypatch.setattr(onetime.hmac, "compare_digest", lambda *_pair: bool(compared.append(1)))
    results = at_once(*[lambda: check_code(PHONE, "mine", wrong) for _guess in range(16)])
    assert all(isinstance(result, Refused) for result in results), results
    assert len(compared) == 5


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_a_sixth_try() -> None:
    send_code(PHONE, "mine")
    with pytest.raises(Exception, match="one_time_code_five_tries"), connection.cursor() as cursor:
        cursor.execute("UPDATE citizens_onetimecode SET tries = 6")


@pytest.mark.django_db(transaction=True)
def test_counted_after_the_comparison_all_guesses_would_be_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: the same race, each guess compared before it is counted."""
    send_code(PHONE, "mine")
    meet, compared = meeting(12), []

    def careless() -> None:
        row = OneTimeCode.objects.get()
        meet()
        if row.tries < 5:
            compared.append(1)
            row.tries += 1
            row.save(update_fields=["tries"])

    at_once(*[careless] * 12)
    assert len(compared) == 12


@pytest.mark.django_db(transaction=True)
def test_the_right_code_at_once_from_several_opens_once() -> None:
    send_code(PHONE, "mine")
    code = last_code()
    results = at_once(*[lambda: check_code(PHONE, "mine", code) for _press in range(5)])
    assert sorted(map(type, results), key=str) == sorted([type(None), *[Refused] * 4], key=str)


def send_at_once(phones: list[str], **options: Any) -> list[Any]:
    return at_once(*[lambda phone=phone: send_code(phone, "mine", **options) for phone in phones])


@pytest.mark.django_db(transaction=True)
def test_pressed_at_once_one_code_goes_out() -> None:
    results = send_at_once([PHONE] * 6)
    assert sum(result is not None for result in results) == 1
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_an_address_holds_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onetime, "ADDRESS_LIMIT", 3)
    results = send_at_once([f"+8490000000{number}" for number in range(8)], address="10.0.0.1")
    assert sum("Mạng này" in str(result) for result in results if isinstance(result, Refused)) == 5
    assert Message.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_more_codes_go_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: requests no longer count one after the other."""
    monkeypatch.setattr(onetime.locks, "hold", lambda _kind, _key: None)
    with before_statement('INSERT INTO "citizens_onetimecode"', meeting(6)):
        send_at_once([PHONE] * 6)
    assert Message.objects.count() == 6


def test_the_form_that_used_a_code_may_come_twice_and_no_other(db: None) -> None:
    key = uuid.uuid4()
    send_code(PHONE, "mine")
    code = Message.objects.latest("pk").secrets["code"]
    for _press in range(2):
        check_code(PHONE, "mine", code, form_key=key)
    for other in (None, uuid.uuid4()):
        with pytest.raises(Refused, match="đã dùng"):
            check_code(PHONE, "mine", code, form_key=other)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    with pytest.raises(Refused, match="chưa đúng"):
        check_code(PHONE, "mine", wrong, form_key=key)
    with (
        time_machine.travel(timezone.now() + SENT_AGAIN, tick=False),
        pytest.raises(Refused, match="đã dùng"),
    ):
        check_code(PHONE, "mine", code, form_key=key)
