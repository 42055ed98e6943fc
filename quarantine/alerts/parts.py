"""Alerts on the portal's own pages: first in “Hôm nay”, in the navigation, and on a person's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.ui import parts
from quarantine.alerts.worklists import alert_rows, alerts_in_hand, alerts_to_take, in_hand_rows, with_stays
from quarantine.models import Alert, Contact
from quarantine.worklists import register_worklist

TEMPLATE = "quarantine/alerts/worklist.html"

register_worklist(
    "red", 1, _("Cần xử lý ngay"), lambda user: [alerts_to_take(user)], alert_rows,
    TEMPLATE, _("Không ai dương tính, sốt cao hay có dấu hiệu nặng mà chưa có người xử lý."), is_urgent=True,
)  # fmt: skip
register_worklist(
    "red_taken", 21, _("Đang xử lý"), lambda user: [alerts_in_hand(user)], in_hand_rows,
    TEMPLATE, _("Cảnh báo đã có người nhận xử lý hiện ở đây, tới khi ghi xong."),
)  # fmt: skip

parts.navigation.register(
    parts.NavigationItem(
        key="alerts",
        label=_("Cảnh báo"),
        group=_("Người dân"),
        url_name="quarantine:alert_list",
        permission=Permission.SEE_HEALTH,
        order=34,
    )
)


def person_panel(person: Person, user: User) -> Mapping[str, Any] | None:
    """Return the person's alerts, and of whom they are a contact, as far as the user sees them."""
    alerts = Alert.objects.visible_to(user).filter(person=person).select_related("place", "person")[:5]
    contacts = Contact.objects.visible_to(user).filter(person=person).select_related("alert__person")[:10]
    shown = list(contacts)
    if not (shown or alerts):
        return None
    mine = Alert.objects.visible_to(user).filter(pk__in=[contact.alert_id for contact in shown])
    open_to_me = set(mine.values_list("pk", flat=True))
    return {"alerts": with_stays(alerts), "contacts": shown, "open_to_me": open_to_me}


parts.person_panels.register(
    parts.PersonPanel(
        key="alerts",
        order=5,
        permission=Permission.SEE_HEALTH,
        context=person_panel,
        template="quarantine/alerts/_person.html",
    )
)
