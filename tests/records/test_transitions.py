"""One way only in which a status changes: listed, locked, logged; and the database refuses the others."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from portal.records import transitions
from portal.records.actors import SYSTEM
from portal.records.guards import guarded_models, install_status_guards, pairs
from portal.records.log import history
from portal.records.models import Event
from portal.records.transitions import TransitionRefused, allowed, transition
from repatriation.models import Campaign, Registration
from tests.race import at_once, meeting
from tests.repatriation.world.places import make_campaign, make_places

MODELS = guarded_models()


def make_registration(campaign: Campaign, places: SimpleNamespace, **changes: Any) -> Registration:
    values = {
        "campaign": campaign,
        "code": "TN-TEST",
        "status": "waiting",
        "home_commune": places.commune,
        "registered_at": timezone.now(),
        "rule_set": campaign.rule_set,
        "people": 2,
    }
    return Registration.objects.create(**{**values, **changes})


@pytest.fixture
def family(places: SimpleNamespace) -> Registration:
    return make_registration(make_campaign(places), places)


def now(row: Registration) -> str:
    return Registration.objects.values_list("status", flat=True).get(pk=row.pk)


def test_a_listed_change_saves_the_named_fields_and_is_logged(
    family: Registration, people: SimpleNamespace
) -> None:
    row = transition(family, "offer", by=people.coordinator, reason="còn chỗ", data={"trip": "C-1"}, score=7)
    assert (row.status, now(family), Registration.objects.get().score) == ("offered", "offered", 7)
    event = history(family).get()
    assert (event.verb, event.from_status, event.to_status) == ("offer", "waiting", "offered")
    assert (event.reason, event.data, event.user) == ("còn chỗ", {"trip": "C-1"}, people.coordinator)
    assert event.place == family.home_commune


def test_the_status_is_no_column_to_name_either(family: Registration) -> None:
    with pytest.raises(ValueError, match="the table says"):
        transition(family, "withdraw", by=SYSTEM, columns={"status": "offered"})
    assert now(family) == "waiting"


def test_fields_that_are_not_named_are_not_saved(family: Registration) -> None:
    family.score = 99
    transition(family, "offer", by=SYSTEM)
    assert Registration.objects.get().score == 0


@pytest.mark.parametrize("status", ["draft", "closed", "withdrawn", "duplicate"])
def test_a_change_that_is_not_listed_is_refused_and_leaves_no_trace(
    status: str, places: SimpleNamespace
) -> None:
    row = make_registration(make_campaign(places), places, status=status)
    assert not allowed(row, "offer")
    with pytest.raises(TransitionRefused) as refusal:
        transition(row, "offer", by=SYSTEM, score=9)
    assert now(row) == status
    assert Registration.objects.get().score == 0
    assert not Event.objects.exists()
    assert row.get_status_display() in str(refusal.value)


def test_an_unknown_verb_is_a_fault_of_the_code(family: Registration) -> None:
    with pytest.raises(KeyError):
        transition(family, "melt", by=SYSTEM)


def test_nobody_names_another_status_than_the_tables(family: Registration) -> None:
    """A pair that the table allows by another verb would pass the trigger and make the log lie."""
    with pytest.raises(ValueError, match="the table says"):
        transition(family, "withdraw", by=SYSTEM, status="offered")
    assert now(family) == "waiting"
    assert not Event.objects.exists()


def test_what_the_caller_read_earlier_does_not_count(family: Registration) -> None:
    stale = Registration.objects.get()
    transition(family, "withdraw", by=SYSTEM)
    assert stale.status == "waiting"
    with pytest.raises(TransitionRefused) as refusal:
        transition(stale, "offer", by=SYSTEM)
    assert refusal.value.obj.status == "withdrawn"  # type: ignore[attr-defined]
    with translation.override("vi"):
        assert "Đã rút đăng ký" in str(refusal.value)


def test_a_change_that_cannot_be_logged_does_not_happen(
    family: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any, **_details: Any) -> Event:
        raise RuntimeError("no room")

    monkeypatch.setattr(transitions, "event_for", full)
    with pytest.raises(RuntimeError):
        transition(family, "offer", by=SYSTEM)
    assert now(family) == "waiting"


# --- The database's own guard


@pytest.fixture
def copy_of_table(db: None) -> Any:
    """A table of statuses under the very trigger of a model's table, so that every pair can be tried."""

    def make(model: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'status_guard'"
                " AND tgrelid = %s::regclass AND tgenabled = 'O'",
                [model._meta.db_table],
            )
            (definition,) = cursor.fetchone()
            cursor.execute("CREATE TEMP TABLE statuses (status varchar(40)) ON COMMIT DROP")
            cursor.execute(definition.replace(f" ON public.{model._meta.db_table} ", " ON statuses "))

    return make


def moves(before: str, after: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO statuses VALUES (%s)", [before])
            cursor.execute("UPDATE statuses SET status = %s WHERE status = %s", [after, before])
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_the_database_lets_through_what_the_table_lists_and_nothing_else(
    model: Any, copy_of_table: Any
) -> None:
    copy_of_table(model)
    statuses = [value for value, _label in model._meta.get_field("status").flatchoices]
    listed = set(pairs(model))
    for before, after in product(statuses, repeat=2):
        expected = before == after or f"{before}>{after}" in listed
        assert moves(before, after) is expected, f"{before} > {after}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_statuses_of_the_table_are_statuses_of_the_model(model: Any) -> None:
    known = {value for value, _label in model._meta.get_field("status").flatchoices}
    for sources, target in model.TRANSITIONS.values():
        assert {*sources, target} <= known
        assert target not in sources, "a change that changes nothing can be pressed twice"


def close_behind_the_back(row: Registration) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE repatriation_registration SET status = 'closed' WHERE id = %s", [row.pk])


def test_raw_sql_and_the_code_cannot_go_round_the_table(family: Registration) -> None:
    with pytest.raises(IntegrityError, match="may not go from waiting to closed"):
        close_behind_the_back(family)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.update(status="closed")
    family.status = "closed"
    with pytest.raises(IntegrityError), transaction.atomic():
        family.save()
    assert now(family) == "waiting"


def test_without_the_trigger_anything_goes(family: Registration) -> None:
    """The control; and the guard comes back by itself after the next migration."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP TRIGGER status_guard ON repatriation_registration")
    close_behind_the_back(family)
    assert now(family) == "closed"
    install_status_guards()
    with pytest.raises(DatabaseError, match="may not go from closed to waiting"), transaction.atomic():
        Registration.objects.update(status="waiting")


# --- Two at once


def family_of_its_own() -> Registration:
    places = make_places()
    return make_registration(make_campaign(places), places)


def press(row: Registration, *verbs: str) -> list[Any]:
    return at_once(*[lambda verb=verb: transition(row, verb, by=SYSTEM).status for verb in verbs])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verbs", [("offer", "offer"), ("offer", "mark_duplicate"), ("offer",) * 6])
def test_of_several_at_once_one_wins(verbs: tuple[str, ...]) -> None:
    row = family_of_its_own()
    results = press(row, *verbs)
    won = [result for result in results if isinstance(result, str)]
    lost = [result for result in results if not isinstance(result, str)]
    assert len(won) == 1
    assert all(isinstance(result, TransitionRefused) for result in lost), lost
    assert now(row) == won[0]
    assert history(row).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same race, the row read without a lock."""
    row = family_of_its_own()
    meet = meeting(2)

    def unlocked(rows: QuerySet[Any], **_options: Any) -> Any:
        def get(**wanted: Any) -> Any:
            found = rows.get(**wanted)
            meet()
            return found

        return SimpleNamespace(get=get)

    monkeypatch.setattr(QuerySet, "select_for_update", unlocked)
    assert press(row, "offer", "offer") == ["offered", "offered"]
    assert history(row).count() == 2
