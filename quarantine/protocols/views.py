"""The page with the table of protocols."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from portal.accounts.guards import officer
from portal.accounts.roles import Permission
from quarantine.protocols.choosing import protocol_table


@require_GET
@officer(Permission.SEE_HEALTH, Permission.SEE_FACILITY, Permission.MANAGE_REFERENCE)
def protocols(request: HttpRequest) -> HttpResponse:
    """Show every protocol with its document, and which of them apply today."""
    today = timezone.localdate()
    return render(request, "quarantine/protocols/protocols.html", {"rows": protocol_table(today)})
