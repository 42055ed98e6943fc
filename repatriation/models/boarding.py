from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet


class BoardingQuerySet(ScopedQuerySet):
    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(undone_at=None)


class Boarding(models.Model):
    """One person got on a trip's vehicle. People of one entry share `client_key`, made by the device, so that
    a resend changes nothing; what was taken back stays, with who and when.

    A walk-on had no seat when the list was closed. One without a registration takes a seat by this row: a
    trigger counts it in `trip.seats_taken`.
    """

    SCOPE_COLUMNS = ("trip__gateway",)
    SCOPE_PERMISSIONS = (Permission.SEE_QUEUE, Permission.RECORD_ARRIVALS, Permission.RECORD_BOARDING)

    trip = models.ForeignKey("repatriation.Trip", on_delete=models.PROTECT, related_name="boardings")
    person = models.ForeignKey("citizens.Person", on_delete=models.PROTECT, related_name="boardings")
    registration = models.ForeignKey(
        "repatriation.Registration", null=True, on_delete=models.PROTECT, related_name="boardings"
    )
    client_key = models.UUIDField()
    at = models.DateTimeField(_("Lên xe lúc"))
    received_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    walk_on = models.BooleanField(_("Không có trong bản chốt"), default=False)
    reason = models.CharField(_("Lý do"), max_length=300, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    undo_key = models.UUIDField(null=True)

    objects = BoardingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trip", "person"],
                condition=Q(undone_at=None),
                name="boarding_once_per_trip",
                violation_error_message=_("Người này đã lên xe."),
            ),
            models.UniqueConstraint(fields=["client_key", "person"], name="boarding_once_per_key_and_person"),
            models.CheckConstraint(
                condition=Q(walk_on=False) | ~Q(reason=""), name="boarding_walk_on_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(registration__isnull=False) | Q(walk_on=True),
                name="boarding_unregistered_is_walk_on",
            ),
        ]
        indexes = [models.Index(fields=["person", "-at"])]
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.trip_id}"

    @property
    def log_place_id(self) -> int:
        return self.trip.gateway_id
