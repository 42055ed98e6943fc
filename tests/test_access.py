"""Every address, as nobody, as each role and as the officer of another commune, against `access_table`."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from appointments.models import Booking
from portal.accounts.models import User
from portal.places.models import Place
from portal.records.log import record_read
from portal.reporting import actions
from portal.reporting.models import ExportJob
from quarantine.models import Certificate, DailyCheck, Order, TestResult
from repatriation.models import (
    Boarding,
    Handover,
    ImportBatch,
    Manifest,
    PhoneCorrection,
    Registration,
    RuleSet,
    Screening,
    Trip,
    Wave,
)
from tests.access_table import EVERYBODY, TABLE, Row
from tests.lock_order import unwatched

COMMUNE, OTHER_COMMUNE = "25711", "25681"


def addresses(resolver: Any = None, namespace: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, ":".join(filter(None, [namespace, pattern.namespace or ""])))
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name"
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name


def test_every_address_is_in_the_table() -> None:
    found = set(addresses())
    assert found - set(TABLE) == set(), "say in tests/access_table.py who may open these"
    assert set(TABLE) - found == set(), "these are gone"


@pytest.fixture
def world(db: None, settings: Any) -> dict[str, Any]:
    """A small demo, and of each kind of row one that lies in the commune of `xa` and not in that of `xa-khac`."""
    settings.PORTAL_DEMO = True
    with unwatched():
        call_command("demo", families=150, stdout=StringIO())
    here = Place.objects.get(code=COMMUNE, kind=Place.Kind.COMMUNE)
    facility = Place.objects.get(code="ccl-hung-thuan")
    orders = Order.objects.filter(person__home_commune=here)
    order = orders.filter(status=Order.Status.ACTIVE).first()
    assert order is not None
    Order.objects.filter(pk=order.pk).update(place=facility, mode="facility")
    certificate = Certificate.objects.filter(order__in=orders).first()
    assert certificate is not None
    Order.objects.filter(pk=certificate.order_id).update(place=facility)
    result = TestResult.objects.create(
        person=order.person, kind="rapid", outcome="positive", taken_on=order.starts_on
    )
    check, _made = DailyCheck.objects.update_or_create(
        order=order, on_date=order.starts_on, defaults={"is_red": True, "seen_at": None}
    )
    registration = Registration.objects.get(members__person=order.person)
    handover = Handover.objects.filter(to_place=here, from_place__code="cp-suoi-sau").first()
    assert handover is not None
    trip = Trip.objects.filter(gateway__code="cp-suoi-sau", status="open").first()
    assert trip is not None
    screening = Screening.objects.filter(commune=here, status="pending").first()
    assert screening is not None
    closed = Manifest.objects.filter(trip__gateway__code="cp-suoi-sau", parts__commune=here)
    closed = closed.exclude(parts__commune__code=OTHER_COMMUNE).filter(trip__status="closed").first()
    assert closed is not None
    lost = Boarding.objects.standing().filter(trip__status="reconciled").first()
    assert lost is not None
    correction = PhoneCorrection.objects.create(
        registration=registration,
        person=order.person,
        old_phone=registration.phone,
        new_phone="+84901112233",
    )
    entry = Registration.objects.filter(entered_by__username="tongdai", status="waiting").first()
    assert entry is not None
    record_read(
        User.objects.get(username="tongdai"),
        "lookup",
        subject_type=Registration._meta.label_lower,
        subject_ids=[screening.registration_id],
        reason="hỏi thứ tự",
    )
    user = User.objects.get(username="xa-xem")
    booking = Booking.objects.first()
    assert booking is not None
    return {
        "user": user.pk,
        "assignment": user.assignments.get().pk,
        "person": order.person_id,
        "order": order.pk,
        "certificate": certificate.pk,
        "public_code": certificate.public_code,
        "result": result.pk,
        "check": check.pk,
        "registration_code": registration.code,
        "entry_code": entry.code,
        "looked_up_code": screening.registration.code,
        "phone_correction": correction.pk,
        "trip_code": trip.code,
        "closed_trip": closed.trip.code,
        "closed_family": closed.rows[0]["code"],
        "lost_boarding": lost.pk,
        "wave": Wave.objects.get().pk,
        "trip_verb": "close",
        "rule_set": RuleSet.objects.get(status=RuleSet.Status.PROPOSED).pk,
        "rule_verb": "publish",
        "import_batch": ImportBatch.objects.get(status="checked").pk,
        "import_kind": "xlsx",
        "export_job": exported().pk,
        "import_verb": "cancel",
        "screening": screening.pk,
        "campaign": screening.registration.campaign_id,
        "campaign_slug": screening.registration.campaign.slug,
        "party": handover.arrival.client_key,
        "booking_code": booking.code,
        "token": "x" * 27,
        "step": "noi-o",
        "draft_key": "abc",
    }


def exported() -> ExportJob:
    """A file of the coordinator's."""
    coordinator = User.objects.get(username="dieuphoi")
    job = actions.order_export("/officer/queue/?export=csv", by=coordinator, language="vi")
    actions.work()
    return job


def request(client: Client, url: str, method: str, data: dict[str, Any]) -> HttpResponse:
    """One request whose writes are taken back."""
    with transaction.atomic():
        answer = client.post(url, data) if method == "POST" else client.get(url)
        transaction.set_rollback(True)
    return answer  # type: ignore[return-value]


def outcome(answer: HttpResponse) -> str:
    sign_in = reverse("accounts:sign_in")
    if answer.status_code in {301, 302} and answer["Location"].startswith(sign_in):
        return "sign in"
    if answer.status_code in {403, 404, 405}:
        return str(answer.status_code)
    return "opens" if answer.status_code < 500 else str(answer.status_code)


def expected(row: Row, username: str) -> str:
    if row.is_public or username in row.by:
        return row.opens
    if not username:
        return "sign in"
    return "404" if username in row.elsewhere else "403"


def test_nothing_opens_that_should_not(world: dict[str, Any]) -> None:
    clients = {"": Client(), **{name: Client() for name in sorted(EVERYBODY)}}
    wrong = []
    for name, row in TABLE.items():
        url = reverse(name, kwargs={key: world[value] for key, value in row.about.items()})
        method = "POST" if row.post else "GET"
        for username, client in clients.items():
            if username:
                client.force_login(User.objects.get(username=username))
            found = outcome(request(client, url, method, row.data))
            # A citizen's page about somebody's row opens to its own link or phone alone.
            fine = {"opens", "404"} if row.is_public and row.about else {expected(row, username)}
            fine |= {"503"} if row.unwell else set()
            if found not in fine:
                wrong.append(f"{name} as {username or 'nobody'}: {found}, not {' or '.join(sorted(fine))}")
    assert not wrong, "\n".join(wrong)


def test_what_only_answers_a_post_refuses_a_get(world: dict[str, Any]) -> None:
    wrong = []
    for name, row in TABLE.items():
        if not row.post:
            continue
        client = Client()
        if row.by:
            client.force_login(User.objects.get(username=sorted(row.by)[0]))
        url = reverse(name, kwargs={key: world[value] for key, value in row.about.items()})
        found = outcome(request(client, url, "GET", {}))
        if found != "405":
            wrong.append(f"{name}: {found}")
    assert not wrong, "\n".join(wrong)


def test_a_citizens_page_shows_nothing_to_a_stranger(world: dict[str, Any]) -> None:
    wrong = []
    for name, row in TABLE.items():
        if not row.is_public or not set(row.about) & {"code", "token", "pk"} or name == "quarantine:verify":
            continue
        url = reverse(name, kwargs={key: world[value] for key, value in row.about.items()})
        answer = request(Client(), url, "POST" if row.post else "GET", row.data)
        asked = answer.status_code == 302 and answer["Location"].startswith(reverse("citizens:phone"))
        if not asked and answer.status_code not in {404, 410}:
            wrong.append(f"{name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
