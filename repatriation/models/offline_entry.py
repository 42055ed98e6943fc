from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens.matching import fold
from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet

BOARDING = "boarding"  # the kind that officers at the vehicle see; the others tell of health


class OfflineEntryQuerySet(ScopedQuerySet):
    def for_officer(self, user: Any) -> Q | None:
        """Show entries of the vehicle to those who board people, and all entries to the checkpoint's officers."""
        arrivals = user.place_ids(Permission.RECORD_ARRIVALS)
        boardings = user.place_ids(Permission.RECORD_BOARDING)
        if not (arrivals or boardings):
            return None
        return Q(place__in=arrivals) | Q(place__in=boardings, kind=BOARDING)

    def to_settle(self) -> Self:
        """Return what somebody has to settle: what was refused, and what waits for an earlier entry."""
        return self.filter(status__in=[OfflineEntry.Status.TO_SETTLE, OfflineEntry.Status.WAITING])

    def named(self, text: str) -> Self:
        """Filter by a part of a name without marks, or of a registration code."""
        folded = fold(text)
        if not folded:
            return self.none() if text.strip() else self
        code = text.strip().upper()
        return self.filter(Q(search_names__contains=folded) | Q(registration_code__contains=code))


class OfflineEntry(models.Model):
    """An entry that a device kept while the line was down, as it came in, and what became of it.

    `key` is the form's key, made on the device; a resend has the same key and the same `digest`. Another content
    under a known key is a row of its own, which somebody settles. Nothing that came in is ever dropped.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Chờ lượt trước")
        STORED = "stored", _("Đã ghi")
        TO_SETTLE = "to_settle", _("Cần xử lý")
        SETTLED = "settled", _("Đã xử lý")

    SCOPE_COLUMNS = ("place",)
    SCOPE_PERMISSIONS = (Permission.RECORD_ARRIVALS, Permission.RECORD_BOARDING)
    STATUS_TONES = {"waiting": "wait", "stored": "good", "to_settle": "bad", "settled": "plain"}
    TRANSITIONS = {
        "store": ({Status.WAITING, Status.TO_SETTLE}, Status.STORED),
        "refuse": ({Status.WAITING}, Status.TO_SETTLE),
        "settle": ({Status.TO_SETTLE, Status.WAITING}, Status.SETTLED),
        "reopen": ({Status.SETTLED}, Status.TO_SETTLE),
    }

    key = models.UUIDField()
    digest = models.CharField(max_length=64)
    after = models.UUIDField(null=True)  # the key of the entry of the same device that has to be done first
    device = models.ForeignKey("repatriation.OfflineDevice", on_delete=models.PROTECT, related_name="entries")
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    device_time = models.DateTimeField(null=True)  # by the device's clock
    sent_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    registration_code = models.CharField(max_length=20, blank=True)
    names = models.CharField(max_length=600, blank=True)
    search_names = models.CharField(max_length=600, blank=True)
    content = models.JSONField(default=dict)
    is_urgent = models.BooleanField(default=False)  # a fever, symptoms or a positive test stand in it
    status = models.CharField(max_length=9, choices=Status.choices)
    reason = models.CharField(max_length=600, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("Ghi chú"), max_length=300, blank=True)

    objects = OfflineEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "digest"], name="offline_entry_once_per_content"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(status="stored"), name="offline_entry_stored_once_per_key"
            ),
            models.CheckConstraint(
                condition=~Q(status="settled", note=""), name="offline_entry_settled_with_note"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="offline_entry_settled_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["place", "status", "-received_at"]),
            models.Index(fields=["after"], condition=Q(status="waiting"), name="offline_entry_waits_for"),
        ]
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.key} {self.status}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.search_names = fold(self.names)[:600]
        super().save(*args, **kwargs)

    @property
    def log_place_id(self) -> int:
        return self.place_id

    def fields(self) -> list[tuple[str, str]]:
        """Return the fields of the form that the officer filled in."""
        return [(str(name), str(value)) for name, value in self.content.get("fields", [])]
