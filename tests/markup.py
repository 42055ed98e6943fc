"""HTML for comparison: how a template is broken into lines says nothing about the page."""

from __future__ import annotations

import re


def one_line(html: str) -> str:
    """The HTML with each run of whitespace as one space, and none before the end of a tag."""
    return re.sub(r" (?=/?>)", "", " ".join(html.split()))
