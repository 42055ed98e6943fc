from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.accounts.roles import Permission
from portal.accounts.scoping import CitizenViewer, ScopedQuerySet
from quarantine.models.order import Order


class CertificateQuerySet(ScopedQuerySet):
    def for_citizen(self, viewer: CitizenViewer) -> Q | None:
        if viewer.phone:
            return Q(order__person__phone=viewer.phone, order__person__proved_phone=viewer.phone)
        return super().for_citizen(viewer)

    def for_paper(self) -> Self:
        """Return the certificates that are not revoked, with what is printed on them."""
        return self.filter(revoked_at=None).select_related("order__person", "order__place__parent__parent")


class Certificate(models.Model):
    """A paper that says that an order was completed. Anybody may verify it by `public_code`, 80 random bits."""

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

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_reason="")),
                name="certificate_revoked_with_reason",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None

    @property
    def readable_code(self) -> str:
        """Return the public code in groups of four, to be compared or typed from paper."""
        return " ".join(self.public_code[start : start + 4] for start in range(0, len(self.public_code), 4))

    @property
    def log_place_id(self) -> int:
        return self.order.place_id
