"""An answer taken back: by who gave it for some minutes, or by the province."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from portal.notifications.models import Message
from portal.records.log import history
from portal.records.refusals import Refused
from quarantine.models import DailyCheck, Order
from repatriation.handover.actions import accept, confirm_home, refuse
from repatriation.handover.routing import reroute
from repatriation.handover.undoing import UNDO_WITHIN, correct, undo
from repatriation.models import Handover, Registration
from tests.repatriation.world.road import as_, enter, handed_over, party, text_of
from tests.repatriation.world.transfers import at_home, moved


@pytest.fixture
def rows(road: SimpleNamespace) -> list[Handover]:
    return accept(handed_over(road, 2), by=road.here)


def status(rows: list[Handover]) -> set[str]:
    return set(Handover.objects.filter(pk__in=[row.pk for row in rows]).values_list("status", flat=True))


def place(row: Handover) -> str:
    found = Handover.objects.get(pk=row.pk).person.responsible_place
    assert found is not None
    name: str = found.name
    return name


def test_undone_the_family_waits_again_and_nothing_is_left_of_it(
    road: SimpleNamespace, rows: list[Handover]
) -> None:
    assert Registration.objects.get().status == "closed"
    undo(rows, by=road.here)
    assert status(rows) == {"sent"}
    assert place(rows[0]) == "Chốt Suối Sâu"
    assert Registration.objects.get().status == "arrived"
    assert set(Order.objects.values_list("status", flat=True)) == {"cancelled"}
    assert "rút lại việc tiếp nhận 2 người" in Message.objects.get(kind="handover_accept_undone").text
    verbs = [event.verb for event in history(rows[0])]
    assert verbs == ["send", "accept", "undo_accept"]
    accept(rows, by=road.same)
    assert status(rows) == {"accepted"}
    assert Order.objects.current().count() == 2
    assert Registration.objects.get().status == "closed"


def test_the_steps_keep_both(road: SimpleNamespace, rows: list[Handover]) -> None:
    undo(rows, by=road.here)
    for user in (road.here, road.barrier, road.coordinator):
        page = text_of(as_(user).get(reverse("repatriation:party", args=[rows[0].party])))
        assert "Rút lại việc tiếp nhận" in page
        assert "Chờ Xã Hưng Thuận tiếp nhận" in page


def test_another_officer_or_too_late_is_refused(road: SimpleNamespace, rows: list[Handover]) -> None:
    with pytest.raises(Refused, match="Chỉ người đã bấm"):
        undo(rows, by=road.same)
    with pytest.raises(PermissionDenied):
        undo(rows, by=road.outside)
    with time_machine.travel(timezone.now() + UNDO_WITHIN + dt.timedelta(seconds=1)):
        with pytest.raises(Refused, match="15 phút"):
            undo(rows, by=road.here)
        page = text_of(as_(road.here).get(reverse("repatriation:party", args=[rows[0].party])))
        assert "/undo/" not in page
        correct(rows, by=road.coordinator, reason="Nhận nhầm gia đình")
    assert status(rows) == {"sent"}
    assert history(rows[0]).get(verb="undo_accept").reason == "Nhận nhầm gia đình"


def test_what_has_followed_is_not_undone(road: SimpleNamespace, rows: list[Handover]) -> None:
    confirm_home(rows, by=road.here)
    with pytest.raises(Refused, match="đã xác nhận về nhà"):
        undo(rows, by=road.here)
    with pytest.raises(Refused, match="đã xác nhận về nhà"):
        correct(rows, by=road.coordinator, reason="Nhầm")
    assert status(rows) == {"accepted"}


def test_an_order_that_was_worked_with_is_not_cancelled(road: SimpleNamespace, rows: list[Handover]) -> None:
    order = Order.objects.get(person=rows[0].person)
    DailyCheck.objects.create(order=order, on_date=timezone.localdate())
    with pytest.raises(Refused, match="quyết định cách ly"):
        undo(rows, by=road.here)
    assert set(Order.objects.values_list("status", flat=True)) == {"active"}


def test_who_passed_a_checkpoint_again_is_not_sent_back(road: SimpleNamespace, rows: list[Handover]) -> None:
    people = [row.person for row in rows]
    newer = party(enter(road, None, people, checkpoint=road.second, by=road.far_barrier))
    with pytest.raises(Refused, match="bàn giao mới hơn"):
        undo(rows, by=road.here)
    accept(newer, by=road.here)
    with pytest.raises(Refused, match="đã được chuyển nơi khác"):
        undo(rows, by=road.here)


def test_a_refusal_is_taken_back(road: SimpleNamespace) -> None:
    rows = refuse(handed_over(road, 2), by=road.here, reason="Nhầm xã", proposed_place=road.other)
    undo(rows, by=road.here)
    row = Handover.objects.get(pk=rows[0].pk)
    assert (row.status, row.reason, row.proposed_place) == ("sent", "", None)
    assert not Handover.objects.sent_back().exists()
    assert [event.verb for event in history(row)] == ["send", "refuse", "undo_refuse"]


def test_a_refusal_that_was_sent_on_is_not_taken_back(road: SimpleNamespace) -> None:
    rows = refuse(handed_over(road, 1), by=road.here, reason="Hết chỗ")
    links = reroute(rows, to_place=road.third, by=road.coordinator)
    with pytest.raises(Refused):
        undo(rows, by=road.here)
    assert status(links) == {"sent"}


def test_an_accepted_transfer_goes_back_with_its_order(road: SimpleNamespace) -> None:
    people = at_home(road, 1)
    links = accept(moved(road, people), by=road.outside)
    undo(links, by=road.outside)
    assert place(links[0]) == "Xã Hưng Thuận"
    assert Order.objects.current().get(person=people[0]).place == road.commune


def test_the_button_undoes(road: SimpleNamespace) -> None:
    rows = handed_over(road, 2)
    browser = as_(road.here)
    browser.post(reverse("repatriation:handover_accept", args=[rows[0].party]))
    answer = browser.post(reverse("repatriation:handover_undo", args=[rows[0].party]), follow=True)
    assert "Đã rút lại. Gia đình đang chờ tiếp nhận." in text_of(answer)
    assert status(rows) == {"sent"}


def test_whoever_refused_finds_the_button_in_the_list(road: SimpleNamespace) -> None:
    rows = handed_over(road, 2, names=["Bùi Thị Liễu"])
    browser, list_ = as_(road.here), reverse("repatriation:handover_list")
    address = reverse("repatriation:handover_undo", args=[rows[0].party])
    refusal = {"refuse-reason": "Nhầm xã"}
    page = browser.post(reverse("repatriation:handover_refuse", args=[rows[0].party]), refusal, follow=True)
    assert address in text_of(page)
    assert address not in text_of(as_(road.same).get(list_))
    with time_machine.travel(timezone.now() + UNDO_WITHIN + dt.timedelta(minutes=1)):
        assert address not in text_of(as_(road.here).get(list_))
    page = browser.post(address, follow=True)
    assert "Đã rút lại. Gia đình đang chờ tiếp nhận." in text_of(page)
    assert status(rows) == {"sent"}
