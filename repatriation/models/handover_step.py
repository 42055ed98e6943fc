"""What happened beside the links of a handover: escalations, and people who left by another way."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens.matching import fold
from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from repatriation.models.handover import Handover


class HandoverEscalation(models.Model):
    """One time that a handover past its deadline was told to the places above it. `told`: the officers (ids) who
    got a message."""

    SCOPE_COLUMNS = ("handover__from_place", "handover__to_place")
    SCOPE_PERMISSIONS = (Permission.SEE_HANDOVERS,)

    class Kind(models.TextChoices):
        ACCEPT = "accept", _("Quá hạn tiếp nhận")
        HOME = "home", _("Quá hạn về nhà")

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="escalations")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.ACCEPT)
    to_place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    told = ArrayField(models.BigIntegerField(), default=list)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["handover", "at"])]
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.handover_id} → {self.to_place_id}"


class HandoverExceptionQuerySet(ScopedQuerySet):
    def standing(self) -> Self:
        """Return those that still hold: not taken back, and the person has not passed a checkpoint since."""
        return self.filter(ended_at=None).filter(
            Q(person__arrived_at=None) | Q(person__arrived_at__lte=F("recorded_at"))
        )

    def named(self, text: str) -> Self:
        """Filter by a part of the person's name without marks; a text of signs alone matches nobody."""
        if not text.strip():
            return self
        folded = fold(text)
        return self.filter(person__search_name__contains=folded) if folded else self.none()


class HandoverException(models.Model):
    """A person whom no commune of the province receives: they left, died, or were taken in by another road.

    `place` is the province, which recorded it and answers for them from then on; `left_from` answered before.
    """

    SCOPE_COLUMNS = ("place", "left_from")
    SCOPE_PERMISSIONS = (Permission.SEE_HANDOVERS,)

    class Kind(models.TextChoices):
        OTHER_PROVINCE = "other_province", _("Đi tỉnh khác")
        HOSPITAL = "hospital", _("Bệnh viện ngoài tỉnh")
        OTHER_ROAD = "other_road", _("Được nhận bằng đường khác")
        DIED = "died", _("Đã mất")

    kind = models.CharField(_("Trường hợp"), max_length=14, choices=Kind.choices)
    person = models.ForeignKey("citizens.Person", on_delete=models.PROTECT, related_name="exceptions")
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="exceptions")
    left_from = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    where = models.CharField(_("Đang ở đâu"), max_length=200)
    taken_over_by = models.CharField(_("Ai đã nhận"), max_length=160, blank=True)
    at = models.DateTimeField(_("Từ lúc"))
    reason = models.CharField(_("Lý do"), max_length=300)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    ended_because = models.CharField(max_length=300, blank=True)

    objects = HandoverExceptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(where=""), name="exception_says_where_and_why"
            ),
            models.CheckConstraint(
                condition=Q(kind="died") | ~Q(taken_over_by=""), name="exception_says_who_took_over"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_because="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_because="")),
                name="exception_ended_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["place", "-recorded_at"]),
            models.Index(fields=["left_from", "-recorded_at"]),
        ]
        ordering = ["-recorded_at", "-id"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"

    @property
    def log_place_id(self) -> int:
        return self.left_from_id
