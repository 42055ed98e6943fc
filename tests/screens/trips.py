"""Where the coordinators' pages are, and what is done on them before they are pictured."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from playwright.sync_api import Page

from tests.live import LiveStack


def _first(stack: LiveStack, sql: str) -> str | None:
    rows = stack.sql(sql)
    return str(rows[0][0]) if rows else None


def wave(stack: LiveStack) -> str | None:
    found = _first(stack, "SELECT id FROM repatriation_wave ORDER BY id LIMIT 1")
    return f"/officer/waves/{found}/" if found else None


def _filled_code(stack: LiveStack) -> str | None:
    return _first(
        stack,
        "SELECT t.code FROM repatriation_trip t JOIN repatriation_filling f ON f.trip_id = t.id "
        "ORDER BY f.id LIMIT 1",
    )


def filled(stack: LiveStack) -> str | None:
    code = _filled_code(stack)
    return f"/officer/trips/{code}/" if code else None


def passed(stack: LiveStack) -> str | None:
    code = _filled_code(stack)
    return f"/officer/trips/{code}/passed/" if code else None


def passed_nobody(stack: LiveStack) -> str | None:
    code = _filled_code(stack)
    return f"/officer/trips/{code}/passed/?q=khongco" if code else None


def edited(stack: LiveStack) -> str | None:
    code = _filled_code(stack)
    return f"/officer/trips/{code}/edit/" if code else None


def move_a_day(page: Page) -> None:
    """What another day means to the families with seats is asked first."""
    box = page.locator("[name=day]")
    day = dt.datetime.strptime(box.input_value(), "%d/%m/%Y").date() + dt.timedelta(days=1)
    box.fill(f"{day:%d/%m/%Y}")
    _press(page, "main form[method=post] button.btn-primary")


def alike(stack: LiveStack) -> str | None:
    """A family of whom somebody has the name and the birth of somebody in another one."""
    stack.sql(
        "WITH waiting AS (SELECT m.person_id, row_number() OVER (ORDER BY r.id) AS n FROM repatriation_member m "
        "JOIN repatriation_registration r ON r.id = m.registration_id WHERE m.live AND r.status = 'waiting' "
        "AND NOT m.is_head), pair AS (SELECT max(person_id) FILTER (WHERE n = 1) AS one, max(person_id) FILTER "
        "(WHERE n = 9) AS other FROM waiting) UPDATE citizens_person p SET full_name = o.full_name, search_name = "
        "o.search_name, sort_key = o.sort_key, birth_date = o.birth_date, birth_year = o.birth_year, "
        "identity_number = NULL FROM pair, citizens_person o WHERE p.id = pair.one AND o.id = pair.other"
    )
    code = _first(
        stack,
        "SELECT r.code FROM repatriation_registration r JOIN repatriation_member m ON m.registration_id = r.id "
        "JOIN citizens_person p ON p.id = m.person_id JOIN citizens_person q ON q.sort_key = p.sort_key AND "
        "q.birth_year = p.birth_year AND q.id <> p.id JOIN repatriation_member n ON n.person_id = q.id AND n.live "
        "WHERE m.live AND r.status = 'waiting' AND n.registration_id <> r.id ORDER BY r.id LIMIT 1",
    )
    return f"/officer/registrations/{code}/" if code else None


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


def preview_one(page: Page) -> None:
    """The form of a trip with whom it would invite."""
    day = timezone.localdate() + dt.timedelta(days=3)
    page.locator("[name=day]").fill(f"{day:%d/%m/%Y}")
    page.locator("[name=hour]").fill("08:00")
    page.locator("[name=pickup]").select_option(index=1)
    page.locator("[name=gateway]").select_option(index=1)
    page.locator("[name=seats]").fill("16")
    with page.expect_navigation():
        page.locator("button[name=preview]").click()


def show_phone(page: Page) -> None:
    with page.expect_navigation():
        page.locator("form[action$='/call/'] button").first.click()


def preview(page: Page) -> None:
    """Two days, one pick-up point at two times, two kinds of vehicles."""
    first = timezone.localdate() + dt.timedelta(days=5)
    page.locator("[name=name]").fill("Đợt xe cuối tháng")
    page.locator("[name=first_day]").fill(f"{first:%d/%m/%Y}")
    page.locator("[name=last_day]").fill(f"{first + dt.timedelta(days=1):%d/%m/%Y}")
    for name, wanted in (("gateway", "Chốt Suối Sâu"), ("pickups-0-place", "Bến xe An Sương")):
        box = page.locator(f"select[name='{name}']")
        value = box.locator("option").filter(has_text=wanted).first.get_attribute("value")
        box.select_option(value)
    page.locator("[name='pickups-0-times']").fill("08:00, 10:00")
    for number, seats in (("0", "45"), ("1", "16")):
        page.locator(f"[name='vehicles-{number}-count']").fill("1")
        page.locator(f"[name='vehicles-{number}-seats']").fill(seats)
    _press(page, "button[name=preview]")


def send_no_limit(page: Page) -> None:
    page.locator("#set-limits summary").click()
    page.locator("#set-limits [name=last_day]").fill("01/01/2020")
    _press(page, "#set-limits button.btn-primary")


def send_no_reason(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main table tbody a").nth(1).click()  # the first one is held
    page.locator("details:has(form[action$='/seat/']) summary").click()
    _press(page, "form[action$='/seat/'] button")


def closed(stack: LiveStack) -> str | None:
    """A trip whose list is closed and that has not left."""
    rows = stack.sql(
        "SELECT code FROM repatriation_trip WHERE status = 'closed' ORDER BY departs_at DESC LIMIT 1"
    )
    return f"/officer/trips/{rows[0][0]}/" if rows else None


def cancel(page: Page) -> None:
    """Give a reason and press: the page that asks before a trip is cancelled."""
    page.locator("details").filter(has=page.locator("form[action$='/cancel/']")).locator("summary").click()
    page.locator("form[action$='/cancel/'] [name=reason]").fill("Xe hỏng, không có xe thay")
    with page.expect_navigation():
        page.locator("form[action$='/cancel/'] button").click()
