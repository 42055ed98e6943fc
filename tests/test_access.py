"""Every address, as nobody, as each role and as the officer of another commune, against `access_table`."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from appointments.models import Booking
from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.requesting import request_role
from portal.places.models import Place
from portal.records.actors import SYSTEM
from portal.records.log import record_read
from portal.reporting import actions
from portal.reporting.models import ExportJob
from portal.reporting.worklist import how_many
from portal.ui import parts
from quarantine.alerts.actions import raise_alert
from quarantine.models import Alert, Certificate, DailyCheck, Facility, Order, Stay, TestResult
from repatriation.models import (
    Arrival,
    Boarding,
    Handover,
    HandoverException,
    ImportBatch,
    Manifest,
    OfflineDevice,
    OfflineEntry,
    PhoneCorrection,
    Registration,
    RuleSet,
    Screening,
    Trip,
    Wave,
)
from tests.access_table import EVERYBODY, HERE, OTHER, PLACELESS, TABLE, VIEWER, Row
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
    Alert.objects.unsettled().filter(person=order.person).delete()
    Stay.objects.live().filter(person=order.person).delete()
    with unwatched():
        alert = raise_alert(order.person, signs=["positive=rapid"], result=result, place=here, by=SYSTEM)
    beds, _made = Facility.objects.get_or_create(place=facility, defaults={"beds": 9})
    stay = Stay.objects.create(
        person=order.person, place=here, facility=beds, status="expected", wanted="facility"
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
        "call",
        subject_type=Registration._meta.label_lower,
        subject_ids=[screening.registration_id],
        reason="hỏi thứ tự",
    )
    Arrival.objects.filter(client_key=handover.party).update(trip=trip)  # no other commune is on it
    resident = Person.objects.filter(responsible_place=here).exclude(handovers__status="sent").first()
    assert resident is not None
    third = Place.objects.filter(kind=Place.Kind.COMMUNE, parent=here.parent)
    moving = Handover.objects.create(
        kind="transfer",
        party=uuid.uuid4(),
        person=resident,
        from_place=here,
        to_place=third.exclude(code__in=[COMMUNE, OTHER_COMMUNE]).first(),
        deadline=timezone.now(),
    )
    user = User.objects.get(username="xa-xem")
    booking = Booking.objects.first()
    assert booking is not None
    asked = request_role(user, role="commune", place=here, by=User.objects.get(username="quantri2"))
    return {
        "role_request": asked.pk,
        "role_verb": "confirm",
        "user": user.pk,
        "assignment": user.assignments.get().pk,
        "person": order.person_id,
        "order": order.pk,
        "certificate": certificate.pk,
        "public_code": certificate.public_code,
        "result": result.pk,
        "alert": alert.pk,
        "stay": stay.pk,
        "facility": facility.pk,
        "check": check.pk,
        "registration_code": registration.code,
        "entry_code": entry.code,
        "looked_up_code": screening.registration.code,
        "phone_correction": correction.pk,
        "trip_code": trip.code,
        "closed_trip": closed.trip.code,
        "closed_family": closed.rows[0]["code"],
        "lost_boarding": lost.pk,
        "offline_entry": kept_entry(handover).pk,
        "wave": Wave.objects.get().pk,
        "trip_verb": "close",
        "rule_set": RuleSet.objects.get(status=RuleSet.Status.PROPOSED).pk,
        "rule_verb": "publish",
        "import_batch": ImportBatch.objects.get(status="checked", kind="registrations").pk,
        "arrival_sheet": ImportBatch.objects.get(kind="arrivals").pk,
        "board_figure": "waiting",
        "import_kind": "xlsx",
        "export_job": exported().pk,
        "import_verb": "cancel",
        "screening": screening.pk,
        "campaign": screening.registration.campaign_id,
        "campaign_slug": screening.registration.campaign.slug,
        "party": handover.party,
        "transfer": moving.party,
        "at_home": resident.pk,
        "exception": HandoverException.objects.latest("pk").pk,
        "minutes_trip": trip.code,
        "arrival": handover.arrival_id,
        "booking_code": booking.code,
        "token": "x" * 27,
        "step": "noi-o",
        "draft_key": "abc",
    }


def kept_entry(handover: Handover) -> OfflineEntry:
    """An entry of the checkpoint that somebody has to settle."""
    officer = User.objects.get(username="chot")
    device = OfflineDevice.objects.create(uuid=uuid4(), place=handover.from_place, seen_by=officer)
    return OfflineEntry.objects.create(
        key=uuid4(),
        digest="a" * 64,
        device=device,
        sequence=1,
        kind="arrival",
        place=handover.from_place,
        recorded_by=officer,
        sent_by=officer,
        status="to_settle",
        reason="vừa đổi",
    )


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


def of_two_roles(here: str, elsewhere: str) -> User:
    """Return an officer with the role and place of one demo user, and another's role at another commune."""
    user = User.objects.create_user(f"{here}+{elsewhere}", None, full_name="Cán bộ hai nơi")
    own = User.objects.get(username=here).assignments.get()
    user.assignments.create(role=own.role, place=own.place)
    role = User.objects.get(username=elsewhere).assignments.get().role
    user.assignments.create(role=role, place=Place.objects.get(code=OTHER_COMMUNE, kind="commune"))
    return user


def test_a_role_elsewhere_opens_nothing_here(world: dict[str, Any]) -> None:
    """For one row, an officer of two roles may what the role at the row's place may, and no more."""
    clients: dict[tuple[str, str], Client] = {}
    wrong = []
    for name, row in TABLE.items():
        if not row.about or row.opens != "opens" or name in PLACELESS:
            continue
        url = reverse(name, kwargs={key: world[value] for key, value in row.about.items()})
        for here in HERE:
            opens = expected(row, here) == "opens"
            for elsewhere in sorted(row.by - {here, OTHER}):
                client = clients.setdefault((here, elsewhere), Client())
                if not client.cookies:
                    client.force_login(of_two_roles(here, elsewhere))
                found = outcome(request(client, url, "POST" if row.post else "GET", row.data))
                if (found == "opens") != opens or found not in {"opens", "403", "404"}:
                    wrong.append(f"{name} as {here} here and {elsewhere} elsewhere: {found}")
    assert not wrong, "\n".join(wrong)


def of_one_role(elsewhere: str) -> User:
    """Return an officer with a demo user's role at the other commune, and nothing else."""
    user = User.objects.create_user(f"only+{elsewhere}", None, full_name="Cán bộ hai nơi")
    role = User.objects.get(username=elsewhere).assignments.get().role
    user.assignments.create(role=role, place=Place.objects.get(code=OTHER_COMMUNE, kind="commune"))
    return user


def waiting(user: User) -> dict[str, int]:
    """Count what waits for the user, by the key of each tab of "Hôm nay"."""
    tabs = parts.worklist.all_for(user)
    return {tab.key: number for tab, number in zip(tabs, how_many(tabs, user), strict=True)}


@pytest.mark.parametrize("elsewhere", sorted(EVERYBODY - {VIEWER, OTHER}))
def test_a_viewer_here_reads_no_list_of_their_other_role(world: dict[str, Any], elsewhere: str) -> None:
    """A list or tab for a permission that only the other role gives shows what that role alone shows."""
    both, alone, viewer = of_two_roles(VIEWER, elsewhere), of_one_role(elsewhere), of_one_role(VIEWER)
    tabs, both_tabs = waiting(alone), waiting(both)
    only = {key for key, number in both_tabs.items() if key not in waiting(viewer)}
    assert {key: both_tabs[key] for key in only} == {key: tabs[key] for key in only}
    clients = {user.pk: Client() for user in (both, alone)}
    for user in (both, alone):
        clients[user.pk].force_login(user)
    for name, row in TABLE.items():
        if row.about or row.post or elsewhere not in row.by or VIEWER in row.by:
            continue
        found = [
            request(clients[user.pk], f"{reverse(name)}?export=csv&status=all", "GET", {})
            for user in (both, alone)
        ]
        if found[0].has_header("Content-Disposition"):
            assert found[0].content == found[1].content, name


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
