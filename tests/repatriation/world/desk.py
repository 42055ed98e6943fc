"""What the tests of the officers' lists share: addresses, exports, and who stands on a page."""

from __future__ import annotations

import io
from typing import Any

from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from portal.accounts.models import User
from portal.records.models import Read


def url(name: str, *args: Any) -> str:
    return reverse(f"repatriation:{name}", args=args)


def sheet(browser: Client, address: str, **query: Any) -> list[tuple[Any, ...]]:
    answer = browser.get(address, {"export": "xlsx", **query})
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    rows = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    return list(rows)


def exported(user: User) -> list[int]:
    """The ids that the last export was logged with."""
    read = Read.objects.filter(kind="export", user=user).latest("pk")
    return sorted(read.subject_ids)


def codes_in(page: Any) -> list[str]:
    return [row.code for row in page.context["page"]]
