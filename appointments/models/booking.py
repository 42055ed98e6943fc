from __future__ import annotations

import re
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models.office import Procedure
from appointments.models.slot import Slot
from citizens import codes, phones
from citizens.matching import fold
from portal.accounts.roles import Permission
from portal.accounts.scoping import CitizenViewer, ScopedQuerySet

CODE_PREFIX = "LH"


class BookingQuerySet(ScopedQuerySet):
    def for_citizen(self, viewer: CitizenViewer) -> Q | None:
        if viewer.phone:
            return Q(phone=viewer.phone)
        return super().for_citizen(viewer)

    def live(self) -> BookingQuerySet:
        """Return bookings with the status “booked” whose slot has not ended."""
        return self.filter(status=Booking.Status.BOOKED, slot__ends_at__gt=timezone.now())

    def with_details(self) -> BookingQuerySet:
        """Load everything that a page about a booking names."""
        return self.select_related("procedure", "slot__office__place__parent__parent")

    def search(self, text: str) -> BookingQuerySet:
        """Search by code, by phone (whole or its last digits), or by words of the name, without marks."""
        if found := codes.meant(text, CODE_PREFIX):
            return self.filter(code__in=found)
        digits = re.sub(r"[\s.\-+]", "", text)
        if digits.isdigit():
            try:
                return self.filter(phone=phones.normalise(digits))
            except phones.PhoneError:
                return self.filter(phone__endswith=digits.removeprefix("0"))
        matches = self
        for word in fold(text).split():
            matches = matches.filter(search_name__contains=word)
        return matches


class Booking(models.Model):
    """One visit of one citizen. A booking that is not cancelled takes one place of its slot."""

    SCOPE_COLUMNS = ("slot__office__place",)
    SCOPE_PERMISSIONS = (Permission.SEE_APPOINTMENTS,)

    class Status(models.TextChoices):
        BOOKED = "booked", _("Đã đặt")
        DONE = "done", _("Đã làm xong")
        NO_SHOW = "no_show", _("Không đến")
        CANCELLED = "cancelled", _("Đã hủy")

    STATUS_TONES = {"booked": "info", "done": "good", "no_show": "bad", "cancelled": "plain"}
    TRANSITIONS = {
        "cancel": ({Status.BOOKED}, Status.CANCELLED),
        "finish": ({Status.BOOKED}, Status.DONE),
        "miss": ({Status.BOOKED}, Status.NO_SHOW),
        "take_back": ({Status.DONE, Status.NO_SHOW}, Status.BOOKED),  # a wrong press, on the same day
    }

    code = models.CharField(_("Mã lịch hẹn"), max_length=16, unique=True)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="bookings")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+")
    full_name = models.CharField(_("Họ và tên"), max_length=120)
    search_name = models.CharField(max_length=120, default="", editable=False)
    phone = models.CharField(_("Điện thoại"), max_length=16)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.BOOKED)
    client_key = models.UUIDField(unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = BookingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["booked", "done", "no_show", "cancelled"]),
                name="booking_status_known",
            ),
            models.UniqueConstraint(
                fields=["phone", "slot", "procedure"],
                condition=Q(status="booked"),
                name="booking_once_per_phone_slot_procedure",
            ),
        ]
        indexes = [
            models.Index(fields=["slot", "status"]),
            models.Index(fields=["phone", "-created_at"]),
            GinIndex(fields=["search_name"], name="booking_search_trigram", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_name = fold(self.full_name)[:120]
        super().save(*args, **kwargs)

    @property
    def log_place_id(self) -> int:
        return self.slot.office.place_id
