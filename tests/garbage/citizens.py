"""Citizens in the middle of everything: a proved phone, half-filled forms, and a link for each page that takes one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.test import Client
from django.utils import timezone

from appointments.booking.messages import LINK_PURPOSE
from appointments.models import Booking, Slot
from citizens.links import make_link
from quarantine.links import DAILY
from quarantine.models import Certificate, Order
from repatriation.models import Offer, Registration, Screening
from repatriation.registration.changing import begin_change
from repatriation.registration.drafts import Draft
from repatriation.registration.submitting import family_actor
from tests.repatriation.world.families import entry

PHONE = "+84901112244"
BY_REGISTRATION = (
    "registration",
    "withdraw",
    "registration_offer",
    "registration_question",
    "registration_change",
)
BY_CODE = ("my_registration", "my_withdraw", "my_offer", "my_question", "my_change", "change_drop", "change_people",
           "change_check", "change_step", "change_person_add", "change_person", "change_health",
           "change_person_remove", "change_person_first")  # fmt: skip
BY_KEY = ("register_person", "register_health", "register_person_remove", "register_person_first")


def make_citizen(world: dict[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return a session in the middle of every form, and for each address what fills in its arguments."""
    waiting = Registration.objects.filter(status="waiting", members__isnull=False).distinct()
    row = waiting.order_by("pk").first()
    offer = Offer.objects.filter(status="offered").order_by("pk").first()
    booking = Booking.objects.order_by("pk").first()
    asked = Screening.objects.filter(registration__status="waiting", status="pending").order_by("pk").last()
    order = Order.objects.filter(status=Order.Status.ACTIVE).order_by("pk").first()
    assert row is not None
    assert offer is not None
    assert booking is not None
    assert asked is not None
    assert order is not None
    Registration.objects.filter(pk=row.pk).update(phone=PHONE, phone_confirmed_at=timezone.now())
    row.refresh_from_db()
    Booking.objects.filter(pk=booking.pk).update(phone=PHONE)
    Screening.objects.filter(pk=asked.pk).update(
        status="asked", question="Ở ấp nào?", asked_at=timezone.now(), decided_by=None
    )
    change = begin_change(row, by=family_actor(PHONE))
    people = (entry("Nguyễn Thị Lan", key="k1"), entry("Trần Bảo An", birth="02/02/2021", key="k2"))
    draft = Draft(
        origin=row.origin_id,
        home=row.home_commune_id,
        people=people,
        reasons=("lost_work",),
        phone=PHONE,
        phone_confirmed=timezone.now().isoformat(),
    )
    begun = Registration.objects.create(
        campaign=row.campaign, code="TN-00000-0", status="draft", draft=replace(draft).to_json()
    )
    slot = Slot.objects.filter(office=booking.slot.office, starts_at__gt=timezone.now()).first()
    token = {
        "draft": link(begun, "draft"),
        "offer": link(offer, "offer"),
        "screening_answer": link(asked, "screening"),
        **dict.fromkeys(BY_REGISTRATION, link(row, "registration")),
    }
    about: dict[str, dict[str, Any]] = {
        **{f"repatriation:{name}": {"token": value} for name, value in token.items()},
        **{
            f"repatriation:{name}": {"code": row.code, "key": str(row.members.first().pk)} for name in BY_CODE
        },
        **{f"repatriation:{name}": {"key": "k1"} for name in BY_KEY},
        **{
            f"appointments:{name}": {"token": link(booking, LINK_PURPOSE)}
            for name in ("booking", "ics", "cancel")
        },
        **{f"appointments:my_{name}": {"code": booking.code} for name in ("booking", "ics", "cancel")},
        "repatriation:my_draft": {"code": begun.code},
        "quarantine:daily": {"token": link(order, DAILY)},
        "citizens:link": {"token": token["registration"]},
    }
    certificate = Certificate.objects.get(pk=world["certificate"])
    about["quarantine:certificate_pdf"] = {"pk": certificate.pk}
    keys = [person["key"] for person in change.draft["people"]]
    for name in ("change_person", "change_health", "change_person_remove", "change_person_first"):
        about[f"repatriation:{name}"]["key"] = keys[0]
    session = {
        "verified_phone": {"phone": PHONE, "until": timezone.now().timestamp() + 1_700},
        "registration": begun.pk,
        "registration_links": {row.code: token["registration"]},
        "registration_other": {"registration": row.pk, "said": "Đã đăng ký", "people_url": "/"},
        "asked_phone": {"phone": PHONE, "next": "/"},
        "wrong_phone": {"identity": "072184004821", "birth": "1984", "phone": PHONE, "code": ""},
        "quarantine_reported": {"names": ["Lan"], "red": [], "at": "08:00"},
        "appointment": {
            "procedure_code": booking.procedure.code,
            "office_slug": booking.slot.office.slug,
            "slot_id": slot.pk if slot else None,
            "full_name": "Lan",
            "phone": PHONE,
            "agreed": True,
            "client_key": "6f1c2f0e-0000-4000-8000-000000000001",
        },
    }
    return session, about


def link(row: Any, purpose: str) -> str:
    return make_link(row, purpose, phone=PHONE).rstrip("/").rsplit("/", 1)[-1]


def citizen_client(session: dict[str, Any]) -> Client:
    client = Client(raise_request_exception=False)
    stored = client.session
    stored.update(session)
    stored.save()
    return client
