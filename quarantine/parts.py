"""What quarantine shows on the portal's own pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.accounts.scoping import CitizenViewer
from portal.ui import parts
from quarantine.health_book import health_book
from quarantine.models import Order, TestResult
from quarantine.models.order import OrderQuerySet
from quarantine.models.protocol import Mode
from quarantine.rules import may_add_health_record
from quarantine.worklists import (
    at_end,
    due_test_rows,
    due_tests,
    end_rows,
    red_flags,
    red_rows,
    silent,
    silent_rows,
)


def worklist(
    key: str,
    order: int,
    title: Any,
    waits: Callable[[User], Sequence[QuerySet[Any]]],
    rows: Callable[[User, int], Sequence[Any]],
    template: str,
    empty_text: Any,
) -> None:
    parts.worklist.register(
        parts.WorklistPart(
            key=key,
            order=order,
            permission=Permission.SEE_HEALTH,
            title=title,
            waits=waits,
            rows=rows,
            template=template,
            empty_text=empty_text,
        )
    )


worklist(
    "red", 20, _("Dấu hiệu nặng"), red_flags, red_rows,
    "quarantine/worklist_red.html", _("Không ai có dấu hiệu nặng chưa được xử lý."),
)  # fmt: skip
worklist(
    "silent", 30, _("Chưa khai sức khỏe"), lambda user: [silent(user)], silent_rows,
    "quarantine/worklist_silent.html", _("Mọi người đang cách ly đều đã khai sức khỏe."),
)  # fmt: skip
worklist(
    "tests", 40, _("Đến hạn xét nghiệm"), lambda user: [due_tests(user)], due_test_rows,
    "quarantine/worklist_tests.html", _("Không ai đến hạn xét nghiệm hôm nay."),
)  # fmt: skip
worklist(
    "end", 50, _("Hết cách ly"), lambda user: [at_end(user)], end_rows,
    "quarantine/worklist_end.html", _("Không ai hết thời gian cách ly hôm nay."),
)  # fmt: skip

parts.navigation.register(
    parts.NavigationItem(
        key="quarantine",
        label=_("Cách ly"),
        url_name="quarantine:order_list",
        permission=Permission.SEE_HEALTH,
        order=40,
    )
)
parts.navigation.register(
    parts.NavigationItem(
        key="facility",
        label=_("Cơ sở cách ly"),
        url_name="quarantine:facility",
        permission=Permission.SEE_FACILITY,
        order=35,
    )
)
parts.home_choices.register(
    parts.HomeChoice(
        key="daily",
        label=_("Khai báo sức khỏe hôm nay"),
        hint=_("Người đang cách ly, theo dõi tại nhà"),
        icon="health",
        url_name="quarantine:daily_home",
        order=30,
    )
)
parts.home_choices.register(
    parts.HomeChoice(
        key="results",
        label=_("Kết quả xét nghiệm, tiêm chủng"),
        hint=_("Và giấy xác nhận có mã QR"),
        icon="test",
        url_name="quarantine:results",
        order=50,
    )
)


def person_panel(person: Person, user: User) -> Mapping[str, Any] | None:
    """Quarantine, tests and vaccination of one person; nothing for who may not see health."""
    if not (user.may(Permission.SEE_HEALTH) or user.may(Permission.SEE_FACILITY)):
        return None
    (health,) = health_book(user, [person])
    return {"health": health, "may_add": may_add_health_record(user, person)}


parts.person_panels.register(
    parts.PersonPanel(
        key="quarantine", order=30, context=person_panel, template="quarantine/person_panel.html"
    )
)


def citizen_panel(viewer: CitizenViewer) -> Mapping[str, Any] | None:
    """Who of the phone's people is in quarantine, and where results are."""
    orders = list(Order.objects.visible_to(viewer).current().with_people())
    has_results = (
        bool(orders)
        or TestResult.objects.visible_to(viewer).exists()
        or Order.objects.visible_to(viewer).filter(status=Order.Status.COMPLETED).exists()
    )
    return {"orders": orders} if has_results else None


parts.citizen_panels.register(
    parts.CitizenPanel(
        key="quarantine", order=30, context=citizen_panel, template="quarantine/citizen_panel.html"
    )
)


def orders_of_figures(user: User) -> OrderQuerySet:
    """Leaders see how many, never who: their right opens counts, no rows."""
    return Order.objects.filter(place__in=user.place_ids(Permission.SEE_FIGURES))


def in_quarantine(mode: Mode) -> Callable[[User], int]:
    return lambda user: orders_of_figures(user).current().filter(mode=mode).count()


def positives_today(user: User) -> int:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    places = user.place_ids(Permission.SEE_FIGURES)
    found = TestResult.objects.filter(outcome=TestResult.Outcome.POSITIVE, created_at__gte=midnight)
    return found.filter(person__responsible_place__in=places).values("person").distinct().count()


def figure(key: str, order: int, label: Any, value: Callable[[User], int], tone: str = "plain") -> None:
    parts.figures.register(
        parts.Figure(
            key=key, order=order, permission=Permission.SEE_FIGURES, label=label, value=value, tone=tone
        )
    )


figure("in-home", 60, _("Cách ly tại nhà"), in_quarantine(Mode.HOME), "info")
figure("in-facility", 61, _("Cách ly tập trung"), in_quarantine(Mode.FACILITY), "info")
figure("in-self", 62, _("Tự theo dõi sức khỏe"), in_quarantine(Mode.SELF), "info")
figure("positive", 63, _("Dương tính ghi nhận hôm nay"), positives_today, "bad")
figure(
    "completed", 64, _("Đã hoàn thành cách ly"),
    lambda user: orders_of_figures(user).filter(status=Order.Status.COMPLETED).count(), "good",
)  # fmt: skip
