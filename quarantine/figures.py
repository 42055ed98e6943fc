"""Registration of quarantine's figures for leaders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.ui import parts


def figure(key: str, order: int, label: Any, value: Callable[[User], int], tone: str = "plain") -> None:
    parts.figures.register(
        parts.Figure(
            key=key, order=order, permission=Permission.SEE_FIGURES, label=label, value=value, tone=tone
        )
    )
