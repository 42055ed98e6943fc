"""The atoms of every page. `{% load ui %}`, then:

    {% icon "home" %}                     a drawing of ui/icons/, decorative; with label=… it speaks
    {% pill "good" label %}               a state in words; tones: good, wait, bad, info, plain
    {% status_pill obj %}                 obj.get_status_display in the tone of obj.STATUS_TONES[obj.status]
    {% clock deadline %}                  pill "còn 3 giờ 20 phút" or "quá hạn …", kept going by app.js
    {% qr text label=… %}                 QR code as inline SVG
    {{ phone|mask_phone }}                090•••4567      {{ number|mask_identity }}   •••4821
    {{ address|mask_email }}              h•••@example.vn
    {{ day|vn_date }}                     24/11/2026      {{ moment|vn_datetime }}     21:40 24/11/2026
    {{ moment|vn_time }}                  21:40           {{ day|vn_weekday }}         Thứ ba, 24/11
    {{ day|vn_day }}                      24/11           {{ n|count }}                1.286
    {{ n|money }}                         1.855.000 ₫
    {% with_query page=2 tab="late" %}    the query string with these values ("" or None takes one out)
    {% navigation_items as pages %}       the officer's navigation: shown and more, each with part, url, current
    {% back_to "repatriation:queue" %}    the way back to a page of the navigation, where the user has it (block back)
    {% officer_notices as notices %}      sentences above every page of this officer
    {% clock_formats %}                   attribute of <body> (the base pages have it)

Includes (`{% include "ui/…" %}`):

    ui/_errors.html      form                     summary on top of a refused form
    ui/_pagination.html  page                     under a list, from portal.ui.pagination.paginate
    ui/_filters.html     form, [reset_url]        a GET form in one bar
    ui/_empty.html       title, [text, url, action, icon]
    ui/_back.html        url, page                the way back to another page, under the heading (block back)
    ui/_steps.html       steps: a list of dicts   title, [text, time], state: done, now, todo, wrong
    ui/_messages.html                             (the base pages have it)

Layouts: ui/base_citizen.html, ui/base_officer.html (blocks: title, heading, lead, actions,
content, aside, scripts); ui/citizen_step.html (adds: step, steps_total, back_url;
blocks question_title, question, hint, before, fields, button, after).

Classes beside Bootstrap's (static/ui/portal.css; all of them live on /officer/style/ in the demo):

    btn btn-primary | btn-outline-primary | btn-outline-danger | btn-danger, btn-big: one wide button a page
    card-box, card-good, card-wait, card-bad; split: main and aside; tiles > tile (tile-bad …); big-number
    table-box > table.table.stack: cards on a phone; td.does: its buttons; td[data-label]; tr.late; th[scope=row]
    tabs > li > a[aria-current]; facts: dl > div > dt + dd; plain-list; plain-steps; row-actions; quiet; small
    scan: the one box of the checkpoint; line-state: a notice of the line; no-print, print-only

Attributes for app.js: data-key="F2" (the key presses it), data-keep-focus (the scan box), data-search ("/" goes
there), data-copy="text" data-done="words", data-print, data-dialog="id", data-with-script (hidden without one).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
from django import template
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portal.ui import formats, hotline, pagination, parts

register = template.Library()
# Pixels that a window of 1280 leaves between the portal's name and the user's; a label takes about so many.
NAVIGATION_ROOM, LETTER, AROUND = 600, 8.5, 28

TONES = {"good", "wait", "bad", "info", "plain"}
ICONS = Path(__file__).resolve().parent.parent / "templates" / "ui" / "icons"
CLOCK_WARNS = timedelta(hours=4)

for _filter in (
    formats.mask_phone,
    formats.mask_identity,
    formats.mask_email,
    formats.vn_date,
    formats.vn_day,
    formats.vn_time,
    formats.vn_datetime,
    formats.vn_weekday,
    formats.count,
    pagination.total_label,
    formats.money,
    hotline.dialled,
    hotline.tap_hotline,
):
    register.filter(_filter.__name__, _filter)


@lru_cache
def _drawing(name: str) -> str:
    path = ICONS / f"{name}.svg"
    if not path.is_file():
        raise template.TemplateSyntaxError(f"no icon {name!r} in {ICONS}")
    return path.read_text(encoding="utf-8").strip()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An inline drawing; without a label it is hidden from screen readers."""
    if label:
        attributes = format_html('class="icon" role="img" aria-label="{}"', label)
    else:
        attributes = mark_safe('class="icon" aria-hidden="true" focusable="false"')
    return mark_safe(_drawing(name).replace("<svg ", f"<svg {attributes} ", 1))  # noqa: S308 own file, escaped label


@register.simple_tag
def pill(tone: str, label: Any) -> SafeString:
    """A state in words, with a shape and a colour for its tone."""
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"unknown tone {tone!r}")
    return format_html('<span class="pill pill-{}">{}</span>', tone, label)


@register.simple_tag
def status_pill(obj: Any) -> SafeString:
    """The status of an object whose model has STATUS_TONES (status → tone; a status not named is plain).

    A cancelled one says by whom, where the page has asked (`portal.records.ended`).
    """
    label = obj.get_status_display()
    if who := getattr(obj, "cancelled_by", ""):
        label = f"{label} · {who}"
    return pill(obj.STATUS_TONES.get(obj.status, "plain"), label)


@register.simple_tag
def clock(deadline: datetime | None, now: datetime | None = None) -> SafeString:
    """How long until the deadline, or how late."""
    if deadline is None:
        return SafeString("")
    left = deadline - (now or timezone.now())
    tone = "bad" if left <= timedelta(0) else "wait" if left <= CLOCK_WARNS else "info"
    return format_html(
        '<time class="pill pill-{}" datetime="{}" data-deadline title="{}">{}</time>',
        tone,
        deadline.isoformat(),
        formats.vn_datetime(deadline),
        formats.clock_text(deadline, now),
    )


@register.simple_tag
def clock_formats() -> SafeString:
    """The sentences of a clock as an attribute, in the page's language."""
    return format_html('data-clock-formats="{}"', json.dumps(formats.clock_formats(), ensure_ascii=False))


@register.simple_tag
def qr(text: str, label: str = "", error: str = "m") -> SafeString:
    """A QR code as inline SVG, black on white with its quiet zone, as wide as its box."""
    code = segno.make(text, error=error, micro=False)
    svg = code.svg_inline(border=4, light="#fff", omitsize=True, svgclass=None, lineclass=None)
    attributes = format_html('class="qr" role="img" aria-label="{}"', label or text)
    return mark_safe(svg.replace("<svg ", f"<svg {attributes} ", 1))  # noqa: S308 segno's own drawing, escaped label


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **values: Any) -> str:
    """The current query string with some values changed; the page starts again unless it is given."""
    query: QueryDict = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in values.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


def _room_for(labels: list[str]) -> int:
    """How many of these entries stand side by side; the rest goes into the menu of other pages."""
    shown, left = 0, float(NAVIGATION_ROOM)
    for label in labels:
        left -= LETTER * len(label) + AROUND
        if left < 0:
            return shown
        shown += 1
    return shown


@register.simple_tag(takes_context=True)
def navigation_items(context: dict[str, Any]) -> dict[str, Any]:
    """Navigation of the user who looks: `shown`, and where the head of the page has no room for all, `more`: groups
    with `title` and `entries`. Each item has `part`, `url` and whether it is the current one."""
    request = context.get("request")
    if request is None:
        return {"shown": [], "more": []}
    items: list[tuple[parts.NavigationItem, str]] = [
        (part, reverse(part.url_name)) for part in parts.navigation.all_for(request.user)
    ]
    inside = [url for _part, url in items if request.path.startswith(url)]
    current = max(inside, key=len, default="")
    told = [{"part": part, "url": url, "current": url == current} for part, url in items]
    room = _room_for([str(part.label) for part, _url in items])
    more = told[room:]
    return {
        "shown": told[:room],
        "more": _by_group(more),
        "more_current": any(item["current"] for item in more),
    }


def _by_group(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Group entries by their subject, each subject where its first entry stands; one group needs no title."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        groups.setdefault(str(item["part"].group), []).append(item)
    return [{"title": title if len(groups) > 1 else "", "entries": found} for title, found in groups.items()]


@register.inclusion_tag("ui/_back.html", takes_context=True)
def back_to(context: dict[str, Any], *url_names: str, query: str = "") -> dict[str, Any]:
    """Lead back to the first of these pages that the user has in the navigation, under its name there."""
    own = {part.url_name: part.label for part in parts.navigation.all_for(context["request"].user)}
    for name in url_names:
        if name in own:
            return {"url": reverse(name) + query, "page": own[name]}
    return {}


@register.simple_tag(takes_context=True)
def officer_notices(context: dict[str, Any]) -> list[parts.Text]:
    """Return the warnings that stand above every page of the user who looks."""
    request = context.get("request")
    if request is None:
        return []
    made = (part.make() for part in parts.officer_notices.all_for(request.user))
    return [sentence for sentence in made if sentence]
