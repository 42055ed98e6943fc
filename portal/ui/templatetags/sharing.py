"""How a citizen's page describes itself to search engines, and to a chat app in which its address is sent.

    {% load sharing %}{% sharing %}       in the head of the citizens' base page

A page that anybody may find says what it is for in `{% block description %}`; its title is `{% block title %}`.
A page without that block may be somebody's own, behind a link or a code: it is described as the portal alone, and
asks search engines to leave it out.
"""

from __future__ import annotations

from html import unescape
from typing import Any

from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static

register = template.Library()


@register.inclusion_tag("ui/_sharing.html", takes_context=True)
def sharing(context: RequestContext) -> dict[str, Any]:
    request = context.get("request")
    description = _block(context, "description")
    return {
        "PORTAL_NAME": settings.PORTAL_NAME,
        "PROVINCE": settings.PORTAL_PROVINCE_NAME,
        "description": description,
        "title": _block(context, "title") if description else "",
        "address": f"{settings.PORTAL_BASE_URL}{request.path}" if request and description else "",
        "picture": f"{settings.PORTAL_BASE_URL}{static('ui/share.png')}",
    }


def _block(context: RequestContext, name: str) -> str:
    """Return the text of a block of the page that is being rendered; empty where the page has none."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks is not None else None
    if block is None:
        return ""
    with context.push():
        return " ".join(unescape(block.render(context)).split())
