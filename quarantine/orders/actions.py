"""Actions on quarantine orders: open, transfer, extend, complete."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.models import User
from portal.notifications.outbox import notify
from portal.places.models import Place
from portal.records.actors import Actor
from portal.records.log import record
from portal.records.refusals import Refused
from portal.records.transitions import transition
from portal.ui.bilingual import Bilingual, bilingual
from portal.ui.formats import vn_date
from quarantine.alerts.actions import move_alerts
from quarantine.certificates.actions import issue_certificate
from quarantine.links import daily_link, results_address
from quarantine.models import DailyCheck, Numbering, Order, Protocol, ScheduledTest, TestResult
from quarantine.models.protocol import Mode
from quarantine.numbers import next_number
from quarantine.protocols.choosing import choose_protocol, protection_of

MOST_EXTRA_DAYS = 30
NO_TIME = dt.timedelta()


@transaction.atomic
def open_order(
    person: Person,
    *,
    place: Place,
    address: str = "",
    starts_on: dt.date,
    by: User | Actor,
    person_class: str = Protocol.PersonClass.RETURNEE,
    mode: str | None = None,
) -> Order:
    """Open a person's order by the protocol in force on its first day, and start it.

    `place` answers for it: the commune or the facility. `mode` overrides the protocol's (somebody sent to
    a facility). An open order of the person at this place is returned as it is; one of another place
    is transferred here. The family gets one message: none is sent when another person with the same
    phone has an order at the same place from the same day.
    Raises `Refused` when no protocol covers the person.
    """
    lock_person(person)
    if (existing := _open_order_of(person)) is not None:
        if existing.place_id == place.pk:
            return existing
        return _transfer(existing, place=place, address=address, mode=mode, by=by)
    protected = protection_of(person, starts_on)
    protocol = choose_protocol(person_class, protected.protection, starts_on)
    ends_on = starts_on + dt.timedelta(days=protocol.days)
    order = Order.objects.create(
        person=person,
        protocol=protocol,
        **_because(explanation(protected.why, protocol, mode)),
        number=next_number(Numbering.Kind.ORDER, place, timezone.localdate().year),
        mode=mode or protocol.mode,
        place=place,
        address=address[:200],
        starts_on=starts_on,
        ends_on=ends_on,
        follow_up_until=ends_on + dt.timedelta(days=protocol.follow_up_days),
    )
    ScheduledTest.objects.bulk_create(
        ScheduledTest(order=order, day=day, due_on=starts_on + dt.timedelta(days=day))
        for day in protocol.test_days
    )
    record(order, "order", by=by, data={"number": order.number, "protocol": str(protocol.document)})
    order = transition(order, "start", by=by)
    notify_family(order)
    return order


def lock_person(person: Person) -> None:
    """Lock the person's row: orders, results and doses of one person are written one after the other."""
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


def _open_order_of(person: Person) -> Order | None:
    """Return the person's open order, locked.

    The second query finds the order that continues one that was closed while the first waited for the lock.
    """
    rows = Order.objects.open().filter(person=person).select_related("person", "place", "protocol")
    rows = rows.select_for_update(of=("self",))
    return rows.first() or rows.first()


def _transfer(old: Order, *, place: Place, address: str, mode: str | None, by: User | Actor) -> Order:
    """Close the order of another place and open one here that continues it, with the same days."""
    old = transition(old, "transfer", by=by, data={"to": place.code})
    why = bilingual(
        lambda: (
            _("Chuyển đến %(place)s từ quyết định số %(number)s của %(before)s.")
            % {"place": place.name, "number": old.number, "before": old.place.name}
        )
    )
    new = _continue(
        old,
        by=by,
        chosen_because=explanation(why, old.protocol, mode),
        mode=mode or old.protocol.mode,
        place=place,
        address=address[:200],
    )
    move_alerts([old.person_id], to=place, by=by)
    notify_family(new, "order_transferred", place=place.name, until=vn_date(new.ends_on))
    return new


def _continue(
    old: Order,
    *,
    by: User | Actor,
    chosen_because: Bilingual,
    reason: str = "",
    mode: str = "",
    place: Place | None = None,
    address: str | None = None,
    extra: dt.timedelta = NO_TIME,
) -> Order:
    """Open the order that continues a closed one, and move its checks and tests there.

    An argument that is not given is taken from the closed order.
    """
    new = Order.objects.create(
        person=old.person,
        protocol=old.protocol,
        **_because(chosen_because),
        number=next_number(Numbering.Kind.ORDER, place or old.place, timezone.localdate().year),
        mode=mode or old.mode,
        place=place or old.place,
        address=old.address if address is None else address,
        starts_on=old.starts_on,
        ends_on=old.ends_on + extra,
        follow_up_until=old.follow_up_until + extra,
        continues=old,
    )
    DailyCheck.objects.filter(order=old).update(order=new)
    ScheduledTest.objects.filter(order=old).update(order=new)
    record(new, "order", by=by, reason=reason, data={"number": new.number, "continues": old.number})
    return transition(new, "start", by=by)


def explanation(why: Bilingual, protocol: Protocol, mode: str | None) -> Bilingual:
    """Return why the protocol and the mode apply. The Vietnamese is part of the decision."""

    def say() -> str:
        reason = why.en if translation.get_language() == "en" else why.vi
        text = _("%(why)s Theo %(document)s.") % {"why": reason, "document": protocol.document}
        if mode and mode != protocol.mode:
            text = _("%(text)s Hình thức do nơi tiếp nhận quyết định: %(mode)s.") % {
                "text": text,
                "mode": str(Mode(mode).label).lower(),
            }
        return text

    return bilingual(say)


def _because(why: Bilingual) -> dict[str, str]:
    """Return the fields of an order that say why it applies."""
    return {"chosen_because": why.vi[:300], "chosen_because_en": why.en[:300]}


def notify_family(order: Order, kind: str = "order_opened", **context: str) -> None:
    """Notify the phone of the order, unless another person with it has an order here from the same day.

    The link in the message serves everybody under the phone.
    """
    same_family = Order.objects.current().filter(
        person__phone=order.person.phone, place=order.place_id, starts_on=order.starts_on
    )
    if order.person.phone and not same_family.exclude(pk=order.pk).exists():
        notify(
            kind,
            phone=order.person.phone,
            about=order,
            context={"name": order.person.full_name, "number": order.number, **context},
            secrets={"link": daily_link(order)},
        )


def locked(order: Order) -> Order:
    """Return the order as it is now, locked until the transaction ends."""
    return Order.objects.select_for_update(of=("self",)).select_related("person", "place").get(pk=order.pk)


@transaction.atomic
def complete_order(order: Order, *, by: User | Actor) -> Order:
    """Complete an order, issue its certificate and tell the citizen where to find it.

    Raises what `require_completable` raises, and `TransitionRefused` when the order is not in force.
    """
    order = locked(order)
    if order.status == Order.Status.ACTIVE:
        require_completable(order)
    order = transition(order, "complete", by=by, completed_at=timezone.now())
    certificate = issue_certificate(order, by=by)
    notify(
        "order_completed",
        phone=order.person.phone,
        about=order,
        context={
            "name": order.person.full_name,
            "number": certificate.number,
            "link": results_address(),
        },
    )
    return order


def require_completable(order: Order) -> None:
    """Raise `Refused` before the last day, while a test has no result, or when the last clear result is positive."""
    if timezone.localdate() < order.ends_on:
        raise Refused(
            _("Chưa hết thời gian cách ly: ngày cuối là %(day)s.") % {"day": vn_date(order.ends_on)}
        )
    open_tests = order.scheduled_tests.filter(result=None).values_list("due_on", flat=True)
    if open_tests:
        raise Refused(
            _("Còn thiếu kết quả xét nghiệm hẹn ngày %(days)s. Vui lòng nhập kết quả trước.")
            % {"days": ", ".join(vn_date(day) for day in open_tests)}
        )
    last = order.person.test_results.exclude(outcome=TestResult.Outcome.UNCLEAR).first()
    if last is not None and last.outcome == TestResult.Outcome.POSITIVE:
        raise Refused(
            _("Kết quả mới nhất, lấy mẫu ngày %(day)s, là dương tính. Cần có kết quả âm tính sau đó.")
            % {"day": vn_date(last.taken_on)}
        )


@transaction.atomic
def extend_order(order: Order, *, days: int, reason: str, by: User | Actor) -> Order:
    """Close the order as extended and open one that continues it, with a last day `days` later.

    Returns the new order. Raises `Refused` when `days` is not from 1 to `MOST_EXTRA_DAYS`, and
    `TransitionRefused` when the order is not in force.
    """
    if not 1 <= days <= MOST_EXTRA_DAYS:
        raise Refused(_("Số ngày gia hạn từ 1 đến %(most)s. Vui lòng ghi lại.") % {"most": MOST_EXTRA_DAYS})
    old = transition(locked(order), "extend", by=by, reason=reason)
    why = bilingual(
        lambda: (
            _("Gia hạn %(days)s ngày từ quyết định số %(number)s: %(reason)s")
            % {"days": days, "number": old.number, "reason": reason}
        )
    )
    new = _continue(old, by=by, reason=reason, chosen_because=why, extra=dt.timedelta(days=days))
    notify(
        "order_extended",
        phone=new.person.phone,
        about=new,
        context={"name": new.person.full_name, "until": vn_date(new.ends_on)},
        secrets={"link": daily_link(new)} if new.person.phone else {},
    )
    return new
