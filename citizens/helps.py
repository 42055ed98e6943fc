"""Ways out for somebody whose phone is not the one that was written down: each app registers its own.

register_help(_("Đăng ký về quê khai nhầm số?"), _("Xin đổi số"), "repatriation:wrong_phone")
"""

from __future__ import annotations

from typing import NamedTuple

from portal.ui.parts import Text


class Help(NamedTuple):
    """A question, and where its answer lies."""

    question: Text
    label: Text
    url_name: str


_helps: list[Help] = []


def register_help(question: Text, label: Text, url_name: str) -> None:
    if any(one.url_name == url_name for one in _helps):
        raise ValueError(f"{url_name!r} is registered twice")
    _helps.append(Help(question, label, url_name))


def all_helps() -> list[Help]:
    return list(_helps)
