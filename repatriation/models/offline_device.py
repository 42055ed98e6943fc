from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet

WRONG_CLOCK = 120  # seconds from which a device's clock is called wrong


class OfflineDeviceQuerySet(ScopedQuerySet):
    def with_entries_waiting(self) -> Self:
        return self.filter(waiting__gt=0)


class OfflineDevice(models.Model):
    """A browser that keeps entries while the line is down: how many waited in it when it was last heard of."""

    SCOPE_COLUMNS = ("place",)
    SCOPE_PERMISSIONS = (Permission.RECORD_ARRIVALS, Permission.RECORD_BOARDING)

    uuid = models.UUIDField(unique=True)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)
    seen_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    waiting = models.PositiveIntegerField(_("Lượt chờ gửi"), default=0)
    waiting_since = models.DateTimeField(null=True)
    seconds_ahead = models.IntegerField(default=0)  # of the server's clock; negative: behind it
    may_forget = models.BooleanField(default=False)  # the browser did not promise to keep what it stores

    objects = OfflineDeviceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(waiting=0, waiting_since=None) | Q(waiting__gt=0, waiting_since__isnull=False),
                name="offline_device_says_since_when",
            )
        ]
        indexes = [models.Index(fields=["place", "-seen_at"])]
        ordering = [F("waiting_since").asc(nulls_last=True), "-seen_at"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Return a short name for people: the device's first letters."""
        return str(self.uuid)[:4].upper()

    @property
    def has_wrong_clock(self) -> bool:
        return abs(self.seconds_ahead) > WRONG_CLOCK

    @property
    def off_by(self) -> dt.timedelta:
        return dt.timedelta(seconds=abs(self.seconds_ahead))
