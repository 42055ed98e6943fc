"""Parts of the portal's pages about registrations and campaigns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.accounts.scoping import CitizenViewer
from portal.ui import parts
from repatriation.models import Registration
from repatriation.models.campaign import announcement, open_campaigns
from repatriation.models.registration import Status

# Citizens


def campaign_notice() -> parts.Notice | None:
    campaigns = open_campaigns()
    if not campaigns:
        return None
    if len(campaigns) > 1:
        others = len(campaigns) - 1
        more = ngettext("Còn %(n)d đợt khác.", "Còn %(n)d đợt khác.", others) % {"n": others}
        text, url = f"{announcement(campaigns[0])} {more}", reverse("repatriation:campaigns")
    else:
        text = announcement(campaigns[0])
        url = reverse("repatriation:campaign", args=[campaigns[0].slug])
    return parts.Notice(text=text, url=url, link_text=_("Xem điều kiện"))


def my_registrations(viewer: CitizenViewer) -> Mapping[str, Any] | None:
    mine = Registration.objects.visible_to(viewer)
    rows = mine.exclude(status=Status.DRAFT).prefetch_related("members__person")
    drafts = mine.filter(status=Status.DRAFT).select_related("campaign").order_by("-draft_saved_at")
    context = {"rows": list(rows.order_by("-registered_at")[:20]), "drafts": list(drafts[:5])}
    return context if any(context.values()) else None


parts.home_choices.register(
    parts.HomeChoice(
        key="register",
        order=10,
        label=_("Đăng ký về quê"),
        hint=_("Cho cả gia đình, khoảng 5 phút"),
        icon="home",
        url_name="repatriation:register",
    )
)
parts.home_notices.register(parts.HomeNotice(key="campaign", order=10, make=campaign_notice))
parts.citizen_panels.register(
    parts.CitizenPanel(
        key="registrations",
        order=10,
        context=my_registrations,
        template="repatriation/registration/_panel.html",
    )
)
