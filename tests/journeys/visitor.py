"""One person at one browser. Every page that they open is looked at: what is wrong with it is kept and told
at the end of the story.

Looked at on each page: its status, its accessibility (axe), its width, its scripts' errors, failed requests,
requests that leave the portal, and the strictness of its content security policy.
"""

from __future__ import annotations

import html
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookiejar import Cookie, CookieJar
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Download,
    Error,
    Locator,
    Page,
    Response,
    Route,
    expect,
)
from playwright.sync_api import Request as BrowserRequest

from portal.accounts.demo import PASSWORD
from tests.accessibility import misfits, violations
from tests.live import LiveStack

PHONE = (360, 740)  # CSS pixels, of a cheap phone
DESK = (1280, 800)
PATIENCE = 15_000  # milliseconds for a page on a busy machine
LOOSE = re.compile(r"unsafe-|\*|https?:|blob:|strict-dynamic|nonce-|sha\d")
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
TOKENS = re.compile(r"/l/[^/]+/|[A-Za-z0-9_-]{27,}")  # tokens of secret links, kept out of reports


@dataclass(frozen=True)
class Sent:
    """A form as a browser sends it, with the cookies of who sends it."""

    url: str
    body: str
    cookies: dict[str, str]

    def again(self) -> str:
        """Send it (once more): the text of the page that answers."""
        jar = CookieJar()
        for name, value in self.cookies.items():
            jar.set_cookie(cookie_of(self.url, name, value))
        sender = build_opener(HTTPCookieProcessor(jar))
        with sender.open(Request(self.url, self.body.encode()), timeout=30) as answer:
            page = answer.read().decode()
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def cookie_of(url: str, name: str, value: str) -> Cookie:
    host = urlsplit(url).hostname or ""
    return Cookie(
        0, name, value, None, False, host, False, False, "/", True, False, None, True, None, None, {}
    )  # fmt: skip


def at_once(*forms: Sent) -> list[str]:
    """Send all of them side by side; the pages that answer, in the order of the forms."""
    with ThreadPoolExecutor(len(forms)) as senders:
        return list(senders.map(Sent.again, forms))


class Visitor:
    """A browser context with one page. `name` says in reports who it is."""

    def __init__(
        self,
        browser: Browser,
        stack: LiveStack,
        name: str,
        *,
        size: tuple[int, int] = PHONE,
        script: bool = True,
    ) -> None:
        self.stack, self.name, self.script = stack, name, script
        self.findings: list[str] = []
        self.requested: list[str] = []
        self.last_sent: Sent | None = None
        self.status = 0  # of the page that is open
        self.waited: list[float] = []  # seconds until each page began to come, its redirects included
        self.quiet = (
            False  # while a line is cut or a session ended on purpose, failing requests are no finding
        )
        self._expected = 200
        look: dict[str, Any] = {
            "base_url": stack.base_url,
            "viewport": {"width": size[0], "height": size[1]},
            "timezone_id": "Asia/Ho_Chi_Minh",
            "locale": "vi-VN",
            "reduced_motion": "reduce",
            "has_touch": size == PHONE,
            "is_mobile": size == PHONE,
        }
        self.context = browser.new_context(**look, java_script_enabled=script)
        self._checked: Page | None = None
        self._standing = ""  # the page's text as it stands, for `_checked`
        if not script:
            self._checked = browser.new_context(**look).new_page()
            # One route for good: a route that is taken away between two pages may leave a request unanswered.
            self._checked.route("**/*", self._hand_over)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.find(f"script error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    # --- What is wrong ---------------------------------------------------------------------------

    def find(self, text: str) -> None:
        finding = f"{self.name}, {self.where()}: {text}"
        if finding not in self.findings:
            self.findings.append(finding)

    def where(self) -> str:
        return TOKENS.sub("…", urlsplit(self.page.url).path) or "/"

    def _heard(self, message: ConsoleMessage) -> None:
        # The browser repeats every status from 400 on; `_answered` judges those.
        if message.type == "error" and not self.quiet and "Failed to load resource" not in message.text:
            self.find(f"console: {message.text}")

    def _asked(self, request: BrowserRequest) -> None:
        self.requested.append(request.url)
        if not request.url.startswith((self.stack.base_url + "/", "data:")):
            self.find(f"asked somebody else: {request.url}")
        if request.method == "POST" and request.is_navigation_request():
            self.last_sent = Sent(request.url, request.post_data or "", self._cookies())

    def _failed(self, request: BrowserRequest) -> None:
        if (
            request.failure and not self.quiet and "ERR_ABORTED" not in request.failure
        ):  # overtaken by the next key, a download
            self.find(f"request failed: {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.status = response.status
            policy = response.headers.get("content-security-policy", "")
            if "default-src 'self'" not in policy or LOOSE.search(policy):
                self.find(f"content security policy: {policy!r}")
        elif response.status >= 400 and not self.quiet:
            self.find(f"status {response.status} of {response.url}")

    def look(self) -> None:
        """What is wrong with the page as it stands."""
        if self.status != self._expected:
            self.find(f"status {self.status} instead of {self._expected}: {self.heading}")
        page = self.page if self.script else self._copy()
        self.waited.append(
            self.page.evaluate("(performance.getEntriesByType('navigation')[0]?.responseStart ?? 0) / 1000")
        )
        for line in violations(page):
            self.find(line)
        for line in misfits(page):
            self.find(line)

    def _copy(self) -> Page:
        """The page as it stands, where scripts run, for the check is one; the page's own are taken out."""
        assert self._checked is not None
        self._standing = SCRIPT.sub("", self.page.content())
        self._checked.goto(self.page.url, wait_until="load")
        return self._checked

    def _hand_over(self, route: Route) -> None:
        """Answer the copy's own address with what stands; what it needs comes from the portal."""
        if route.request.is_navigation_request():
            route.fulfill(body=self._standing, content_type="text/html; charset=utf-8")
        else:
            route.continue_()

    # --- What they do ----------------------------------------------------------------------------

    def open(self, address: str, *, status: int = 200) -> None:
        """Type an address, or follow a link from a message."""
        self._expected = status
        self.page.goto(urljoin(self.stack.base_url, address), wait_until="load")
        self.look()

    def press(self, text: str, *, within: Locator | None = None, status: int = 200) -> None:
        """Press the button, or follow the link, of this name; the next page is looked at."""
        self.press_on(self.control(text, within=within), status=status)

    def press_and_agree(self, text: str, *, within: Locator | None = None) -> None:
        """Press a button whose act asks first, and agree on the page that asks."""
        self.press(text, within=within)
        self.press_on(self.page.locator(".asks-form button"))

    def press_on(self, control: Locator, *, status: int = 200) -> None:
        self._expected = status
        with self.page.expect_navigation(wait_until="load"):
            control.click()
        self.look()

    def control(self, text: str, *, within: Locator | None = None) -> Locator:
        root = within or self.page.locator("body")
        return root.get_by_role("button", name=text).or_(root.get_by_role("link", name=text)).first

    def enter(self, label: str, text: str) -> None:
        """Type into the box and press Enter, as a scanner does."""
        self._expected = 200
        box = self.page.get_by_label(label).first
        box.fill(text)
        with self.page.expect_navigation(wait_until="load"):
            box.press("Enter")
        self.look()

    def fill(self, label: str, text: str, *, within: Locator | None = None) -> None:
        (within or self.page).get_by_label(label).first.fill(text)

    def choose(self, label: str, *, within: Locator | None = None, exact: bool = False) -> None:
        """A radio button or a tick."""
        (within or self.page).get_by_label(label, exact=exact).first.check()

    def pick_place(self, label: str, typed: str, wanted: str) -> None:
        """Type into a place's box and take the suggestion that begins like `wanted`."""
        box = self.page.get_by_label(label).first
        box.click()
        box.clear()
        box.press_sequentially(typed)
        option = self.page.get_by_role("option").filter(has_text=wanted).first
        option.wait_for()
        self.look()
        option.click()
        expect(box).to_have_value(re.compile(wanted))

    def unfold(self, text: str) -> None:
        """Open what stands folded under this line."""
        self.page.locator("summary").filter(has_text=text).first.click()
        self.look()

    def download(self, text: str) -> Download:
        with self.page.expect_download() as coming:
            self.control(text).click()
        return coming.value

    def form(self, submit: str) -> Sent:
        """The form with this button as pressing it would send it, without sending it."""
        body, url = self.control(submit).evaluate(
            """(button) => {
                const data = new FormData(button.form, button);
                return [new URLSearchParams(data).toString(), button.form.action];
            }"""
        )
        return Sent(url, body, self._cookies())

    def _cookies(self) -> dict[str, str]:
        return {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}

    def sign_in(self, username: str) -> None:
        """Open the first screen of an officer who has signed in; `type_password` is for the sign-in itself."""
        session = {"name": "sessionid", "value": self.stack.session_of(username), "url": self.stack.base_url}
        self.context.add_cookies([session])
        self.open("/officer/")

    def type_password(self, username: str, password: str = PASSWORD) -> None:
        self.open("/officer/sign-in/")
        self.fill("Tên đăng nhập", username)
        self.fill("Mật khẩu", password)
        self.press("Đăng nhập", within=self.page.locator("main form"))

    def resize(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    # --- What they see ---------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        try:
            return " ".join(self.page.locator("h1").first.inner_text(timeout=2_000).split())
        except Error:
            return "(no heading)"

    @property
    def text(self) -> str:
        return " ".join(self.page.locator("main").inner_text().split())

    def sees(self, *texts: str) -> None:
        for text in texts:
            assert text in self.text, (
                f"{self.name} does not see “{text}” at {self.where()}:\n{self.text[:1500]}"
            )

    def sees_not(self, text: str) -> None:
        assert text not in self.text, f"{self.name} sees “{text}” at {self.where()}:\n{self.text[:1500]}"

    def section(self, heading: str) -> Locator:
        """The part of the page, or the row of a table, that holds this text."""
        return self.page.locator("section, tr, article, li.card-box").filter(has_text=heading).last

    def close(self) -> None:
        self.context.close()
        if self._checked is not None:
            self._checked.context.close()
