"""Finding a family at the barrier: whole codes and numbers, names among those expected; all of it logged."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from citizens import codes as made
from portal.accounts.models import User
from portal.records.models import Read
from portal.records.transitions import transition
from repatriation.checkpoint.lookup import find_family
from repatriation.models import Registration
from repatriation.registration.lookup import LookUp, family_from, family_token
from tests.factories import PersonFactory
from tests.keyboards import TELEX, VNI, Keyboard
from tests.repatriation.world.road import bus, enter, family, on_the_road, people_of, seated

CARD = "072184004821|290123456|Nguyễn Thị Lan|12031984|Nữ|Ấp 3, Hưng Thuận|01062021"
CARD_2024 = CARD + "||Nguyễn Văn A|Trần Thị B|"


@pytest.fixture
def row(road: SimpleNamespace) -> Registration:
    return family(
        road.campaign, road.places, 3, names=["Nguyễn Thị Lan", "Trần Văn Đức"], phone="+84901234567"
    )


def look(road: SimpleNamespace, text: str, by: User | None = None) -> LookUp:
    return find_family(by or road.barrier, text, checkpoint=road.checkpoint)


def codes(found: LookUp) -> list[str | None]:
    return [one.registration.code if one.registration else None for one in found.families]


def as_read_on_the_phone(code: str) -> list[str]:
    return [
        code,
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " "),
        f" {code} ",
        code.removeprefix("TN-"),
        f"https://cong.tayninh.gov.vn/x/{code}/",
    ]


@pytest.mark.parametrize("way", range(7))
def test_by_code_however_it_was_typed(road: SimpleNamespace, row: Registration, way: int) -> None:
    found = look(road, as_read_on_the_phone(row.code)[way])
    assert (found.by, codes(found)) == ("code", [row.code])


def test_letters_heard_for_digits_are_understood(road: SimpleNamespace) -> None:
    row = family(road.campaign, road.places, code="TN-01234-T")
    row.code = f"TN-01235-{made.check_character('01235')}"
    row.save()
    assert codes(look(road, row.code.replace("0", "O").replace("1", "l"))) == [row.code]


@pytest.mark.parametrize("keyboard", [*TELEX, *VNI], ids=str)
@pytest.mark.parametrize("code", ["TN-02DDD-G", "TN-A6B2E-0", "TN-9EE5Y-Z"])
def test_a_code_typed_with_a_vietnamese_keyboard_is_found(
    road: SimpleNamespace, row: Registration, keyboard: Keyboard, code: str
) -> None:
    row.code = code[:-1] + made.check_character(code[3:8])
    row.save()
    found = look(road, keyboard.typed(row.code))
    assert (found.by, codes(found)) == ("code", [row.code])


def test_one_wrong_character_finds_nobody_and_says_it_was_a_code(
    road: SimpleNamespace, row: Registration
) -> None:
    for place in range(3, len(row.code)):
        if row.code[place] == "-":
            continue
        wrong = row.code[:place] + ("7" if row.code[place] != "7" else "8") + row.code[place + 1 :]
        found = look(road, wrong)
        assert found.families == []
        assert found.by in {"code", "number"}, wrong


@pytest.mark.parametrize("text", [CARD, CARD_2024, "\ufeff" + CARD, "ï»¿" + CARD, CARD + "\r\n"])
def test_by_the_code_of_the_card(road: SimpleNamespace, row: Registration, text: str) -> None:
    head = people_of(row)[0]
    head.identity_number = "072184004821"
    head.save()
    found = look(road, text)
    assert (found.by, codes(found)) == ("card", [row.code])
    assert found.card is not None
    assert found.card.full_name == "Nguyễn Thị Lan"


def test_by_a_new_card_of_somebody_who_registered_with_the_old_number(
    road: SimpleNamespace, row: Registration
) -> None:
    head = people_of(row)[0]
    head.identity_number, head.identity_kind = "290123456", "cmnd"
    head.save()
    assert codes(look(road, CARD)) == [row.code]


def test_an_unknown_card_fills_the_form(road: SimpleNamespace) -> None:
    found = look(road, CARD)
    assert found.families == []
    assert found.card is not None
    assert found.card.number == "072184004821"


@pytest.mark.parametrize("text", ["a|b", "|||||||", CARD.replace("12031984", "99999999")])
def test_a_code_that_is_no_card_finds_nobody(road: SimpleNamespace, row: Registration, text: str) -> None:
    found = look(road, text)
    assert (found.by, found.families, found.card) == ("card", [], None)


def test_by_number_with_the_whole_family(road: SimpleNamespace, row: Registration) -> None:
    child = people_of(row)[2]
    number = str(child.identity_number)
    found = look(road, f"{number[:3]} {number[3:6]} {number[6:]}")
    assert (found.by, codes(found)) == ("number", [row.code])
    assert len(found.families[0].people) == 3
    assert codes(look(road, number[:-1])) == []


@pytest.mark.parametrize("text", ["0901234567", "0901 234 567", "+84901234567", "84 901 234 567"])
def test_by_phone(road: SimpleNamespace, row: Registration, text: str) -> None:
    assert codes(look(road, text)) == [row.code]


def test_a_phone_that_two_families_share_gives_both(road: SimpleNamespace, row: Registration) -> None:
    second = family(road.campaign, road.places, phone=row.phone)
    assert set(codes(look(road, "0901234567"))) == {row.code, second.code}


def test_a_live_registration_comes_before_an_older_one(road: SimpleNamespace, row: Registration) -> None:
    transition(row, "withdraw", by=road.coordinator)
    second = family(road.campaign, road.places, 1)
    member = second.members.get()
    member.person = people_of(row)[0]
    member.save()
    assert codes(look(road, str(member.person.identity_number))) == [second.code]


def test_a_known_person_without_registration_stands_alone(road: SimpleNamespace) -> None:
    person = PersonFactory(home_commune=road.commune)
    found = look(road, person.identity_number)
    assert [(one.registration, one.people) for one in found.families] == [(None, [person])]


def test_a_draft_is_nobodys_business(road: SimpleNamespace) -> None:
    draft = family(road.campaign, road.places, status="draft", registered_at=None)
    assert look(road, draft.code).families == []


@pytest.mark.parametrize("name", ["Trần Văn Đức", "tran van duc", "DUC", "văn đức"])
def test_by_name_among_those_expected_here_today(road: SimpleNamespace, row: Registration, name: str) -> None:
    assert look(road, name).families == []
    on_the_road(road, row)
    found = look(road, name)
    assert (found.by, codes(found)) == ("name", [row.code])


def test_by_name_nobody_of_another_checkpoint_or_another_day(
    road: SimpleNamespace, row: Registration
) -> None:
    elsewhere = bus(road, gateway=road.second, departs_at=timezone.now())
    seated(row, elsewhere)
    assert look(road, "duc").families == []
    there = find_family(road.far_barrier, "duc", checkpoint=road.second)
    assert codes(there) == [row.code]
    with time_machine.travel(timezone.now() + dt.timedelta(days=2), tick=False):
        assert find_family(road.far_barrier, "duc", checkpoint=road.second).families == []


def test_by_name_nobody_of_a_cancelled_trip(road: SimpleNamespace, row: Registration) -> None:
    vehicle = bus(road, departs_at=timezone.now())
    seated(row, vehicle)
    transition(vehicle, "cancel", by=road.coordinator)
    assert look(road, "duc").families == []


@pytest.mark.parametrize("text", ["", " ", "a", "%", "_", "'; --"])
def test_a_text_that_says_too_little_finds_nobody(
    road: SimpleNamespace, row: Registration, text: str
) -> None:
    on_the_road(road, row)
    assert look(road, text).families == []


@pytest.mark.parametrize("text", ["12345678\x00", "an\x00", "\x00|\x00|||||", "9" * 3000, "👨‍👩‍👧 12"])
def test_what_a_broken_scanner_sends_finds_nobody(road: SimpleNamespace, text: str) -> None:
    assert look(road, text).families == []


def test_the_family_comes_with_its_trip_and_who_was_entered(road: SimpleNamespace, row: Registration) -> None:
    trip = on_the_road(road, row)
    first, *rest = people_of(row)
    (before,) = look(road, row.code).families
    assert before.offer is not None
    assert (before.offer.trip, before.expected_here) == (trip, [first, *rest])
    enter(road, row, [first])
    (after,) = look(road, row.code).families
    assert (set(after.arrived), after.expected_here) == ({first.pk}, rest)


@pytest.mark.parametrize("who", ["here", "viewer", "coordinator", "leader", "admin", "auditor", "health"])
def test_nobody_but_the_checkpoint_looks_people_up(
    road: SimpleNamespace, row: Registration, who: str
) -> None:
    with pytest.raises(PermissionDenied):
        look(road, row.code, by=getattr(road, who))
    assert not Read.objects.exists()


def test_every_look_up_is_logged_with_what_it_was_made_by(road: SimpleNamespace, row: Registration) -> None:
    person = people_of(row)[0]
    for text in (row.code, str(person.identity_number), "0901234567", "Không Có Ai", "TN-00000-1"):
        look(road, text)
    reads = list(Read.objects.order_by("pk"))
    assert {(read.user, read.kind, read.place) for read in reads} == {
        (road.barrier, "lookup", road.checkpoint)
    }
    family_ids = sorted(one.pk for one in people_of(row))
    assert [sorted(read.subject_ids) for read in reads] == [family_ids, family_ids, family_ids, [], []]
    assert reads[0].reason == f"code: {row.code}"
    assert reads[1].reason == f"number: •••{str(person.identity_number)[-4:]}"
    assert reads[2].reason == "number: 090•••4567"
    assert reads[3].reason == "name: khong co ai"


def test_a_token_opens_the_family_to_who_looked_it_up_alone(road: SimpleNamespace, row: Registration) -> None:
    (found,) = look(road, row.code).families
    token = family_token(found, road.barrier)
    opened = family_from(token, road.barrier)
    assert opened is not None
    assert opened.registration == row
    assert family_from(token, road.colleague) is None
    assert family_from(token[:-1] + ("A" if token[-1] != "A" else "B"), road.barrier) is None
    with time_machine.travel(timezone.now() + dt.timedelta(hours=13)):
        assert family_from(token, road.barrier) is None


def test_a_look_up_costs_the_same_for_one_family_and_for_many(road: SimpleNamespace) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            look(road, "0907777777")
        return len(caught)

    family(road.campaign, road.places, 2, phone="+84907777777")
    cost()
    one = cost()
    for _family in range(8):
        family(road.campaign, road.places, 2, phone="+84907777777")
    assert cost() == one
