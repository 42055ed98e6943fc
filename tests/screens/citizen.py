"""What is done on citizens' pages before they are pictured. Each width is a family of its own."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page

Act = Callable[[Page], None]


def _own(page: Page, text: str) -> str:
    """The text with four digits of this width, so that two widths are two families."""
    assert page.viewport_size is not None
    return text.format(f"{page.viewport_size['width']:04d}")


def _send(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form[method=post] button.btn-primary:visible").first.click()


def _code_for(page: Page, phone: str) -> str:
    """The newest one-time code in the demo's inbox."""
    inbox = page.context.new_page()
    for _try in range(40):
        inbox.goto(f"/hop-thu/?q={phone}")
        found = re.search(
            r"\b(\d{6})\b",
            inbox.locator("article.inbox-message").first.inner_text()
            if inbox.locator("article.inbox-message").count()
            else "",
        )
        if found:
            inbox.close()
            return found[1]
        inbox.wait_for_timeout(250)
    raise AssertionError(f"no code for {phone}")


def behind(phone: str, path: str = "/cua-toi/", then: str = "") -> Act:
    """Prove a phone by code where nobody or another one is known, then open the page.

    `then`: the beginning of the address to which a link on that page leads.
    """

    def act(page: Page) -> None:
        page.goto("/cua-toi/")
        known = page.locator(f"main p:has-text('{phone[:3]}•••{phone[-4:]}')").count()
        if not known and page.locator("form[action='/cua-toi/thoat/']").count():
            with page.expect_navigation():
                page.locator("form[action='/cua-toi/thoat/'] button").click()
        if not known:
            page.goto(f"/xac-nhan/?next={path}")
            page.locator("[name=phone]").fill(phone)
            _send(page)
            page.locator("[name=code]").fill(_code_for(page, phone))
            _send(page)
        page.goto(path, wait_until="networkidle")
        if then:
            with page.expect_navigation():
                page.locator(f"main a[href^='{then}']").first.click()

    return act


def ask_code(page: Page) -> None:
    page.locator("[name=phone]").fill(_own(page, "090355{}"))
    _send(page)


def ask_code_and_mistype(page: Page) -> None:
    ask_code(page)
    page.locator("[name=code]").fill("000000")
    _send(page)


def start(page: Page) -> None:
    if page.locator("[name=agreed]").count():
        page.locator("[name=agreed]").check()
        _send(page)


def say_origin(page: Page) -> None:
    page.locator("[name=origin_text]").fill("Phường Gò Vấp")
    _send(page)


def say_split_home(page: Page) -> None:
    """An old commune that went into several: the page asks which."""
    page.locator("[name=home_text]").fill("Suối Đá")
    _send(page)


def say_home(page: Page) -> None:
    page.locator("[name=home_text]").fill("Xã Hưng Thuận")
    page.locator("[name=address]").fill("Tổ 5, ấp Bùng Binh")
    _send(page)


def say_person_wrongly(page: Page) -> None:
    page.locator("[name=full_name]").fill("Nguyễn Thị Lan")
    page.locator("[name=birth]").fill("31/02/1984")
    _send(page)


def say_person(page: Page) -> None:
    page.locator("[name=full_name]").fill("Nguyễn Thị Lan")
    page.locator("[name=birth]").fill("12/03/1994")
    page.locator("[name=sex][value=female]").check()
    page.locator("[name=identity]").fill(_own(page, "07219448{}"))
    _send(page)


def say_health(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main a[href*='/nguoi/']").first.click()
    if page.locator("[name=full_name]").count():
        _send(page)
    page.locator("[name=is_pregnant]").check()
    _send(page)


def say_reasons(page: Page) -> None:
    page.locator("[name=reasons][value=lost_work]").check()
    _send(page)


def say_past_days(page: Page) -> None:
    page.locator("[name=travel_from]").fill("31/12/2090")
    page.locator("[name=travel_until]").fill("01/02/2021")
    _send(page)


def say_for_relatives(page: Page) -> None:
    page.locator("[name=for_whom][value=relatives]").check()
    page.locator("[name=contact_name]").fill("Nguyễn Thị Bình")
    _send(page)


def ask_for_another_phone(page: Page, phone: str = "090377{}") -> None:
    page.locator("[name=identity]").fill(_own(page, "07219448{}"))
    page.locator("[name=birth]").fill("12/03/1994")
    page.locator("[name=phone]").fill(_own(page, phone))
    _send(page)


def prove_another_phone(page: Page) -> None:
    ask_for_another_phone(page, "090378{}")
    page.locator("[name=code]").fill(_code_for(page, _own(page, "090378{}")))
    _send(page)


def say_half_a_test(page: Page) -> None:
    """The woman of the form, with the part about doses open and a test told by half."""
    with page.expect_navigation():
        page.locator("main a[href*='/nguoi/']").first.click()
    _send(page)
    page.locator("details.card-box summary").click()
    page.locator("[name=doses]").select_option("2")
    page.locator("[name=test_kind]").select_option("pcr")
    _send(page)


def prove_phone(page: Page) -> None:
    phone = _own(page, "090366{}")
    page.locator("[name=phone]").fill(phone)
    _send(page)
    page.locator("[name=code]").fill(_code_for(page, phone))
    _send(page)


def open_change(page: Page) -> None:
    """From a registration to the page that says what may be changed."""
    with page.expect_navigation():
        page.locator("main a[href$='/sua/']").first.click()


def change_reasons(page: Page) -> None:
    """Begin (or go on), say other reasons, and look at what would become of it."""
    open_change(page)
    _send(page)
    page.goto(page.url.replace("kiem-tra", "ly-do"))
    page.locator("[name=reasons][value=no_housing]").check()
    page.locator("[name=reasons][value=lost_work]").uncheck()
    _send(page)


def change_home(page: Page) -> None:
    """A family that holds seats asks for another home: the page that says what to do first."""
    open_change(page)
    _send(page)
    page.goto(page.url.replace("kiem-tra", "que-nha"))
    page.locator("[name=home_text]").fill("Phường Trảng Bàng")
    page.locator("[name=address]").fill("Khu phố Lộc An")
    _send(page)


def save_for_later(page: Page) -> None:
    """A form that was just begun is to be saved."""
    start(page)
    page.goto("/dang-ky/luu-lai/")
