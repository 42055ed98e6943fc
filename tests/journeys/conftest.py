"""Visitors for the journeys, each role in a browser context of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.visitor import Visitor
from tests.live import LiveStack

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]

Meet = Callable[..., Visitor]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Open for one file only: while it is, Django refuses its database to other tests of this process."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def meet(browser: Browser, live_stack: LiveStack) -> Iterator[Meet]:
    """Meet somebody by name. In the end nothing may be wrong with any page that anybody opened."""
    met: list[Visitor] = []

    def meet(name: str, **how: object) -> Visitor:
        visitor = Visitor(browser, live_stack, name, **how)
        met.append(visitor)
        return visitor

    yield meet
    findings = [finding for visitor in met for finding in visitor.findings]
    for visitor in met:
        visitor.close()
    assert not findings, "\n".join(["What is wrong with the pages:", *findings])
