"""Orders on the portal's own pages: navigation, the worklist of orders at their end, panel, figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.accounts.scoping import CitizenViewer
from portal.ui import parts
from quarantine.figures import figure
from quarantine.models import Order, TestResult
from quarantine.models.order import OrderQuerySet
from quarantine.models.protocol import Mode
from quarantine.orders.worklists import at_end, end_rows
from quarantine.worklists import register_worklist

register_worklist(
    "end", 50, _("Hết cách ly"), lambda user: [at_end(user)], end_rows,
    "quarantine/orders/worklist_end.html", _("Không ai hết thời gian cách ly hôm nay."),
)  # fmt: skip

parts.navigation.register(
    parts.NavigationItem(
        key="quarantine",
        label=_("Cách ly"),
        group=_("Người dân"),
        url_name="quarantine:order_list",
        permission=Permission.SEE_HEALTH,
        order=40,
    )
)


def citizen_panel(viewer: CitizenViewer) -> Mapping[str, Any] | None:
    """Return the orders in force of the phone's people; None when they have neither orders nor results."""
    orders = list(Order.objects.visible_to(viewer).current().with_people())
    has_results = (
        bool(orders)
        or TestResult.objects.visible_to(viewer).exists()
        or Order.objects.visible_to(viewer).filter(status=Order.Status.COMPLETED).exists()
    )
    return {"orders": orders} if has_results else None


parts.citizen_panels.register(
    parts.CitizenPanel(
        key="quarantine", order=30, context=citizen_panel, template="quarantine/orders/citizen_panel.html"
    )
)


def orders_of_figures(user: User) -> OrderQuerySet:
    """Return the orders that a leader's figures count. Leaders see counts, never rows."""
    return Order.objects.filter(place__in=user.place_ids(Permission.SEE_FIGURES))


def in_quarantine(mode: Mode) -> Callable[[User], int]:
    return lambda user: orders_of_figures(user).current().filter(mode=mode).count()


figure("in-home", 60, _("Cách ly tại nhà"), in_quarantine(Mode.HOME), "info")
figure("in-facility", 61, _("Cách ly tập trung"), in_quarantine(Mode.FACILITY), "info")
figure("in-self", 62, _("Tự theo dõi sức khỏe"), in_quarantine(Mode.SELF), "info")
figure(
    "completed", 64, _("Đã hoàn thành cách ly"),
    lambda user: orders_of_figures(user).filter(status=Order.Status.COMPLETED).count(), "good",
)  # fmt: skip
