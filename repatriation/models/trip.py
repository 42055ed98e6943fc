"""Trips of vehicles, and the seats on them that are offered to families."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import CitizenViewer, ScopedQuerySet
from portal.places.models import ROOT
from portal.places.tree import ids_under
from repatriation.models.campaign import Campaign
from repatriation.models.registration import Registration


class TripQuerySet(ScopedQuerySet):
    def by_what_comes_next(self) -> Self:
        """Order by stage (`Trip.STAGES`): first those to leave, the soonest first, then those on the way or to
        be reconciled, then those done with, the last one first."""
        stages = [When(status__in=statuses, then=Value(n)) for n, statuses in enumerate(Trip.STAGES)]
        rows = self.annotate(stage_number=Case(*stages, output_field=models.SmallIntegerField()))
        done = Value(len(Trip.STAGES) - 1)
        to_come = Case(When(stage_number__lt=done, then=F("departs_at")))  # null for those done with
        return rows.order_by("stage_number", to_come, "-departs_at", "pk")


class Trip(models.Model):
    """A vehicle that goes on a day. Triggers count in `seats_taken` the people of offers in
    `Offer.HOLDS_SEATS` and the walk-ons without a registration; a constraint limits it to `seats`."""

    SCOPE_COLUMNS = ("gateway",)
    SCOPE_PERMISSIONS = (Permission.SEE_QUEUE, Permission.RECORD_ARRIVALS, Permission.RECORD_BOARDING)

    class Status(models.TextChoices):
        PLANNED = "planned", _("Đang xếp")
        OPEN = "open", _("Đang mời")
        CLOSED = "closed", _("Đã chốt danh sách")
        DEPARTED = "departed", _("Đã khởi hành")
        ARRIVED = "arrived", _("Đã đến chốt")
        RECONCILED = "reconciled", _("Đã đối chiếu")
        CANCELLED = "cancelled", _("Đã hủy")

    STAGES = (
        {Status.PLANNED, Status.OPEN, Status.CLOSED},
        {Status.DEPARTED, Status.ARRIVED},
        {Status.RECONCILED, Status.CANCELLED},
    )
    STATUS_TONES = {
        "planned": "plain",
        "open": "wait",
        "closed": "info",
        "departed": "info",
        "arrived": "good",
        "reconciled": "good",
        "cancelled": "bad",
    }
    TRANSITIONS = {
        "open": ({Status.PLANNED}, Status.OPEN),
        "close": ({Status.OPEN}, Status.CLOSED),
        "reopen": ({Status.CLOSED}, Status.OPEN),
        "depart": ({Status.CLOSED}, Status.DEPARTED),
        "arrive": ({Status.DEPARTED}, Status.ARRIVED),
        "reconcile": ({Status.ARRIVED}, Status.RECONCILED),
        "cancel": ({Status.PLANNED, Status.OPEN, Status.CLOSED}, Status.CANCELLED),
    }

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="trips")
    code = models.CharField(_("Mã chuyến"), max_length=16, unique=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PLANNED)
    departs_at = models.DateTimeField(_("Giờ xuất phát"))
    pickup = models.ForeignKey(
        "places.Place", verbose_name=_("Điểm đón"), on_delete=models.PROTECT, related_name="+"
    )
    gateway = models.ForeignKey(
        "places.Place", verbose_name=_("Chốt cửa ngõ"), on_delete=models.PROTECT, related_name="+"
    )
    vehicle_plate = models.CharField(_("Biển số xe"), max_length=20, blank=True)
    wave = models.ForeignKey(
        "repatriation.Wave", null=True, blank=True, on_delete=models.PROTECT, related_name="trips"
    )
    # Communes; none means that families from everywhere in the province may come along.
    destinations = models.ManyToManyField("places.Place", related_name="+", verbose_name=_("Chỉ về"))
    has_escort = models.BooleanField(_("Có người đi kèm trẻ em"), default=False)
    vehicle_seats = models.PositiveSmallIntegerField(
        _("Số chỗ của xe"), null=True
    )  # null: as many as `seats`
    seats = models.PositiveSmallIntegerField(_("Số chỗ"), default=45)
    seats_taken = models.PositiveSmallIntegerField(default=0, editable=False)
    planned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # The step that a worker still has to take, and who asked for it.
    asked_step = models.CharField(max_length=5, choices=[("fill", "fill"), ("close", "close")], blank=True)
    asked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = TripQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seats_taken__lte=F("seats")),
                name="trip_seats_taken_within_seats",
                violation_error_message=_("Chuyến này không còn đủ chỗ cho cả gia đình."),
            ),
            models.CheckConstraint(condition=Q(seats__range=(1, 80)), name="trip_seats_plausible"),
            models.CheckConstraint(
                condition=Q(vehicle_seats=None) | Q(vehicle_seats__range=(F("seats"), 80)),
                name="trip_seats_within_vehicle",
            ),
            models.CheckConstraint(
                condition=Q(asked_step="", asked_by=None)
                | Q(asked_step__in=["fill", "close"], asked_by__isnull=False),
                name="trip_step_asked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "open", "closed", "departed"])
                | Q(status__in=["arrived", "reconciled", "cancelled"]),
                name="trip_status_known",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "status", "departs_at"]),
            models.Index(
                fields=["gateway", "departs_at"],
                name="trip_to_gateway",
                condition=Q(status__in=["closed", "departed", "arrived"]),
            ),
            models.Index(fields=["departs_at"], name="trip_asked", condition=~Q(asked_step="")),
        ]
        ordering = ["departs_at", "id"]

    def __str__(self) -> str:
        return self.code

    @property
    def log_place_id(self) -> int:
        return self.gateway_id

    @property
    def stage(self) -> str:
        """Return what is to be done about it: `leaving`, `under_way` or `done`."""
        return next(
            name
            for name, statuses in zip(("leaving", "under_way", "done"), self.STAGES, strict=True)
            if self.status in statuses
        )

    @property
    def seats_free(self) -> int:
        return self.seats - self.seats_taken

    @property
    def day(self) -> dt.date:
        """Return the day on which it leaves, for which the communes' limits count."""
        return timezone.localdate(self.departs_at)

    @cached_property
    def reach(self) -> frozenset[int]:
        """Return the ids of the places in the pick-up point's province; families that are there can be
        seated."""
        return ids_under([f"{ROOT}{self.pickup.province_code}/"])

    @cached_property
    def destination_ids(self) -> frozenset[int]:
        """Return the ids of the communes to which it goes; none means all."""
        return frozenset(self.destinations.values_list("pk", flat=True))


class OfferQuerySet(ScopedQuerySet):
    def for_citizen(self, viewer: CitizenViewer) -> Q | None:
        if viewer.phone:
            return Q(registration__phone=viewer.phone, registration__phone_confirmed_at__isnull=False)
        return super().for_citizen(viewer)


class Offer(models.Model):
    """Seats on one trip for one whole family, with a deadline to answer."""

    SCOPE_COLUMNS = ("trip__gateway", "registration__home_commune")
    SCOPE_PERMISSIONS = (Permission.SEE_QUEUE,)

    class Status(models.TextChoices):
        OFFERED = "offered", _("Chờ gia đình trả lời")
        CONFIRMED = "confirmed", _("Gia đình đã nhận")
        DECLINED = "declined", _("Gia đình từ chối")
        LAPSED = "lapsed", _("Quá hạn trả lời")
        TRAVELLED = "travelled", _("Đã đi")
        NO_SHOW = "no_show", _("Không có mặt")
        CANCELLED = "cancelled", _("Đã hủy")

    LIVE = frozenset({Status.OFFERED, Status.CONFIRMED})
    HOLDS_SEATS = LIVE | {Status.TRAVELLED}  # counted by a trigger in `Trip.seats_taken`
    STATUS_TONES = {
        "offered": "wait",
        "confirmed": "good",
        "declined": "plain",
        "lapsed": "bad",
        "travelled": "good",
        "no_show": "bad",
        "cancelled": "plain",
    }
    TRANSITIONS = {
        "confirm": ({Status.OFFERED}, Status.CONFIRMED),
        "ask_again": ({Status.CONFIRMED}, Status.OFFERED),  # the trip goes on another day
        "decline": ({Status.OFFERED}, Status.DECLINED),
        "lapse": ({Status.OFFERED}, Status.LAPSED),
        "travel": ({Status.CONFIRMED, Status.OFFERED}, Status.TRAVELLED),
        "not_travelled": ({Status.TRAVELLED}, Status.CONFIRMED),  # the arrival was taken back
        "miss": ({Status.CONFIRMED, Status.OFFERED}, Status.NO_SHOW),
        "cancel": ({Status.OFFERED, Status.CONFIRMED}, Status.CANCELLED),
    }

    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="offers")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="offers")
    people = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OFFERED)
    deadline = models.DateTimeField(_("Trả lời trước"))
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    by_hand = models.CharField(max_length=300, blank=True)  # the reason, when an officer chose family or trip
    closed_out = models.BooleanField(default=False)  # the list was closed before the family answered

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(status__in=["offered", "confirmed"]),
                name="offer_one_live_per_family",
                violation_error_message=_("Gia đình này đã có chỗ trên một chuyến khác."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["offered", "confirmed", "declined", "lapsed"])
                | Q(status__in=["travelled", "no_show", "cancelled"]),
                name="offer_status_known",
            ),
            models.CheckConstraint(condition=Q(people__gte=1), name="offer_seats_somebody"),
        ]
        indexes = [
            models.Index(fields=["deadline"], name="offer_waiting", condition=Q(status="offered")),
            models.Index(fields=["trip", "status"]),
        ]

    def __str__(self) -> str:
        return f"{self.trip_id} → {self.registration_id}"

    @property
    def log_place_id(self) -> int | None:
        return self.registration.home_commune_id
