"""The reminder of the daily check."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from portal.notifications.outbox import notify
from quarantine.links import daily_link
from quarantine.models import Order, Reminder


@transaction.atomic
def remind(order: Order) -> bool:
    """Remind the phone of this order once a day, whoever calls. Returns whether this call did.

    The `Reminder` that prevents a second message is written in the transaction of the message.
    """
    phone = order.person.phone
    if not phone:
        return False
    _row, first = Reminder.objects.get_or_create(phone=phone, on_date=timezone.localdate())
    if first:
        notify(
            "order_reminder",
            phone=phone,
            about=order,
            context={"name": order.person.full_name},
            secrets={"link": daily_link(order)},
            expires_at=timezone.localtime().replace(hour=22, minute=0, second=0, microsecond=0),
        )
    return first
