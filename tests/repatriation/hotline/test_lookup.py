"""A caller is told where they stand: found by a whole code or number, each time with a reason in the log."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from citizens.codes import check_character
from citizens.models import Person
from portal.records.models import Read
from repatriation.models import Registration
from repatriation.screening.actions import ask, first_screening
from tests.repatriation.world.families import filled
from tests.repatriation.world.hotline import CALLERS, WHY, with_operators
from tests.repatriation.world.road import as_, bus, family, seated, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(road: SimpleNamespace) -> SimpleNamespace:
    return with_operators(road)


def test_found_by_code_phone_or_number_wherever_they_live(desk: SimpleNamespace) -> None:
    first = family(desk.campaign, desk.places, score=50)
    row = family(desk.campaign, desk.places, home_commune=desk.places.other_commune)
    number = row.members.first().person.identity_number
    client = as_(desk.hotline)
    for text in (row.code, row.code.lower(), row.phone, number):
        page = text_of(client.post(CALLERS, {"q": text, **WHY})).replace(f'value="{text}"', "")
        assert row.code in page
        assert first.code not in page
        assert number not in page
        assert row.phone[3:] not in page


def test_the_operator_reads_out_what_the_family_reads(desk: SimpleNamespace) -> None:
    for _number in range(12):
        family(desk.campaign, desk.places, score=50)
    day = timezone.localdate() + dt.timedelta(days=3)
    row = family(
        desk.campaign, desk.places, names=["Lê Thị Hoa", "Võ Văn Tám"], score=10, ago=5, travel_from=day
    )
    said = [{"predicate": "reason", "params": {"reason": "lost_work"}, "points": 10, "detail": {}}]
    Registration.objects.filter(pk=row.pk).update(score_reasons=said)
    row.refresh_from_db()
    first_screening(row)
    question = ask(row.screenings.get(), by=desk.here, question="Ông nội tên gì?")
    page = text_of(as_(desk.hotline).post(CALLERS, {"q": row.code, **WHY}))
    for told in ("Lê Thị Hoa", "Võ Văn Tám", str(row.members.last().person.birth_year)):
        assert told in page
    assert "mất việc làm (+10)" in page
    assert f"Từ {day:%d/%m/%Y}" in page
    assert question.question in page
    assert "Có chỗ sẽ nhắn tới" in page
    assert "khoảng 10–13" in " ".join(page.split())
    assert "thứ 13" not in page


def test_who_shares_a_phone_is_listed_and_opened_one_by_one(desk: SimpleNamespace) -> None:
    one, two = (family(desk.campaign, desk.places, phone="+84901112233") for _number in range(2))
    client = as_(desk.hotline)
    page = text_of(client.post(CALLERS, {"q": "0901112233", **WHY}))
    assert {one.code, two.code} <= set(re.findall(r"TN-\w{5}-\w", page))
    assert "Nhận chỗ" not in page
    address = reverse("repatriation:caller", args=[two.code])
    assert two.code in text_of(client.get(address))
    look, opened = Read.objects.filter(user=desk.hotline).order_by("pk")
    assert (opened.kind, opened.subject_ids, opened.reason) == ("page", [two.pk], look.reason)
    assert client.post(address).status_code == 405


def test_each_look_up_is_logged_with_its_reason_also_when_nothing_was_found(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places)
    client = as_(desk.hotline)
    client.post(CALLERS, {"q": row.code, **WHY})
    page = client.post(CALLERS, {"q": "0909 999 999", **WHY})
    assert "Không thấy đăng ký nào" in text_of(page)
    found, nothing = Read.objects.filter(kind="call").order_by("pk")
    assert (found.user, found.subject_ids) == (desk.hotline, [row.pk])
    assert found.reason == f"hỏi thứ tự (code: {row.code})"
    assert nothing.subject_ids == []
    assert "0909999999" not in nothing.reason


def test_without_a_reason_or_by_name_nobody_is_found(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places, names=["Lê Thị Hoa"])
    client = as_(desk.hotline)
    page = client.post(CALLERS, {"q": row.code})
    assert page.status_code == 422
    assert "reason" in page.context["form"].errors
    assert not Read.objects.filter(kind="call").exists()
    page = text_of(client.post(CALLERS, {"q": "Lê Thị Hoa", **WHY}))
    assert "Không tìm theo tên" in page
    assert row.code not in page


def test_a_form_never_sent_is_not_found(desk: SimpleNamespace) -> None:
    draft = filled(desk.campaign, desk.places)
    page = text_of(as_(desk.hotline).post(CALLERS, {"q": draft.code, **WHY}))
    assert "bản khai chưa gửi" in page
    assert "đăng ký hộ được ngay" in page


@pytest.mark.parametrize("digits_of", [3, 6])
def test_a_code_with_a_typing_error_is_told_from_one_that_nobody_has(desk, digits_of: int) -> None:
    body = "Y69VD" if digits_of == 3 else "12345"
    right = f"TN-{body}-{check_character(body)}"
    swapped = f"TN-{body[:3]}{body[4]}{body[3]}-{check_character(body)}"
    client = as_(desk.hotline)
    for wrong in (swapped, swapped[:-2], swapped.replace("TN-", "tn ")):
        page = text_of(client.post(CALLERS, {"q": wrong, **WHY}))
        assert "Mã gõ sai một ký tự, vui lòng hỏi lại" in page
        assert "đăng ký hộ được ngay" not in page
    unknown = text_of(client.post(CALLERS, {"q": right, **WHY}))
    assert "Không có đăng ký nào mang mã này" in unknown
    assert "đăng ký hộ được ngay" not in unknown


def test_a_passport_that_looks_like_a_code_still_finds_its_holder(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places)
    person = row.members.first().person
    Person.objects.filter(pk=person.pk).update(identity_number="TN123456", identity_kind="passport")
    assert row.code in text_of(as_(desk.hotline).post(CALLERS, {"q": "TN123456", **WHY}))


def test_the_seat_is_told(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places)
    seated(row, bus(desk))
    page = text_of(as_(desk.hotline).post(CALLERS, {"q": row.code, **WHY}))
    assert desk.places.pickup.name in page
    assert "Đã xác nhận chỗ" in page


def test_only_the_hotline_answers_callers(desk: SimpleNamespace) -> None:
    for user in (desk.society, desk.viewer, desk.coordinator, desk.here):
        assert as_(user).get(CALLERS).status_code == 403
        assert as_(user).post(CALLERS, {"q": "TN-00000-0", **WHY}).status_code == 403


def test_the_search_costs_the_same_for_two_families_and_for_ten(desk: SimpleNamespace) -> None:
    phone = "+84901112233"
    client = as_(desk.hotline)

    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.post(CALLERS, {"q": phone, **WHY}).status_code == 200
        return len(caught)

    for _number in range(2):
        family(desk.campaign, desk.places, phone=phone)
    cost()
    two = cost()
    for _more in range(8):
        family(desk.campaign, desk.places, phone=phone)
    assert cost() == two
