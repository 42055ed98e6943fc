"""Waves, of trips that are planned in one go."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from repatriation.models.campaign import Campaign


class Wave(models.Model):
    """The trips that one form made from days, pick-up points and vehicles; `client_key` is that form's."""

    SCOPE_COLUMNS = ("gateway",)
    SCOPE_PERMISSIONS = (Permission.SEE_QUEUE,)

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="waves")
    name = models.CharField(_("Tên đợt xe"), max_length=120)
    gateway = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(unique=True)
    planned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def log_place_id(self) -> int:
        return self.gateway_id
