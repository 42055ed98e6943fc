"""Two requests for one phone, and two answers to one family's requests, at the same moment."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection

from portal.accounts.models import User
from portal.notifications.models import Message
from portal.records.transitions import TransitionRefused
from portal.ui.forms import Birth
from repatriation.models import Campaign, PhoneCorrection, Registration
from repatriation.phones import actions as phones
from repatriation.phones.actions import WrongPhone, confirm_correction, refuse_correction
from repatriation.registration.drafts import day_of
from tests.factories import make_user
from tests.race import at_once, meeting
from tests.repatriation.world.families import mother, waiting

pytestmark = pytest.mark.django_db(transaction=True)
INDEX = "phone_correction_asked_once"


def told(phone: str) -> WrongPhone:
    return WrongPhone("072184004821", Birth(day_of("1984-03-12"), 1984), phone)


def both_ask(monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> list[Any]:
    """Both find the family before either has written. Without the lock both find no open request."""
    if not locked:
        meet, write = meeting(2), PhoneCorrection.save

        def save(self: PhoneCorrection, *args: Any, **kwargs: Any) -> None:
            meet()
            write(self, *args, **kwargs)

        monkeypatch.setattr(PhoneCorrection, "save", save)
        monkeypatch.setattr(Registration.objects, "select_for_update", lambda: Registration.objects.all())
    return at_once(*[lambda: phones._request(told("+84907000001"))] * 2)


def test_one_phone_asked_for_twice_is_one_request(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(campaign, places, mother())
    results = both_ask(monkeypatch, locked=True)
    assert results[0] == results[1]
    assert PhoneCorrection.objects.count() == 1


def test_without_the_lock_the_constraint_holds(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(campaign, places, mother())
    results = both_ask(monkeypatch, locked=False)
    assert sum(isinstance(result, IntegrityError) for result in results) == 1
    assert PhoneCorrection.objects.count() == 1


def test_control_without_both_there_are_two(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(campaign, places, mother())
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [INDEX])
        (definition,) = cursor.fetchone()
        cursor.execute(f"DROP INDEX {INDEX}")
    try:
        both_ask(monkeypatch, locked=False)
        assert PhoneCorrection.objects.count() == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE repatriation_phonecorrection")
            cursor.execute(definition)


@pytest.mark.parametrize("_round", range(3))
def test_yes_and_no_at_once_leave_one_answer(
    campaign: Campaign, places: SimpleNamespace, _round: int
) -> None:
    row = waiting(campaign, places, mother())
    officer: User = make_user("commune", places.commune)
    correction = phones._request(told("+84907000001"))
    assert correction is not None
    results = at_once(
        lambda: confirm_correction(correction, by=officer, checked="Gọi chị Hoa"),
        lambda: refuse_correction(correction, by=officer, reason="Không rõ"),
    )
    assert sum(isinstance(result, TransitionRefused) for result in results) == 1
    correction.refresh_from_db()
    row.refresh_from_db()
    changed = correction.status == "confirmed"
    assert (row.phone == "+84907000001") is changed
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert ("phone_corrected" in kinds) is changed
    assert ("phone_correction_refused" in kinds) is not changed


@pytest.mark.parametrize("_round", range(3))
def test_two_requests_confirmed_at_once_change_the_phone_once(
    campaign: Campaign, places: SimpleNamespace, _round: int
) -> None:
    row = waiting(campaign, places, mother())
    officer: User = make_user("commune", places.commune)
    asked = [phones._request(told(f"+8490700000{number}")) for number in (1, 2)]
    results = at_once(
        *[lambda one=one: confirm_correction(one, by=officer, checked="Gọi chị Hoa") for one in asked]
    )
    assert sum(isinstance(result, TransitionRefused) for result in results) == 1
    row.refresh_from_db()
    confirmed = PhoneCorrection.objects.get(status="confirmed")
    assert row.phone == confirmed.new_phone
    assert PhoneCorrection.objects.get(status="refused").pk != confirmed.pk
