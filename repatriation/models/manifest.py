"""Closed lists: who was on a trip when its list was closed; never changed afterwards."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from repatriation.models.trip import Trip


class ManifestQuerySet(ScopedQuerySet):
    def for_officer(self, user: Any) -> Q | None:
        """Show the gateway and the coordinator their trips' lists, and a commune those that bring people to
        it."""
        whole = super().for_officer(user)
        communes = user.place_ids(Permission.SEE_MANIFESTS)
        if not communes:
            return whole
        own = Q(Exists(ManifestPart.objects.filter(manifest=OuterRef("pk"), commune__in=communes)))
        return own if whole is None else whole | own

    def standing(self) -> ManifestQuerySet:
        """Return the lists that count: the last of each trip, unless the trip was reopened since."""
        later = Manifest.objects.filter(trip=OuterRef("trip"), pk__gt=OuterRef("pk"))
        return self.exclude(trip__status=Trip.Status.OPEN).exclude(Exists(later))


class Manifest(models.Model):
    """The closed list of a trip; a trip that was reopened and closed again has several. `rows` are its families with their people as they were then, by home
    commune; `head` is printed above them on paper. The database refuses every change."""

    SCOPE_COLUMNS = ("trip__gateway",)
    SCOPE_PERMISSIONS = (
        Permission.SEE_QUEUE,
        Permission.RECORD_ARRIVALS,
        Permission.RECORD_BOARDING,
    )

    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="manifests")
    head = models.JSONField()
    rows = models.JSONField()
    families = models.PositiveSmallIntegerField(_("Số gia đình"))
    people = models.PositiveSmallIntegerField(_("Số người"))
    expected_at = models.DateTimeField(_("Dự kiến đến chốt"))
    made_at = models.DateTimeField(_("Chốt lúc"), default=timezone.now)
    made_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = ManifestQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the number that is printed on paper."""
        return f"{self.pk:04d}/DSC-{timezone.localtime(self.made_at).year}"

    @property
    def is_standing(self) -> bool:
        """Return whether the list counts; see `ManifestQuerySet.standing`."""
        return Manifest.objects.filter(pk=self.pk).standing().exists()

    @property
    def log_place_id(self) -> int:
        return self.trip.log_place_id


class ManifestPart(models.Model):
    """How many of a closed list go to one commune; through it the commune sees its own families."""

    SCOPE_COLUMNS = ("commune",)
    SCOPE_PERMISSIONS = (Permission.SEE_MANIFESTS,)

    manifest = models.ForeignKey(Manifest, on_delete=models.PROTECT, related_name="parts")
    commune = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    families = models.PositiveSmallIntegerField()
    people = models.PositiveSmallIntegerField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["manifest", "commune"], name="manifest_part_once_per_commune")
        ]
        indexes = [models.Index(fields=["commune", "manifest"])]

    def __str__(self) -> str:
        return f"{self.manifest_id} → {self.commune_id}"

    @property
    def log_place_id(self) -> int:
        return self.commune_id
