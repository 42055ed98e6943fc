"""What people see when their link does not open any more."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from citizens.links import LinkRefused


def refused(request: HttpRequest, error: LinkRefused) -> HttpResponse:
    """410 for a link past its time or withdrawn, 404 for one that never was; both say what to do next."""
    status = 410 if error.expired else 404
    return render(request, error.template, {"expired": error.expired}, status=status)
