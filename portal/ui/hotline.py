"""The hotline's number on a page can be tapped, wherever it stands."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe


def dialled(number: str) -> str:
    """A phone number as `tel:` takes it: digits, with the plus before them."""
    return re.sub(r"(?!^\+)[^0-9]", "", str(number).strip())


def hotline_link() -> SafeString:
    """The hotline's number, to be tapped."""
    number = settings.PORTAL_HOTLINE
    return format_html('<a class="hotline" href="tel:{}">{}</a>', dialled(number), number)


def tap_hotline(sentence: Any) -> SafeString:
    """A sentence for people, in which the hotline's number can be tapped."""
    number = conditional_escape(settings.PORTAL_HOTLINE)
    # A flashed message is safe only once it is a string.
    return mark_safe(conditional_escape(str(sentence)).replace(number, hotline_link()))  # noqa: S308 both are escaped
