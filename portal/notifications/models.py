"""The outbox: messages, and every attempt to send them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import kind_of


class Hidden(dict[str, str]):
    """Values for a text, with dots for a missing secret, so that a stored text shows that there was one."""

    def __missing__(self, key: str) -> str:
        return "•••"


class Message(models.Model):
    """One message to one recipient. Its id is the reference given to the provider.

    `secrets` (links, codes) are wiped when the message has been handed over; `context` stays.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Chờ gửi")
        SENDING = "sending", _("Đang gửi")
        SENT = "sent", _("Đã gửi")
        DELIVERED = "delivered", _("Đã nhận")
        FAILED = "failed", _("Không gửi được")
        EXPIRED = "expired", _("Hết hạn")

    STATUS_TONES = {
        "queued": "wait",
        "sending": "wait",
        "sent": "info",
        "delivered": "good",
        "failed": "bad",
        "expired": "plain",
    }

    kind = models.CharField(max_length=40)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=5, default="vi")
    context = models.JSONField(default=dict)
    secrets = models.JSONField(default=dict)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"], name="message_waiting", condition=Q(status__in=["queued", "sending"])
            ),
            models.Index(fields=["about_type", "about_id"]),
            models.Index(fields=["phone", "-created_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "sending", "sent", "delivered", "failed", "expired"]),
                name="message_status_known",
            ),
            models.CheckConstraint(condition=~Q(phone="") | ~Q(email=""), name="message_has_recipient"),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} → {self.phone or self.email}"

    @property
    def title(self) -> str:
        return str(kind_of(self.kind).title)

    @property
    def text(self) -> str:
        """Return the text in the active language, with dots for wiped secrets."""
        return self.render(self.secrets)

    def render(self, secrets: dict[str, Any]) -> str:
        """Return the text with these secrets; every message may name the portal and the hotline."""
        everywhere = {"portal": settings.PORTAL_NAME, "hotline": settings.PORTAL_HOTLINE}
        return str(kind_of(self.kind).text).format_map(Hidden({**everywhere, **self.context, **secrets}))


class Attempt(models.Model):
    """One attempt to hand a message to a channel. Rows are never changed."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempt_rows")
    number = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=12)
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=12)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="attempt_once_per_number")]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.number} {self.channel} {self.outcome}"
