"""What a list may learn of people whom the portal knows: no more than a form, and it counts."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import timezone

from citizens.phones import mask
from portal.accounts.models import User
from portal.places.models import Place
from portal.records.models import Event
from repatriation.importing import actions as importing
from repatriation.importing import faults as words
from repatriation.importing.guessing import FEW
from repatriation.models import Campaign, ImportBatch, Registration
from repatriation.models.import_batch import ImportStatus
from repatriation.registration.refusals import REFUSALS_BY_OFFICER, TooManyRefusals, number_marks
from repatriation.registration.refusals import require_few_refusals as require_few
from tests.factories import PersonFactory, make_user
from tests.race import at_once, meeting
from tests.repatriation.world.families import coordinator, mother, waiting
from tests.repatriation.world.lists import MOTHER, UNCLE, checked, faults, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(places: SimpleNamespace) -> User:
    return coordinator(places.home)


def known_numbers(many: int) -> list[str]:
    home = Place.objects.filter(kind="commune").earliest("pk")
    numbers = [f"072190{number:06d}" for number in range(many)]
    for number in numbers:
        PersonFactory(
            full_name="Phạm Thị Khác",
            birth_date=dt.date(1950, 1, 1),
            identity_number=number,
            home_commune=home,
        )
    return numbers


def probes(numbers: list[str]) -> list[dict[str, str]]:
    return [
        UNCLE
        | {"Số gia đình": str(n), "Số giấy tờ": number, "Họ và tên": f"Lê Văn {'x' * (n % 50)}", "Ngày sinh": str(1930 + n % 60)}
        for n, number in enumerate(numbers, start=1)
    ]  # fmt: skip


def unknown_numbers(many: int) -> list[str]:
    return [f"072191{number:06d}" for number in range(many)]


def refusals(by: User) -> int:
    marks = {f"data__{name}": mark for name, mark in number_marks("", None, by.pk).items()}
    return Event.objects.filter(verb="number_refused", **marks).count()


def test_forty_known_numbers_are_not_told_from_forty_unknown_ones(campaign: Campaign, officer: User) -> None:
    batch = checked(campaign, officer, *probes(known_numbers(40) + unknown_numbers(40)))
    assert (batch.status, batch.refusal["code"]) == (ImportStatus.FAILED, "numbers_disagree")
    assert not batch.lines.exists()
    assert "đối chiếu" in batch.refusal_text
    assert refusals(officer) == REFUSALS_BY_OFFICER


def test_numbers_that_disagree_count_against_the_sender_as_in_a_form(
    campaign: Campaign, officer: User
) -> None:
    batch = checked(campaign, officer, *probes(known_numbers(3) + unknown_numbers(20)))
    assert faults(batch) == {number: ["identity_taken"] for number in (2, 3, 4)}
    assert refusals(officer) == 3
    event = Event.objects.filter(verb="number_refused").earliest("pk")
    assert (event.user, event.data["row"]) == (officer, 2)
    assert "072190" not in str(event.data)


def test_small_lists_within_an_hour_reach_the_limit_together(campaign: Campaign, officer: User) -> None:
    numbers = known_numbers(REFUSALS_BY_OFFICER + 1)
    while len(numbers) > 1:
        tried, numbers = numbers[:FEW], numbers[FEW:]
        assert checked(campaign, officer, *probes(tried)).status == ImportStatus.CHECKED
    batch = checked(campaign, officer, *probes(numbers))
    assert (batch.status, batch.refusal["code"]) == (ImportStatus.FAILED, "numbers_limit")
    with pytest.raises(TooManyRefusals):
        require_few(number_marks("", None, officer.pk))
    harmless = checked(campaign, officer, UNCLE)
    assert harmless.refusal["code"] == "numbers_limit", "that a list has none would be told too"
    other = make_user("coordinator", officer.main_place, username="dieuphoi-hai")
    assert checked(campaign, other, UNCLE).status == ImportStatus.CHECKED
    later = timezone.now() - dt.timedelta(hours=2)
    assert Event.objects.filter(verb="number_refused", at__gt=later).count() == REFUSALS_BY_OFFICER


def test_a_share_of_the_numbers_stops_a_small_list(campaign: Campaign, officer: User) -> None:
    batch = checked(campaign, officer, *probes(known_numbers(FEW + 1) + unknown_numbers(10)))
    assert batch.refusal["code"] == "numbers_disagree"
    assert refusals(officer) == FEW + 1


def test_a_list_that_is_checked_again_counts_once(campaign: Campaign, officer: User) -> None:
    batch = checked(campaign, officer, *probes(known_numbers(3) + unknown_numbers(20)))
    importing.order_commit(batch, by=officer)
    Campaign.objects.update(is_open=False)
    importing.work_on(batch.pk)
    importing.work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.setback) == (ImportStatus.CHECKED, "closed")
    assert refusals(officer) == 3


def test_another_family_is_told_as_a_form_tells_it(
    campaign: Campaign, places: SimpleNamespace, officer: User
) -> None:
    standing = waiting(campaign, places)
    told = {"Họ và tên": "Nguyễn Thị Lan", "Ngày sinh": "12/03/1984", "Số giấy tờ": mother().identity}
    batch = checked(campaign, officer, MOTHER | told, UNCLE)
    (fault,) = batch.lines.get(number=2).errors
    assert fault["code"] == "registered"
    assert fault["params"] == {"phone": mask(standing.phone)}
    assert standing.code not in str(batch.lines.get(number=2).errors) + words.text_of(fault)
    assert mask(standing.phone) in words.text_of(fault)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False], ids=["counted in turn", "control: at once"])
def test_two_lists_at_once_learn_no_more_than_one(
    guarded: bool, campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each alone stays below the limit, together they pass it."""
    numbers = known_numbers(34)
    first, second = (
        uploaded(campaign, officer, *probes(known + unknown_numbers(80)))
        for known in (numbers[:17], numbers[17:])
    )
    meet, count = meeting(2), importing.guessing._refusals_of_sender

    def slowly(batch: ImportBatch) -> int:
        found = count(batch)
        meet()
        return found

    monkeypatch.setattr(importing.guessing, "_refusals_of_sender", slowly)
    if not guarded:
        monkeypatch.setattr(importing.guessing.locks, "hold", lambda *_arguments: None)
    at_once(lambda: importing.work_on(first.pk), lambda: importing.work_on(second.pk))
    statuses = sorted(ImportBatch.objects.values_list("status", flat=True))
    assert statuses == (["checked", "failed"] if guarded else ["checked", "checked"])
    assert not Registration.objects.exists()
