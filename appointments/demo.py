"""An office of the demo with three procedures, two weeks of times, and people who booked.

The code of birth registration, 1.001193, is the national one. The other two have the right form but
are not checked; documents and fees are shortened. The administrator corrects all of it from the national
catalogue before real use.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid

from django.db import transaction
from django.utils import timezone

from appointments.models import Booking, Office, OpeningHours, Procedure, Slot
from appointments.models.booking import CODE_PREFIX
from appointments.offices.slots import make_slots
from citizens.demo_people import FAMILY_NAMES, Crowd
from citizens.matching import fold
from portal.demo import Stage, demo_step
from portal.places.models import Place
from portal.records.actors import SYSTEM, citizen_actor
from portal.records.log import event_for
from portal.records.models import Event
from portal.ui.formats import mask_phone

SEED = 2026
OFFICE = "hcc-tinh"
HOURS = [(dt.time(7, 30), dt.time(11, 30)), (dt.time(13, 30), dt.time(16, 30))]
NATIONAL_FEE = "Theo mức ghi trên Cổng Dịch vụ công quốc gia vào ngày nộp."
NATIONAL_FEE_EN = "As stated on the National Public Service Portal on the day of lodging."
PROCEDURES = [
    {
        "code": "1.001193",
        "name": "Đăng ký khai sinh",
        "name_en": "Registration of a birth",
        "minutes": 20,
        "documents": "Giấy chứng sinh\nCăn cước của cha hoặc mẹ\nGiấy chứng nhận kết hôn của cha mẹ (nếu có)",
        "documents_en": "Birth notification of the hospital\nIdentity card of the father or the mother\n"
        "Marriage certificate of the parents (if any)",
        "fee_text": "Đăng ký đúng hạn thì không thu. Trường hợp khác: theo mức của Hội đồng nhân dân tỉnh.",
        "fee_text_en": "Free when registered in time. Otherwise as set by the People's Council of the province.",
    },
    {
        "code": "1.004222",
        "name": "Đăng ký thường trú",
        "name_en": "Registration of permanent residence",
        "minutes": 20,
        "documents": "Tờ khai thay đổi thông tin cư trú\nCăn cước của người đăng ký\nGiấy tờ chứng minh chỗ ở hợp pháp",
        "documents_en": "Form on the change of residence\nIdentity card of the applicant\n"
        "Proof of lawful accommodation",
        "fee_text": NATIONAL_FEE,
        "fee_text_en": NATIONAL_FEE_EN,
    },
    {
        "code": "2.000488",
        "name": "Cấp Phiếu lý lịch tư pháp",
        "name_en": "Criminal record certificate",
        "minutes": 15,
        "documents": "Căn cước hoặc hộ chiếu\nTờ khai yêu cầu cấp Phiếu lý lịch tư pháp",
        "documents_en": "Identity card or passport\nApplication form for a criminal record certificate",
        "fee_text": NATIONAL_FEE,
        "fee_text_en": NATIONAL_FEE_EN,
    },
]
FULL_UNTIL = 2  # the first days are booked densely, later ones thinly, as at real counters


@transaction.atomic
def load(rng: random.Random | None = None) -> dict[str, int]:
    """Update procedures and office and make the slots; make bookings only when there are none.

    Needs the places with their sites. The same generator state and day give the same bookings.
    """
    rng = rng or random.Random(SEED)
    procedures = [Procedure.objects.update_or_create(code=row["code"], defaults=row)[0] for row in PROCEDURES]
    office, _made = Office.objects.get_or_create(
        slug=OFFICE,
        defaults={"place": Place.objects.get(kind=Place.Kind.OFFICE, code=OFFICE), "counters": 3},
    )
    office.procedures.add(*procedures)
    for weekday in range(5):
        for opens, closes in HOURS:
            OpeningHours.objects.get_or_create(
                office=office, weekday=weekday, opens=opens, defaults={"closes": closes}
            )
    slots = make_slots(office)
    made = 0 if Booking.objects.filter(slot__office=office).exists() else _book(office, procedures, rng)
    return {"procedures": len(procedures), "slots": slots, "bookings": made}


def _book(office: Office, procedures: list[Procedure], rng: random.Random) -> int:
    now = timezone.now()
    crowd = Crowd(rng, timezone.localdate())
    days: list[dt.date] = []
    bookings: list[Booking] = []
    for slot in Slot.objects.filter(office=office, is_closed=False).order_by("starts_at"):
        if slot.day not in days:
            days.append(slot.day)
        share = 0.8 if len(days) <= FULL_UNTIL else 0.25
        for _place in range(sum(rng.random() < share for _one in range(slot.capacity))):
            bookings.append(_booking(slot, rng.choice(procedures), crowd, now))
    rows = Booking.objects.bulk_create(bookings)
    Event.objects.bulk_create(event for row in rows for event in _events(row))
    return len(rows)


def _booking(slot: Slot, procedure: Procedure, crowd: Crowd, now: dt.datetime) -> Booking:
    rng = crowd.rng
    name = crowd.person(
        family_name=rng.choice(FAMILY_NAMES),
        sex=rng.choice(["female", "male"]),
        months=rng.randrange(18 * 12, 70 * 12),
    ).full_name
    status = Booking.Status.BOOKED
    if slot.ends_at < now:
        status = rng.choices([Booking.Status.DONE, Booking.Status.NO_SHOW], [8, 2])[0]
    return Booking(
        code=crowd.code(CODE_PREFIX),
        slot=slot,
        procedure=procedure,
        full_name=name,
        search_name=fold(name),
        phone=crowd.phone(),
        status=status,
        client_key=uuid.UUID(int=rng.getrandbits(128), version=4),
        created_at=min(now, slot.starts_at) - dt.timedelta(minutes=rng.randrange(60, 7 * 24 * 60)),
    )


def _events(booking: Booking) -> list[Event]:
    made = event_for(
        booking, "book", by=citizen_actor(mask_phone(booking.phone)), place=booking.slot.office.place
    )
    made.at = booking.created_at
    if booking.status == Booking.Status.BOOKED:
        return [made]
    verb = "finish" if booking.status == Booking.Status.DONE else "miss"
    over = event_for(
        booking, verb, by=SYSTEM, place=booking.slot.office.place,
        from_status=Booking.Status.BOOKED, to_status=booking.status,
    )  # fmt: skip
    over.at = booking.slot.ends_at
    return [made, over]


@demo_step(60)
def load_office(stage: Stage) -> None:
    load(random.Random(stage.rng.random()))
