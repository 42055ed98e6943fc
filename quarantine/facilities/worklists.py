"""Who is expected at facilities, who is inside, and who waits for the province to name one."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef

from portal.accounts.models import User
from portal.accounts.roles import Permission
from quarantine.models import Alert, Order, Stay
from quarantine.models.alert import AlertQuerySet
from quarantine.models.facility import StayQuerySet
from quarantine.models.order import OrderQuerySet
from quarantine.models.protocol import Mode


def with_health(stays: StayQuerySet) -> StayQuerySet:
    """Tell of each stay whether the person is positive (`has_positive`), and of an alert that is not settled."""
    alerts = Alert.objects.filter(person=OuterRef("person"))
    return stays.annotate(
        has_positive=Exists(alerts.filter(is_positive=True, raised_at__gte=OuterRef("created_at")))
        | Exists(alerts.unsettled().filter(is_positive=True)),
        has_alert=Exists(alerts.unsettled()),
    )


def expected(user: User) -> StayQuerySet:
    """Return who is expected at the user's facilities, those with a positive test first."""
    rows = with_health(Stay.objects.at(user).filter(status=Stay.Status.EXPECTED))
    rows = rows.select_related("person", "facility__place", "place")
    return rows.order_by("-has_positive", "-has_alert", "created_at", "pk")


def inside(user: User) -> StayQuerySet:
    rows = with_health(Stay.objects.at(user).filter(status=Stay.Status.INSIDE))
    rows = rows.select_related("person", "facility__place", "place")
    return rows.order_by("-has_alert", "person__sort_key", "pk")


def to_name(user: User) -> StayQuerySet:
    return Stay.objects.to_name(user)


def to_name_rows(user: User, limit: int) -> list[Stay]:
    rows = list(to_name(user).select_related("person", "place").order_by("created_at", "pk")[:limit])
    for row in rows:
        row.shows_health = user.may(Permission.SEE_HEALTH, row.place)
    return rows


def add_orders(stays: list[Stay]) -> None:
    """Load the order in force of each person, as `stay.order`: it says until when they stay."""
    orders = Order.objects.current().filter(person__in=[stay.person_id for stay in stays])
    by_person = {order.person_id: order for order in orders}
    for stay in stays:
        stay.order = by_person.get(stay.person_id)  # type: ignore[attr-defined]


def left_today(user: User) -> StayQuerySet:
    rows: StayQuerySet = Stay.objects.left_today(user).select_related("person")
    return rows.order_by("-until_at", "pk")


def here_or_left_today(user: User) -> StayQuerySet:
    """Return the stays that the user's facilities may change: who left today counts too, for an undo."""
    return Stay.objects.at(user) | Stay.objects.left_today(user)


def alerts_here(user: User) -> AlertQuerySet:
    """Return the alerts that are not settled of people whom the user's facilities expect or house."""
    here, by_order = Stay.objects.at(user).values("person"), orders_here(user).values("person")
    rows = Alert.objects.visible_to(user).unsettled()
    return rows.filter(person__in=here) | rows.filter(person__in=by_order)


def orders_here(user: User) -> OrderQuerySet:
    rows: OrderQuerySet = Order.objects.visible_to(user, Permission.SEE_FACILITY)
    return rows.current().filter(mode=Mode.FACILITY)


def by_order_alone(user: User) -> OrderQuerySet:
    """Return the orders of people who are here by an order of this place, and have no stay."""
    return orders_here(user).exclude(person__in=Stay.objects.at(user).values("person"))


def leaving(user: User, *, until: dt.date, after: dt.date | None = None) -> int:
    """Count who is inside and whose order ends by `until` (and later than `after`)."""
    people = Stay.objects.at(user).filter(status=Stay.Status.INSIDE).values("person")
    rows = Order.objects.current().filter(person__in=people, ends_on__lte=until)
    return (rows.filter(ends_on__gt=after) if after else rows).count()
