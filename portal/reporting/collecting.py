"""The rows that a list's own view would export, collected without a browser.

A view that ends in `export_response` hands over its rows here instead of a file. Filters and places are those of
the view; the rights are those that the user has at this moment.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIRequest
from django.db.models import QuerySet
from django.http import Http404
from django.urls import resolve
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.records.refusals import Refused
from portal.reporting.resources import ListResource


class NothingToExport(Refused):
    """The address is no list that this user may export."""

    def __str__(self) -> str:
        return _("Không xuất được danh sách này. Vui lòng mở lại trang danh sách rồi xuất lại.")


@dataclass
class Collected:
    """The rows of a list in their order, how each is written, what people call the list, and what it was narrowed by in words."""

    resource: ListResource
    queryset: QuerySet[Any]
    name: str
    filters: str = ""


class CollectingRequest(WSGIRequest):
    """A request to a list's own address, as `user`."""

    collected: Collected | None = None

    def __init__(self, address: str, user: User) -> None:
        parts = urlsplit(address)
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
        }
        super().__init__(environ)
        self.user = user
        # Nothing of either is stored: a page without an export may flash a message, and it is dropped.
        self.session = SessionStore()
        self._messages = SessionStorage(self)


def collect(address: str, user: User) -> Collected:
    """Return what the list at the address would export to the user. Raises `NothingToExport`."""
    try:
        request = CollectingRequest(address, user)
    except ValueError as error:  # no address at all, such as "http://["
        raise NothingToExport(address) from error
    if not request.path.startswith("/officer/") or "export" not in request.GET:
        raise NothingToExport(address)
    try:
        view, arguments, named = resolve(request.path)
        view(request, *arguments, **named)
    except (Http404, PermissionDenied) as error:
        raise NothingToExport(address) from error
    if request.collected is None:
        raise NothingToExport(address)
    return request.collected
