"""The demo's facilities with their beds, who stays there, and alerts on which somebody has to act."""

from __future__ import annotations

from django.utils import timezone

from portal.demo import Stage, demo_step
from portal.places.models import Place
from portal.records.actors import SYSTEM
from quarantine.alerts.actions import raise_alert
from quarantine.models import Alert, DailyCheck, Facility, Order, Stay, TestResult
from quarantine.models.alert import positive_sign
from quarantine.models.protocol import Mode
from quarantine.results.actions import enter_results

FACILITIES = {  # code of the place: kind, beds, phone
    "ccl-tan-ninh": ("facility", 120, "0276 3812 345"),
    "ccl-hung-thuan": ("facility", 60, "0276 3855 115"),
    "bv-tay-ninh": ("hospital", 40, "0276 3822 222"),
}
NEEDS = "Chạy thận thứ năm"
SHOWN_AT = "25711"  # the commune of the demo's officer


@demo_step(60)
def load_facilities(stage: Stage) -> None:
    """Make the facilities, the stays of who is inside by an order, and alerts of what nobody has seen."""
    places = {place.code: place for place in Place.objects.under(stage.home).filter(code__in=FACILITIES)}
    for code, (kind, beds, phone) in FACILITIES.items():
        Facility.objects.get_or_create(
            place=places[code], defaults={"kind": kind, "beds": beds, "phone": phone}
        )
    if Stay.objects.exists():
        return
    _inside()
    _alerts()
    _on_their_way(stage)


def _inside() -> None:
    facilities = {facility.place_id: facility for facility in Facility.objects.all()}
    orders = Order.objects.current().filter(mode=Mode.FACILITY, place__in=facilities)
    for order in orders.select_related("person__home_commune"):
        facility = facilities[order.place_id]
        if facility.free > 5:
            facility.taken += 1
            Stay.objects.create(
                person=order.person,
                place=order.person.home_commune,
                wanted=facility.kind,
                facility=facility,
                status=Stay.Status.INSIDE,
                created_at=order.created_at,
                from_at=order.created_at,
            )


def _alerts() -> None:
    """Raise an alert for each positive result and red check that nobody has seen."""
    results = TestResult.objects.positive_unseen().select_related("person__responsible_place")
    for result in results.select_related("person__home_commune"):
        alert = raise_alert(result.person, signs=[positive_sign(result.kind)], result=result, by=SYSTEM)
        Alert.objects.filter(pk=alert.pk).update(raised_at=result.created_at)
    checks = DailyCheck.objects.red_unseen().select_related("order__person__responsible_place")
    for check in checks.select_related("order__person__home_commune"):
        alert = raise_alert(check.order.person, signs=check.red_signs, by=SYSTEM)
        Alert.objects.filter(pk=alert.pk).update(raised_at=check.created_at)


def _on_their_way(stage: Stage) -> None:
    """Make somebody positive who is expected at the facility, and somebody with a fever who waits for a place."""
    busy = Alert.objects.values("person")
    orders = Order.objects.current().filter(person__responsible_place__code=SHOWN_AT, place__code=SHOWN_AT)
    free = orders.exclude(person__in=busy).select_related("person__home_commune", "person__responsible_place")
    people = [order.person for order in free.order_by("pk")[:2]]
    facility = Facility.objects.get(place__code="ccl-hung-thuan")
    for number, person in enumerate(people):
        is_positive = number == 0
        Stay.objects.create(
            person=person,
            place=person.home_commune,
            wanted=Facility.Kind.FACILITY,
            facility=facility if is_positive else None,
            status=Stay.Status.EXPECTED if is_positive else Stay.Status.ASKED,
            needs=NEEDS if is_positive else "",
            created_at=stage.now,
        )
        result = None
        if is_positive:
            result = TestResult(
                person=person, kind="rapid", outcome="positive", taken_on=timezone.localdate(stage.now)
            )
            enter_results([result], by=SYSTEM)
        signs = [positive_sign("rapid"), "temperature=38.5"] if is_positive else ["temperature=38.7"]
        raise_alert(person, signs=signs, result=result, by=SYSTEM)
