"""Lists and families at the same moment, each with the guard taken off as a control."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import pytest

from citizens import codes
from citizens.models import Person
from portal import bulk
from portal.records.transitions import TransitionRefused
from repatriation.importing import actions as importing
from repatriation.importing import commit as import_commit
from repatriation.models import Campaign, ImportBatch, Member, Registration
from repatriation.models.import_batch import ImportStatus
from repatriation.registration import people
from repatriation.registration import submitting as registration
from repatriation.registration.refusals import AlreadyRegistered
from repatriation.registration.submitting import family_actor, submit
from tests.race import at_once, meeting
from tests.repatriation.world.families import PHONE, coordinator, entry, filled, mother
from tests.repatriation.world.lists import MOTHER, UNCLE, checked

pytestmark = pytest.mark.django_db(transaction=True)
LAN = MOTHER | {"Họ và tên": "Nguyễn Thị Lan", "Ngày sinh": "12/03/1984", "Điện thoại": "0901234567"}


def after(module: Any, name: str, meet: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has done this step waits for the other to have done theirs."""
    real = getattr(module, name)

    def slowly(*arguments: Any, **options: Any) -> Any:
        found = real(*arguments, **options)
        meet()
        return found

    monkeypatch.setattr(module, name, slowly)


@pytest.mark.parametrize("guarded", [True, False], ids=["held", "control: not held"])
def test_two_workers_commit_a_list_once(
    guarded: bool, campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = coordinator(places.home)
    batch = importing.order_commit(checked(campaign, officer), by=officer)
    real, meet, writers = import_commit.register_families, meeting(2), []

    def slowly(*arguments: Any) -> None:
        writers.append(1)
        meet()
        real(*arguments)

    monkeypatch.setattr(import_commit, "register_families", slowly)
    if not guarded:
        monkeypatch.setattr(importing, "take", lambda *_arguments: True)
    at_once(lambda: importing.work_on(batch.pk), lambda: importing.work_on(batch.pk))
    assert len(writers) == (1 if guarded else 2)
    assert meet.kept_apart is guarded
    assert Registration.objects.count() == 2, "the database itself lets no family in twice"
    if guarded:
        batch.refresh_from_db()
        assert batch.status == ImportStatus.COMMITTED


def test_of_two_officers_who_press_at_once_one_commits(campaign: Campaign, places: SimpleNamespace) -> None:
    officer = coordinator(places.home)
    batch = checked(campaign, officer)
    done = at_once(*[lambda: importing.order_commit(batch, by=officer)] * 2)
    assert {type(one) for one in done} == {ImportBatch, TransitionRefused}


def test_a_list_and_a_family_that_registers_itself_give_one_registration(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = coordinator(places.home)
    listed = LAN | {"Số giấy tờ": mother().identity}
    batch = importing.order_commit(checked(campaign, officer, listed, UNCLE), by=officer)
    draft = filled(campaign, places, mother())
    meet = meeting(2)
    after(import_commit, "match", meet, monkeypatch)
    after(people, "known_people", meet, monkeypatch)
    at_once(lambda: importing.work_on(batch.pk), lambda: submit(draft, by=family_actor(PHONE)))
    while importing.work():  # a list that gave way is tried, and checked, again
        pass
    assert Person.objects.filter(identity_number=mother().identity).count() == 1
    assert Member.objects.filter(live=True, person__identity_number=mother().identity).count() == 1


@pytest.mark.parametrize("guarded", [True, False], ids=["by phone", "control: without"])
def test_a_family_without_numbers_is_not_made_twice(
    guarded: bool, campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = coordinator(places.home)
    batch = importing.order_commit(checked(campaign, officer, LAN | {"Số giấy tờ": ""}), by=officer)
    draft = filled(campaign, places, entry())
    meet = meeting(2)
    after(import_commit, "match", meet, monkeypatch)
    after(people, "known_people", meet, monkeypatch)
    if not guarded:
        monkeypatch.setattr(import_commit, "lock_phone", lambda _phone: None)
        monkeypatch.setattr(registration, "lock_phone", lambda _phone: None)
    done = at_once(lambda: importing.work_on(batch.pk), lambda: submit(draft, by=family_actor(PHONE)))
    assert meet.kept_apart is guarded
    assert isinstance(done[1], (Registration, AlreadyRegistered)), done
    while importing.work():
        pass
    made = 1 if guarded else 2
    assert Person.objects.count() == made
    assert Registration.objects.filter(status="waiting").count() == made


@pytest.mark.parametrize("guarded", [True, False], ids=["drawn again", "control: drawn once"])
def test_two_lists_that_draw_the_same_code_are_both_committed(
    guarded: bool, campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = coordinator(places.home)
    first, second = (
        importing.order_commit(checked(campaign, officer, person), by=officer) for person in (MOTHER, UNCLE)
    )
    monkeypatch.setattr(import_commit, "WAIT", "20s")  # so that the later one waits however slow the other is
    has_drawn = ContextVar("has_drawn", default=False)  # each thread has its own
    draw = codes.make

    def make(prefix: str, rng: random.Random | None = None) -> str:
        """Draw the same first code for everybody, then one by chance."""
        if has_drawn.get():
            return draw(prefix, rng)
        has_drawn.set(True)
        return f"{prefix}-AAAAA-X"

    real, meet, inserts = bulk.insert, meeting(2), []

    def together(rows: Any) -> None:
        """Both have looked whether the code is free before one of them writes it."""
        found = list(rows)
        if found and isinstance(found[0], Registration):
            inserts.append(found[0].code)
            if found[0].code.startswith("TN-AAAAA"):
                meet()
        real(found)

    monkeypatch.setattr(codes, "make", make)
    monkeypatch.setattr(bulk, "insert", together)
    if not guarded:
        monkeypatch.setattr(codes, "broken_constraint", lambda _error: "")
    at_once(lambda: importing.work_on(first.pk), lambda: importing.work_on(second.pk))
    if not guarded:
        ends = set(ImportBatch.objects.values_list("status", "setback"))
        assert ends == {(ImportStatus.COMMITTED, ""), (ImportStatus.CHECKING, "trouble")}, "nobody changed"
        return
    assert [code.startswith("TN-AAAAA") for code in inserts] == [True, True, False]
    assert set(ImportBatch.objects.values_list("status", flat=True)) == {ImportStatus.COMMITTED}
    assert Registration.objects.filter(code=inserts[0]).count() == 1
    assert Registration.objects.filter(code=inserts[2]).count() == 1


def test_a_worker_that_is_killed_leaves_nothing_and_the_next_begins_anew(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """What no handler catches."""

    officer = coordinator(places.home)
    batch = importing.order_commit(checked(campaign, officer), by=officer)

    def die(*_arguments: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(import_commit, "_notify_families", die)
        with pytest.raises(Killed):
            importing.work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, Registration.objects.count(), Person.objects.count()) == (
        ImportStatus.COMMITTING,
        0,
        0,
    )
    assert importing.work() == 1
    batch.refresh_from_db()
    assert (batch.status, Registration.objects.count()) == (ImportStatus.COMMITTED, 2)


def test_progress_is_seen_from_outside_while_the_work_runs(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = coordinator(places.home)
    batch = importing.order_commit(checked(campaign, officer), by=officer)
    seen = []
    real = import_commit._notify_families

    def look(*arguments: Any) -> None:
        at_once(lambda: seen.append(ImportBatch.objects.values_list("done", "total").get(pk=batch.pk)))
        real(*arguments)

    monkeypatch.setattr(import_commit, "_notify_families", look)
    importing.work_on(batch.pk)
    assert seen == [(2, 3)]
