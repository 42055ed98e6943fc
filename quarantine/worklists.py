"""Registration of quarantine's worklists in “Hôm nay”, for officers who see health data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.ui import parts


def register_worklist(
    key: str,
    order: int,
    title: Any,
    waits: Callable[[User], Sequence[QuerySet[Any]]],
    rows: Callable[[User, int], Sequence[Any]],
    template: str,
    empty_text: Any,
    *,
    is_urgent: bool = False,
    permission: Permission = Permission.SEE_HEALTH,
) -> None:
    parts.worklist.register(
        parts.WorklistPart(
            key=key,
            order=order,
            permission=permission,
            title=title,
            waits=waits,
            rows=rows,
            template=template,
            empty_text=empty_text,
            is_urgent=is_urgent,
        )
    )
