"""A caller is told where they stand: found by a whole code or number, each time with a reason in the log."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.urls import reverse

from portal.accounts.roles import Role
from portal.notifications.models import Message
from portal.records.models import Event, Read
from tests.factories import make_user
from tests.repatriation.families import filled
from tests.repatriation.road import as_, bus, family, seated, text_of

pytestmark = pytest.mark.django_db
CALLERS = "/officer/callers/"
WHY = {"reason": "hỏi thứ tự"}


@pytest.fixture
def desk(road: SimpleNamespace) -> SimpleNamespace:
    road.hotline = make_user(Role.HOTLINE, road.places.home, username="chi", full_name="Lâm Kim Chi")
    road.society = make_user(Role.ASSOCIATION, road.places.home, username="phuoc", full_name="Văn Phước")
    return road


def test_found_by_code_phone_or_number_wherever_they_live(desk: SimpleNamespace) -> None:
    first = family(desk.campaign, desk.places, score=50)
    row = family(desk.campaign, desk.places, home_commune=desk.places.other_commune)
    number = row.members.first().person.identity_number
    client = as_(desk.hotline)
    for text in (row.code, row.code.lower(), row.phone, number):
        page = text_of(client.post(CALLERS, {"q": text, **WHY})).replace(f'value="{text}"', "")
        assert row.code in page
        assert "thứ 2 trong hàng chờ" in page
        assert first.code not in page
        assert number not in page
        assert row.phone[3:] not in page


def test_each_look_up_is_logged_with_its_reason_also_when_nothing_was_found(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places)
    client = as_(desk.hotline)
    client.post(CALLERS, {"q": row.code, **WHY})
    page = client.post(CALLERS, {"q": "0909 999 999", **WHY})
    assert "Không thấy đăng ký nào" in text_of(page)
    found, nothing = Read.objects.filter(kind="lookup").order_by("pk")
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
    assert not Read.objects.filter(kind="lookup").exists()
    page = text_of(client.post(CALLERS, {"q": "Lê Thị Hoa", **WHY}))
    assert "Không tìm theo tên" in page
    assert row.code not in page


def test_a_form_never_sent_is_not_found(desk: SimpleNamespace) -> None:
    draft = filled(desk.campaign, desk.places)
    assert "Không thấy" in text_of(as_(desk.hotline).post(CALLERS, {"q": draft.code, **WHY}))


def test_the_seat_is_told(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places)
    seated(row, bus(desk))
    page = text_of(as_(desk.hotline).post(CALLERS, {"q": row.code, **WHY}))
    assert desk.places.pickup.name in page
    assert "Đã xác nhận chỗ" in page


def test_the_link_goes_to_the_familys_own_phone_once(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places)
    client = as_(desk.hotline)
    token = client.post(CALLERS, {"q": row.code, **WHY}).context["rows"][0]["token"]
    address = reverse("repatriation:caller_link")
    client.post(address, {"family": token})
    client.post(address, {"family": token})
    assert Message.objects.get(kind="registration_link").phone == row.phone
    assert Event.objects.get(verb="link_sent").user == desk.hotline


def test_a_look_up_of_somebody_else_opens_nothing(desk: SimpleNamespace) -> None:
    row = family(desk.campaign, desk.places)
    token = as_(desk.hotline).post(CALLERS, {"q": row.code, **WHY}).context["rows"][0]["token"]
    other = as_(make_user(Role.HOTLINE, desk.places.home, username="hai"))
    for stale in (token, "", "x"):
        other.post(reverse("repatriation:caller_link"), {"family": stale})
    assert not Message.objects.filter(kind="registration_link").exists()


def test_only_the_hotline_answers_callers(desk: SimpleNamespace) -> None:
    for user in (desk.society, desk.viewer, desk.coordinator, desk.here):
        assert as_(user).get(CALLERS).status_code == 403
        assert as_(user).post(CALLERS, {"q": "TN-00000-0", **WHY}).status_code == 403
        assert as_(user).post(reverse("repatriation:caller_link")).status_code == 403
    assert as_(desk.hotline).get(reverse("repatriation:caller_link")).status_code == 405


def test_the_search_costs_the_same_for_one_family_and_for_ten(desk: SimpleNamespace) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    phone = "+84901112233"
    client = as_(desk.hotline)

    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.post(CALLERS, {"q": phone, **WHY}).status_code == 200
        return len(caught)

    family(desk.campaign, desk.places, phone=phone)
    cost()
    one = cost()
    for _more in range(9):
        family(desk.campaign, desk.places, phone=phone)
    assert cost() == one
