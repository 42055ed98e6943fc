from __future__ import annotations

from django.db import models
from django.utils import timezone

from portal.accounts.roles import Permission
from portal.accounts.scoping import CitizenViewer, ScopedQuerySet
from quarantine.models.order import Order


class CertificateQuerySet(ScopedQuerySet):
    def for_citizen(self, viewer: CitizenViewer) -> models.Q | None:
        if viewer.phone:
            return models.Q(order__person__phone=viewer.phone)
        return super().for_citizen(viewer)


class Certificate(models.Model):
    """Says that an order was completed. Anybody may verify it by `public_code`, 80 random bits."""

    SCOPE_COLUMNS = ("order__place",)
    SCOPE_PERMISSIONS = (Permission.SEE_HEALTH, Permission.SEE_FACILITY)

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="certificate")
    number = models.CharField(max_length=30, unique=True)
    public_code = models.CharField(max_length=24, unique=True)
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=300, blank=True)

    objects = CertificateQuerySet.as_manager()

    def __str__(self) -> str:
        return self.number

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None

    @property
    def log_place_id(self) -> int:
        return self.order.place_id
