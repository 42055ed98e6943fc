"""Walk the pages of the demo at 360 and 1280 pixels and write their pictures to docs/screens/.

Says what is wrong with a page on the way: its status, its scripts, its width, its accessibility.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Response, sync_playwright

from portal.embedded.environment import prepare_environment
from portal.embedded.homes import ROOT
from tests.accessibility import misfits, violations
from tests.browser import find_chromium
from tests.live import LiveStack
from tests.screens.table import SCREENS, Screen

FOLDER = ROOT / "docs" / "screens"
SIZES = {360: 780, 1280: 860}  # width and height of the window, in CSS pixels
COLOURS = 64  # of a picture: the pages have few, text keeps its edges
TALLEST = 3_000  # pixels of a picture; what comes below is left out
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]


def shrink(picture: bytes, target: Path) -> None:
    """Write a PNG with a small palette."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, TALLEST)))
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


class Photographer:
    """Keeps one browser context for each user, language and width, signed in once."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self.browser = browser
        self.base_url = base_url
        self.contexts: dict[tuple[str, str, int], BrowserContext] = {}

    def context(self, user: str, language: str, width: int) -> BrowserContext:
        key = (user, language, width)
        if key not in self.contexts:
            context = self.browser.new_context(
                base_url=self.base_url,
                viewport={"width": width, "height": SIZES[width]},
                timezone_id="Asia/Ho_Chi_Minh",
                reduced_motion="reduce",
                has_touch=width < 600,
                is_mobile=width < 600,
            )
            context.add_cookies([{"name": "django_language", "value": language, "url": self.base_url}])
            if user:
                sign_in(context, user)
            self.contexts[key] = context
        return self.contexts[key]

    def take(self, screen: Screen, path: str, width: int) -> list[str]:
        """Picture one page; return what was wrong with it."""
        try:
            page = self.context(screen.user, screen.language, width).new_page()
        except Error as error:
            return [f"{screen.name} at {width}: nobody could sign in: {error.message.splitlines()[0]}"]
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
        page.on("response", lambda answer: note_failure(answer, wrong))
        page.set_default_timeout(8_000)
        try:
            answer = page.goto(path, wait_until="networkidle")
            if answer is None or answer.status != screen.status:
                wrong.append(f"status {answer and answer.status} instead of {screen.status}")
            if screen.act is not None:
                screen.act(page)
            wrong += misfits(page)
            wrong += violations(page)
            shrink(page.screenshot(full_page=True), FOLDER / f"{screen.name}-{width}.png")
        except Error as error:
            wrong.append(error.message.splitlines()[0])
        finally:
            page.close()
        return [f"{screen.name} at {width}: {line}" for line in wrong]


def note_failure(answer: Response, wrong: list[str]) -> None:
    if answer.status >= 500:
        wrong.append(f"status {answer.status} from {answer.url}")


def sign_in(context: BrowserContext, user: str) -> None:
    from portal.accounts.demo import PASSWORD

    page = context.new_page()
    page.goto("/officer/sign-in/")
    page.locator("[name=username]").fill(user)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_load_state("networkidle")
    page.close()


def walk(stack: LiveStack, screens: list[Screen]) -> list[str]:
    """Take all pictures; return what was wrong with the pages."""
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        photographer = Photographer(browser, stack.base_url)
        for screen in screens:
            path = screen.path if isinstance(screen.path, str) else screen.path(stack)
            if path is None:
                wrong.append(f"{screen.name}: nothing in the demo to show")
                continue
            for width in SIZES:
                wrong += photographer.take(screen, path, width)
        browser.close()
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/screens", description=__doc__)
    parser.add_argument("names", nargs="*", help="only pages whose name begins like this")
    names = tuple(parser.parse_args().names)
    screens = [screen for screen in SCREENS if not names or screen.name.startswith(names)]
    if find_chromium() is None:
        print("No Chromium was found: set CHROMIUM, or install the package chromium.", file=sys.stderr)
        return 1
    prepare_environment()
    import django

    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        stack = LiveStack(Path(folder) / "live", families=600)
        stack.folder.mkdir()
        try:
            stack.start()
            wrong = walk(stack, screens)
        finally:
            stack.stop()
    for line in wrong:
        print(line, file=sys.stderr)
    print(
        f"{len(screens)} pages at {len(SIZES)} widths in {FOLDER.relative_to(ROOT)}/, {len(wrong)} problems"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
