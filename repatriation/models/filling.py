"""Fillings of trips, and the families that each passed over, with the reason."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from repatriation.models.registration import Registration
from repatriation.models.trip import Trip


class Filling(models.Model):
    """One time that a trip's seats were offered. `by` is null when the portal offered freed seats by
    itself."""

    SCOPE_COLUMNS = ("trip__gateway",)
    SCOPE_PERMISSIONS = (Permission.SEE_QUEUE,)

    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="fillings")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    families = models.PositiveSmallIntegerField()
    people = models.PositiveSmallIntegerField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["trip", "-at"])]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.trip_id} {self.at:%d/%m/%Y %H:%M}"


class PassedOver(models.Model):
    """A family that stood before the last one seated and got no seat. It keeps its place.

    `free` is how many seats, or for a full commune how many people of the day, were left at its turn.
    """

    SCOPE_COLUMNS = ("filling__trip__gateway", "registration__home_commune")
    SCOPE_PERMISSIONS = (Permission.SEE_QUEUE, Permission.SEE_PEOPLE)

    class Why(models.TextChoices):
        NO_ROOM = "no_room", _("Xe không còn đủ chỗ cho cả gia đình")
        INTAKE_FULL = "intake_full", _("Xã, phường ở quê đã đủ số người nhận trong ngày")
        HELD = "held", _("Đang tạm giữ")
        CANNOT_TRAVEL = "cannot_travel", _("Gia đình không đi được ngày đó")
        NEEDS_ESCORT = "needs_escort", _("Trẻ đi một mình cần chuyến có người đi kèm")
        OTHER_DESTINATION = "other_destination", _("Chuyến không về xã, phường này")
        NOT_SCREENED = "not_screened", _("Chờ xã, phường ở quê xác nhận")
        ASKED_BEFORE = "asked_before", _("Đã mời chuyến này một lần")
        BUSY = "busy", _("Đang được xếp ở chuyến khác")

        def say(self, *, people: int, free: int) -> str:
            """Return the reason for a family of so many people, with the numbers where they explain it."""
            return str(SENTENCES.get(self.value, self.label) % {"people": people, "free": free})

    filling = models.ForeignKey(Filling, on_delete=models.CASCADE, related_name="passed")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="passed_over")
    why = models.CharField(max_length=20, choices=Why.choices)
    people = models.PositiveSmallIntegerField()
    free = models.PositiveIntegerField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    why__in=[
                        "no_room",
                        "intake_full",
                        "held",
                        "cannot_travel",
                        "needs_escort",
                        "other_destination",
                        "not_screened",
                        "asked_before",
                        "busy",
                    ]
                ),
                name="passed_over_why_known",
            ),
            models.UniqueConstraint(fields=["filling", "registration"], name="passed_over_once_a_filling"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.why}"

    @property
    def sentence(self) -> str:
        """Return the reason, with the numbers where they explain it."""
        return self.Why(self.why).say(people=self.people, free=self.free)


# Reasons of which a sentence says more than the label.
SENTENCES: dict[str, Promise] = {
    "no_room": _("Gia đình %(people)d người, xe còn %(free)d chỗ"),
    "intake_full": _("Gia đình %(people)d người, xã, phường ở quê còn nhận %(free)d người trong ngày"),
    "held": _("Gia đình đang được tạm giữ"),
    "not_screened": _("Xã, phường ở quê chưa xác nhận gia đình"),
}
