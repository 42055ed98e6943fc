"""Where the browser of the journeys is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

CANDIDATES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
PLAYWRIGHTS = (
    "~/.cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "~/Library/Caches/ms-playwright/chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
)


def find_chromium() -> str | None:
    """Return the program that `CHROMIUM` names, or the system's, or Playwright's; None when there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for candidate in CANDIDATES:
        if os.access(candidate, os.X_OK):
            return candidate
    for pattern in PLAYWRIGHTS:
        home, rest = Path.home(), pattern.removeprefix("~/")
        found = sorted(home.glob(rest))
        if found:
            return str(found[-1])
    return None


def browser_demanded() -> bool:
    """Say whether a missing browser is a failure."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}
