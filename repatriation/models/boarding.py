from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from repatriation.models.trip import Trip


class BoardingQuerySet(ScopedQuerySet):
    def standing(self) -> Self:
        """Return the boardings that were not taken back."""
        return self.filter(undone_at=None)

    def not_arrived(self) -> Self:
        """Return the boardings of reconciled trips whose person no checkpoint has entered since, and which
        nobody has settled."""
        rows = self.standing().filter(trip__status=Trip.Status.RECONCILED, settled_at=None)
        return rows.filter(Q(person__arrived_at=None) | Q(person__arrived_at__lt=F("at")))


class Boarding(models.Model):
    """The boarding of one person on a trip's vehicle. People who were sent together share `client_key`, which
    the device made, so that a resend changes nothing. A boarding that was taken back stays, with who did it
    and when.

    A walk-on had no seat when the list was closed. One without a registration takes a seat by this row: a
    trigger counts it in `trip.seats_taken`.
    """

    class Found(models.TextChoices):
        """The whereabouts of somebody who got on and passed no checkpoint."""

        HOME = "home", _("Đã tự về đến nhà")
        ELSEWHERE = "elsewhere", _("Đang ở nơi khác, chưa về")

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
    found = models.CharField(_("Người này ở đâu"), max_length=10, choices=Found.choices, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    settled_reason = models.CharField(max_length=300, blank=True)

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
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="boarding_undone_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, found="", settled_reason="")
                | (
                    Q(settled_at__isnull=False, settled_by__isnull=False, found__in=["home", "elsewhere"])
                    & ~Q(settled_reason="")
                ),
                name="boarding_settled_by_somebody_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["person", "-at"])]
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.trip_id}"

    @property
    def log_place_id(self) -> int:
        return self.trip.gateway_id
