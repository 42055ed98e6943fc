"""Limits of how many people a commune takes in on a day."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet


class Intake(models.Model):
    """The limit of one commune for one day. A day without a row has no limit.

    `taken` counts the people who have seats on the trips that leave on that day (in the portal's time zone)
    and whose home is in the commune. Triggers count it as offers change; in Python only `set_limits` writes
    it.
    """

    SCOPE_COLUMNS = ("commune",)
    SCOPE_PERMISSIONS = (Permission.SEE_INTAKE,)

    commune = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("Ngày"))
    people_limit = models.PositiveIntegerField(_("Nhận tối đa"))
    taken = models.PositiveIntegerField(default=0, editable=False)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "commune"], name="intake_once_per_commune_and_day"),
            models.CheckConstraint(
                condition=models.Q(taken__lte=F("people_limit")),
                name="intake_taken_within_limit",
                violation_error_message=_("Xã, phường này đã đủ số người nhận trong ngày."),
            ),
        ]
        ordering = ["day", "commune_id"]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.day:%d/%m/%Y}: {self.taken}/{self.people_limit}"

    @property
    def log_place_id(self) -> int:
        return self.commune_id

    @property
    def room(self) -> int:
        return self.people_limit - self.taken
