"""The inbox of a demo: every message that the portal sent, as the phone would show it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.notifications.models import Message
from portal.ui.pagination import paginate


@login_not_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show every message, in a demo on the console channel only: everybody sees codes and secret links."""
    if not (settings.PORTAL_DEMO and settings.PORTAL_CHANNEL == "console"):
        raise Http404
    query = "".join(character for character in request.GET.get("q", "") if character.isdigit())
    messages = Message.objects.order_by("-id")
    if query:
        messages = messages.filter(phone__endswith=query.lstrip("0"))
    page = paginate(request, messages, per_page=25)
    return render(request, "notifications/inbox.html", {"page": page, "query": request.GET.get("q", "")})
