"""Which campaigns take registrations now, and how a line announces them."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from portal.places.models import lower_type
from portal.ui.formats import vn_date
from repatriation.models import Campaign


def open_campaigns() -> list[Campaign]:
    """Newest first, with their areas of origin."""
    return list(Campaign.objects.open().prefetch_related("origins"))


def days(first: dt.date, last: dt.date) -> str:
    """`24–30/11`, or `24/11–3/12`, or with the years where they differ."""
    if first.year != last.year:
        return f"{vn_date(first)}–{vn_date(last)}"
    if first.month != last.month:
        return f"{first.day}/{first.month}–{last.day}/{last.month}"
    return f"{first.day}–{last.day}/{last.month}" if first != last else f"{first.day}/{first.month}"


def announcement(campaign: Campaign) -> str:
    """One sentence: when, and from where."""
    origins = ", ".join(lower_type(origin) for origin in campaign.origins.all())
    when = days(campaign.starts_on, campaign.ends_on)
    if not origins:
        return _("Đợt đón công dân %(days)s đang nhận đăng ký.") % {"days": when}
    return _("Đợt đón công dân %(days)s từ %(places)s đang nhận đăng ký.") % {"days": when, "places": origins}
