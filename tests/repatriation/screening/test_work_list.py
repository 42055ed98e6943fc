"""From one family to the next of the same list."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.urls import reverse
from django.utils import timezone

from repatriation.models import Screening
from repatriation.screening import actions
from repatriation.seats.leaving import withdraw
from tests.repatriation.world.road import as_, text_of
from tests.repatriation.world.screenings import FAMILY, asked, now

LATE = "?due=late"


def url(name: str, *args: Any) -> str:
    return reverse(f"repatriation:{name}", args=args)


def due_in(row: Screening, hours: int) -> Screening:
    Screening.objects.filter(pk=row.pk).update(due_at=timezone.now() + dt.timedelta(hours=hours))
    return now(row)


def following(page: Any) -> tuple[int | None, int]:
    """Which screening the page leads to, and how many it says are left."""
    found = page.context["next_family"]
    if found.row is not None:
        assert f"Gia đình tiếp theo (còn {found.count})" in " ".join(text_of(page).split())
        assert url("screening", found.row.pk) in text_of(page)
    return found.row.pk if found.row else None, found.count


def test_a_decision_leads_to_the_next_family_by_deadline_and_says_when_the_list_is_done(
    road: SimpleNamespace,
) -> None:
    first, third, second = due_in(asked(road), 1), due_in(asked(road), 3), due_in(asked(road), 2)
    asked(road, home_commune=road.other)
    officer = as_(road.here)
    assert following(officer.get(url("screening", first.pk))) == (second.pk, 2)
    assert following(officer.post(url("screening_confirm", first.pk), follow=True)) == (second.pk, 2)
    assert following(officer.post(url("screening_confirm", second.pk), follow=True)) == (third.pk, 1)
    page = officer.post(url("screening_confirm", third.pk), follow=True)
    assert following(page) == (None, 0)
    assert "Danh sách này đã xong" in text_of(page)


def test_a_family_that_was_skipped_comes_again_at_the_end(road: SimpleNamespace) -> None:
    skipped, last = due_in(asked(road), 1), due_in(asked(road), 2)
    assert following(as_(road.here).get(url("screening", last.pk))) == (skipped.pk, 1)


def test_the_filter_of_the_list_is_kept_on_the_way(road: SimpleNamespace) -> None:
    late, later, in_time = due_in(asked(road), -2), due_in(asked(road), -1), due_in(asked(road), 5)
    officer = as_(road.here)
    assert url("screening", late.pk) + LATE in text_of(officer.get(url("screening_list") + LATE + "&page=1"))
    page = officer.get(url("screening", late.pk) + LATE)
    assert url("screening_list") + LATE in text_of(page)
    for name in ("screening_confirm", "screening_ask", "screening_reject"):
        assert url(name, late.pk) + LATE in text_of(page)
    page = officer.post(url("screening_confirm", late.pk) + LATE, follow=True)
    assert page.redirect_chain[-1][0] == url("screening", late.pk) + LATE
    assert following(page) == (later.pk, 1)
    refused = officer.post(url("screening_reject", later.pk) + LATE, {"not-reason": ""})
    assert refused.status_code == 422
    assert url("screening_reject", later.pk) + LATE in text_of(refused)
    page = officer.post(url("screening_confirm", later.pk) + LATE, follow=True)
    assert following(page) == (None, 0), in_time


def test_a_refused_family_leads_on_from_the_page_of_what_was_answered(road: SimpleNamespace) -> None:
    refused, waits = due_in(asked(road), 1), due_in(asked(road), 2)
    data = {"not-reason": "Không có ai", "not-suggested": road.other.pk}
    page = as_(road.here).post(url("screening_reject", refused.pk), data, follow=True)
    assert page.templates[0].name == "repatriation/screening/screening_answered.html"
    assert following(page) == (waits.pk, 1)


def test_families_that_were_asked_or_withdrew_are_passed_over(road: SimpleNamespace) -> None:
    first, question, gone = due_in(asked(road), 1), due_in(asked(road), 2), due_in(asked(road), 3)
    actions.ask(question, by=road.here, question="Ở tổ mấy?")
    withdraw(gone.registration, by=FAMILY)
    officer = as_(road.here)
    assert following(officer.get(url("screening", first.pk))) == (None, 0)
    assert following(officer.get(url("screening", first.pk) + "?status=asked")) == (question.pk, 1)
    assert "Danh sách này đã xong" in text_of(officer.get(url("screening", question.pk) + "?due=late"))
    assert "Danh sách này đã xong" not in text_of(officer.get(url("screening", first.pk))), "it waits itself"


def test_each_reader_is_led_to_what_they_decide(road: SimpleNamespace) -> None:
    first, disputed = due_in(asked(road), 1), due_in(asked(road), 2)
    actions.reject(disputed, by=road.here, reason="Không rõ", suggested=None)
    row = first.pk
    assert following(as_(road.here).get(url("screening", row))) == (None, 0)
    assert following(as_(road.coordinator).get(url("screening", row))) == (disputed.pk, 1)
    page = as_(road.viewer).get(url("screening", row))
    assert page.context["next_family"] is None
    assert "Danh sách này đã xong" not in text_of(page)


def test_garbage_as_a_filter_is_the_whole_list(road: SimpleNamespace) -> None:
    first, second = due_in(asked(road), 1), due_in(asked(road), 2)
    page = as_(road.here).get(url("screening", first.pk) + "?status=gi&due=x&commune=9&q=%00")
    assert page.status_code == 200
    assert page.context["next_family"].row == second
