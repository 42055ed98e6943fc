"""The demo's handovers beside the plain ones: people who need somebody at once, transfers in every state, an
exception, and what was told to the province."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from citizens.models import Person
from portal.accounts.models import User
from portal.demo import Stage, demo_step
from portal.places.models import Place
from quarantine.models import Order
from repatriation.handover.actions import accept, refuse
from repatriation.handover.escalating import escalate_overdue
from repatriation.handover.excepting import record_exception
from repatriation.handover.routing import withdraw
from repatriation.handover.transferring import transfer
from repatriation.models import Arrival, Handover, HandoverException


@demo_step(55)
def load_handovers(stage: Stage) -> None:
    """Make the rows that the pages of handovers show, by the actions of their officers."""
    if Handover.objects.filter(kind=Handover.Kind.TRANSFER).exists() or not Handover.objects.exists():
        return
    users = stage.shared["users"]
    here, there = (Place.objects.under(stage.home).get(code=code) for code in ("25711", "25681"))
    _mark_urgent(here)
    _name_right_commune(there)
    _make_transfers(stage, users["xa"], here, users["xa-khac"], there)
    _make_transfers(stage, users["xa-khac"], there, users["xa"], here)
    _make_exception(stage, users["dieuphoi"], here)
    escalate_overdue(stage.now)


def _mark_urgent(here: Place) -> None:
    """Let a mother have come with a fever and a positive test, and an old man with a need."""
    facility = Place.objects.filter(code="ccl-hung-thuan").first()
    rows = list(Handover.objects.open().filter(to_place=here).order_by("-deadline", "-pk")[:4])
    if rows:
        Arrival.objects.filter(pk=rows[0].arrival_id).update(
            temperature="38.5",
            has_symptoms=True,
            symptoms=["fever", "cough"],
            rapid_test="positive",
            decision="facility",
            facility=facility,
        )
    other = next((row for row in rows if row.party != rows[0].party), None)
    if other is not None:
        Arrival.objects.filter(pk=other.arrival_id).update(needs="Chạy thận thứ năm hằng tuần")


def _name_right_commune(there: Place) -> None:
    rows = Handover.objects.filter(status=Handover.Status.REFUSED).exclude(to_place=there)
    first = rows.order_by("pk").first()
    if first is not None:
        rows.filter(party=first.party).update(proposed_place=there)


def _make_transfers(stage: Stage, asks: User, here: Place, answers: User, there: Place) -> None:
    """Make one transfer in each state: accepted, refused, withdrawn, and waiting."""
    reasons = ("Về ở với con gái", "Thuê nhà gần chỗ làm", "Về nhà chồng", "Chăm mẹ già")
    for number, reason in enumerate(reasons):
        family = _at_home(here)
        if not family:
            continue
        rows = transfer(
            family,
            to_place=there,
            by=asks,
            client_key=uuid.UUID(int=stage.rng.getrandbits(128), version=4),
            reason=reason,
            address="Ấp 2",
            needs="Người đón ở bến xe" if number == 3 else "",
        )
        if number == 0:
            accept(rows, by=answers)
        elif number == 1:
            refuse(rows, by=answers, reason="Địa chỉ này không có ở xã.")
        elif number == 2:
            withdraw(rows, by=asks, reason="Gia đình đổi ý.")


def _at_home(here: Place) -> Sequence[Person]:
    """Return one person whom the commune answers for, with an order there, who is not being handed over."""
    orders = Order.objects.current().filter(place=here, person__responsible_place=here)
    free = orders.exclude(person__in=Handover.objects.filter(kind=Handover.Kind.TRANSFER).values("person"))
    row = free.select_related("person").order_by("-pk").first()
    return [row.person] if row is not None else []


def _make_exception(stage: Stage, by: User, here: Place) -> None:
    rows = Handover.objects.open().filter(kind=Handover.Kind.ARRIVAL).exclude(to_place=here)
    row = rows.order_by("-deadline", "-pk").first()
    if row is not None:
        record_exception(
            [row],
            by=by,
            kind=HandoverException.Kind.HOSPITAL,
            where="Bệnh viện Chợ Rẫy, Thành phố Hồ Chí Minh",
            taken_over_by="Khoa Cấp cứu",
            at=row.sent_at,
            reason="Chuyển cấp cứu ngay từ chốt.",
        )
