from __future__ import annotations

from django.db import models
from django.utils import timezone

from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet


class ArrivalCorrection(models.Model):
    """A correction of an arrival, with its reason; the values before it are kept.

    `changes` maps the name of each corrected field to `[before, after]`.
    """

    SCOPE_COLUMNS = ("arrival__checkpoint", "arrival__destination")
    SCOPE_PERMISSIONS = (Permission.RECORD_ARRIVALS, Permission.SEE_HANDOVERS)

    arrival = models.ForeignKey("repatriation.Arrival", on_delete=models.PROTECT, related_name="corrections")
    changes = models.JSONField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="arrival_correction_has_reason")
        ]
        indexes = [models.Index(fields=["arrival", "-at"])]
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.arrival_id} {self.at:%d/%m/%Y %H:%M}"
