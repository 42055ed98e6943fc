"""The board of the checkpoints renews itself, keeps the focus, and says when its figures are old."""

from __future__ import annotations

import pytest

from tests.journeys import checkpoint
from tests.journeys.conftest import Meet
from tests.journeys.steps import step
from tests.journeys.visitor import DESK, PHONE, Visitor
from tests.live import LiveStack

pytestmark = pytest.mark.journey


def arrived(board: Visitor) -> int:
    return int(
        board.page.locator("[data-focus$='-arrived'] .board-number").first.inner_text().replace(".", "")
    )


def test_the_board_follows_the_barrier_without_a_reload(meet: Meet, live_stack: LiveStack) -> None:
    ((code,),) = live_stack.sql(
        "SELECT code FROM repatriation_registration WHERE status = 'waiting' ORDER BY id DESC LIMIT 1"
    )
    board, gate = meet("the board", size=DESK), meet("the checkpoint", size=DESK)
    board.sign_in("chot")
    gate.sign_in("chot")
    page = board.page
    page.clock.install()
    board.open("/officer/board/")
    before = arrived(board)
    with step("a family is recorded, and the board has it, with the focus where it was", board):
        page.locator("[data-focus$='-arrived']").focus()
        checkpoint.scan(gate, code)
        gate.enter("Quét mã, hoặc gõ mã đăng ký", "")
        gate.sees("Đã ghi nhận")
        with page.expect_response("**/board/figures/**"):
            page.clock.run_for(10_500)
        page.wait_for_function(
            "before => Number(document.querySelector(\"[data-focus$='-arrived'] .board-number\").innerText) > before",
            arg=before,
        )
        assert page.evaluate("document.activeElement.dataset.focus").endswith("-arrived")
        board.look()
    with step("nothing changes, and the answer is empty", board):
        with page.expect_response("**/board/figures/**") as answer:
            page.clock.run_for(10_500)
        assert answer.value.status == 304
    with step("the list behind a figure is one press away", board):
        page.locator("[data-focus$='-arrived']").click()
        board.sees("Đã đến hôm nay: Chốt Suối Sâu")


def test_the_board_says_when_its_figures_are_old(meet: Meet) -> None:
    board = meet("the board", size=PHONE)
    board.sign_in("dieuphoi")
    page = board.page
    page.clock.install()
    board.open("/officer/board/")
    stale = page.locator("[data-board-stale]")
    assert stale.is_hidden()
    with step("the line is cut, and within a minute the board says from when its figures are", board):
        page.route(
            "**/board/figures/**", lambda route: route.fulfill(status=200, body="Welcome to free Wi-Fi")
        )
        page.clock.run_for(60_000)
        stale.wait_for()
        assert "Chưa có số liệu mới từ" in stale.inner_text()
        assert page.locator("body.is-stale").count() == 1
        board.look()
    with step("the line is back, and the page finds out by itself", board):
        page.unroute("**/board/figures/**")
        with page.expect_response("**/board/figures/**"):
            page.clock.run_for(10_500)
        stale.wait_for(state="hidden")
