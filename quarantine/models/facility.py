"""Facilities and hospitals with their beds, and who is expected or stays there."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet


class FacilityQuerySet(models.QuerySet["Facility"]):
    def with_room(self) -> Self:
        """Return the open ones in use that have a free bed."""
        return self.filter(is_open=True, place__is_active=True, taken__lt=F("beds"))


class Facility(models.Model):
    """A quarantine facility or a hospital. `taken` counts who is expected or inside; a trigger keeps it."""

    class Kind(models.TextChoices):
        FACILITY = "facility", _("Cơ sở cách ly")
        HOSPITAL = "hospital", _("Bệnh viện")

    place = models.OneToOneField("places.Place", on_delete=models.PROTECT, related_name="facility")
    kind = models.CharField(_("Loại"), max_length=8, choices=Kind.choices, default=Kind.FACILITY)
    beds = models.PositiveIntegerField(_("Số giường"))
    taken = models.PositiveIntegerField(default=0, editable=False)
    phone = models.CharField(_("Điện thoại"), max_length=20, blank=True)
    takes_positives = models.BooleanField(_("Nhận người dương tính"), default=True)
    is_open = models.BooleanField(_("Đang nhận người"), default=True)

    objects = FacilityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["facility", "hospital"]), name="facility_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(taken__lte=F("beds")),
                name="facility_taken_within_beds",
                violation_error_message=_("Số giường không được ít hơn số người đang ở và sắp đến."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_id}: {self.taken}/{self.beds}"

    @property
    def log_place_id(self) -> int:
        return self.place_id

    @property
    def free(self) -> int:
        return self.beds - self.taken


class StayQuerySet(ScopedQuerySet):
    def for_officer(self, user: Any) -> Q | None:
        """Add, for the facility, who is expected or inside; afterwards it sees them no more."""
        condition = super().for_officer(user)
        runs = user.place_ids(Permission.SEE_FACILITY)
        if not runs:
            return condition
        here = Q(facility__place__in=runs, status__in=Stay.HOLDS_BED)
        return here if condition is None else condition | here

    def live(self) -> Self:
        return self.filter(status__in=Stay.LIVE)

    def at(self, user: Any) -> Self:
        """Return who is expected at, or is inside, the facilities that the user runs."""
        return self.filter(
            facility__place__in=user.place_ids(Permission.SEE_FACILITY), status__in=Stay.HOLDS_BED
        )

    def left_today(self, user: Any) -> Self:
        """Return who left the user's facilities today: for so long a departure can be taken back there."""
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        places = user.place_ids(Permission.SEE_FACILITY)
        return self.filter(facility__place__in=places, status=Stay.Status.LEFT, until_at__gte=midnight)

    def to_name(self, user: Any) -> Self:
        """Return those for whom the user's province has to name a facility."""
        return self.filter(status=Stay.Status.ASKED, place__in=user.place_ids(Permission.NAME_FACILITY))


class Stay(models.Model):
    """A person goes to a facility. `place` is the commune that goes on answering for the person meanwhile.

    An asked stay has no facility yet: the province names one. An expected one holds its bed.
    """

    SCOPE_COLUMNS = ("place", "person__home_commune")
    SCOPE_PERMISSIONS = (Permission.SEE_HEALTH, Permission.NAME_FACILITY)

    class Status(models.TextChoices):
        ASKED = "asked", _("Chờ tỉnh chỉ định")
        EXPECTED = "expected", _("Sắp đến")
        INSIDE = "inside", _("Đang ở")
        LEFT = "left", _("Đã rời")
        CANCELLED = "cancelled", _("Đã hủy")

    LIVE = (Status.ASKED, Status.EXPECTED, Status.INSIDE)
    HOLDS_BED = (Status.EXPECTED, Status.INSIDE)
    STATUS_TONES = {
        "asked": "bad",
        "expected": "wait",
        "inside": "info",
        "left": "good",
        "cancelled": "plain",
    }
    TRANSITIONS = {
        "name": ({Status.ASKED}, Status.EXPECTED),
        "admit": ({Status.EXPECTED}, Status.INSIDE),
        "undo_admit": ({Status.INSIDE}, Status.EXPECTED),
        "leave": ({Status.INSIDE}, Status.LEFT),
        "undo_leave": ({Status.LEFT}, Status.INSIDE),
        "cancel": ({Status.ASKED, Status.EXPECTED}, Status.CANCELLED),
    }

    person = models.ForeignKey("citizens.Person", on_delete=models.PROTECT, related_name="stays")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    wanted = models.CharField(_("Cần nơi"), max_length=8, choices=Facility.Kind.choices)
    facility = models.ForeignKey(Facility, null=True, on_delete=models.PROTECT, related_name="stays")
    status = models.CharField(max_length=9, choices=Status.choices)
    needs = models.CharField(_("Cần giúp"), max_length=200, blank=True)
    family_phone = models.CharField(max_length=16, blank=True)  # who is told where the person is
    created_at = models.DateTimeField(default=timezone.now)
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)

    objects = StayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["asked", "expected", "inside", "left", "cancelled"]),
                name="stay_status_known",
            ),
            models.CheckConstraint(
                condition=Q(wanted__in=["facility", "hospital"]), name="stay_wanted_known"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status__in=["asked", "expected", "inside"]),
                name="stay_one_live_per_person",
                violation_error_message=_("Người này đã có nơi cách ly."),
            ),
            models.CheckConstraint(
                condition=Q(status="asked", facility=None)
                | Q(status__in=["expected", "inside", "left"], facility__isnull=False)
                | Q(status="cancelled"),
                name="stay_somewhere_unless_asked",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "expected", "cancelled"], from_at=None, until_at=None)
                | Q(status="inside", from_at__isnull=False, until_at=None)
                | Q(status="left", from_at__isnull=False, until_at__isnull=False),
                name="stay_times_follow_status",
            ),
        ]
        indexes = [
            models.Index(fields=["facility", "status", "created_at"], name="stay_of_facility"),
            models.Index(fields=["place"], name="stay_to_name", condition=Q(status="asked")),
        ]
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.status}"

    @property
    def log_place_id(self) -> int:
        return self.place_id
