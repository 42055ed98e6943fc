"""Pages of a list that cost the same however long the list is.

A page fetches one row more than it shows, so "next" needs no count; the total is counted up to `COUNT_CAP`
only and shown as "hơn 1.000" beyond.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.inputs import whole_number
from portal.ui.formats import count as number

PARAMETER = "page"
COUNT_CAP = 1_001  # counted no further
MAX_PAGE = 200  # who needs more narrows the search


def total_label(total: int) -> str:
    """`286`, or `hơn 1.000` when counting stopped."""
    return _("hơn %(count)s") % {"count": number(COUNT_CAP - 1)} if total >= COUNT_CAP else number(total)


@dataclass(frozen=True)
class Page:
    """One page of rows, with what the template needs to walk on."""

    rows: Sequence[Any]
    number: int
    per_page: int
    total: int  # capped at COUNT_CAP
    has_next: bool
    query: str  # the rest of the query string, ready to be followed by "page=3"

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def next_url(self) -> str:
        return f"?{self.query}{PARAMETER}={self.number + 1}"

    @property
    def previous_url(self) -> str:
        return (
            f"?{self.query}{PARAMETER}={self.number - 1}" if self.number > 2 else f"?{self.query.rstrip('&')}"
        )

    @property
    def first(self) -> int:
        return (self.number - 1) * self.per_page + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * self.per_page + len(self.rows)

    @property
    def total_label(self) -> str:
        return total_label(self.total)


def paginate(
    request: HttpRequest, queryset: QuerySet[Any], per_page: int = 50, *, total: int | None = None
) -> Page:
    """The page that the query string asks for; a wrong number is the first page.

    One query, and another that counts where more rows follow than the page shows and the caller does not know
    the `total`.
    """
    page_number = min(whole_number(request.GET.get(PARAMETER, ""), least=1) or 1, MAX_PAGE)
    start = (page_number - 1) * per_page
    rows = list(queryset[start : start + per_page + 1])
    if rows and len(rows) <= per_page:  # the last page knows how many there are
        total = start + len(rows)
    elif total is None:
        total = queryset.order_by()[:COUNT_CAP].count()
    query = request.GET.copy()
    query.pop(PARAMETER, None)
    encoded = query.urlencode()
    return Page(
        rows=rows[:per_page],
        number=page_number,
        per_page=per_page,
        total=min(total, COUNT_CAP),
        has_next=len(rows) > per_page and page_number < MAX_PAGE,
        query=f"{encoded}&" if encoded else "",
    )
