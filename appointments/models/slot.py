from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models.office import Office
from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet


class SlotQuerySet(ScopedQuerySet):
    def open_after(self, moment: dt.datetime) -> SlotQuerySet:
        """Return slots after the moment that are not closed, full ones included."""
        return self.filter(starts_at__gt=moment, is_closed=False)

    def with_room(self) -> SlotQuerySet:
        return self.filter(is_closed=False, taken__lt=F("capacity"))


class Slot(models.Model):
    """A time at an office. The database refuses that `taken` passes `capacity` (design §10.8)."""

    SCOPE_COLUMNS = ("office__place",)
    SCOPE_PERMISSIONS = (Permission.SEE_APPOINTMENTS,)

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)
    is_closed = models.BooleanField(default=False)

    objects = SlotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "starts_at"], name="slot_once_per_time"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_start"),
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")),
                name="slot_taken_within_capacity",
                violation_error_message=_("Giờ này vừa hết chỗ. Vui lòng chọn giờ khác."),
            ),
        ]
        ordering = ["starts_at"]

    def __str__(self) -> str:
        return f"{self.office_id} {timezone.localtime(self.starts_at):%d/%m/%Y %H:%M}"

    @property
    def day(self) -> dt.date:
        """Return the date at the office."""
        return timezone.localdate(self.starts_at)

    @property
    def free(self) -> int:
        return 0 if self.is_closed else self.capacity - self.taken
