"""Actions on daily checks: report a day, mark a red flag as seen."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.records.actors import Actor, as_actor
from portal.records.log import record
from portal.records.refusals import Refused
from quarantine.alerts.actions import raise_alert, take_alert
from quarantine.models import Alert, DailyCheck, Order
from quarantine.models.check import red_signs_of


@transaction.atomic
def report_day(
    order: Order,
    *,
    temperature: Decimal | None = None,
    spo2: int | None = None,
    symptoms: Sequence[str] = (),
    note: str = "",
    by: User | Actor,
) -> DailyCheck:
    """Write down how the person is today. The same report sent twice changes nothing.

    A second report of the day replaces the first one's answers. Its red signs are added to those of the
    first, and a new red sign makes the check unseen again and raises the person's alert.

    Raises `Refused` when the order is not in force.
    """
    orders = Order.objects.select_related("person__responsible_place", "person__home_commune")
    order = orders.select_for_update(of=("self",)).get(pk=order.pk)  # one report at a time
    today = timezone.localdate()
    if order.status != Order.Status.ACTIVE or order.starts_on > today:
        raise Refused(_("Hôm nay không cần khai: thời gian cách ly chưa bắt đầu hoặc đã kết thúc."))
    answers = {"temperature": temperature, "spo2": spo2, "symptoms": list(symptoms), "note": note}
    check = DailyCheck.objects.filter(order=order, on_date=today).first()
    if check is not None and all(getattr(check, name) == value for name, value in answers.items()):
        return check
    check = check or DailyCheck(order=order, on_date=today)
    for name, value in answers.items():
        setattr(check, name, value)
    new_signs = [
        sign for sign in red_signs_of(temperature, spo2, list(symptoms)) if sign not in check.red_signs
    ]
    if new_signs:
        check.is_red, check.red_signs = True, [*check.red_signs, *new_signs]
        check.seen_at = check.seen_by = None
    check.entered_by = as_actor(by).user
    check.save()
    record(check, "report", by=by, data={"date": str(today)})
    if new_signs:
        raise_alert(order.person, signs=new_signs, by=by)
    return check


@transaction.atomic
def see_red_flag(check: DailyCheck, *, by: User) -> DailyCheck:
    """Take the person's alert over from the check's page. Pressed twice, the first officer stays."""
    row = DailyCheck.objects.select_for_update(of=("self",)).select_related("order").get(pk=check.pk)
    if row.is_red and row.seen_at is None:
        row.seen_at, row.seen_by = timezone.now(), by
        row.save(update_fields=["seen_at", "seen_by"])
        record(row, "see", by=by)
        alert = Alert.objects.filter(person=row.order.person_id, status=Alert.Status.OPEN).first()
        if alert is not None:
            take_alert(alert, by=by)
    return row
