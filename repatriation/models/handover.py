"""Handovers, by which a person passes from the checkpoint to the commune."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens import codes
from citizens.matching import fold
from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from repatriation.models.arrival import Arrival


class HandoverQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.filter(status=Handover.Status.SENT)

    def sent_back(self) -> Self:
        """Return those refused and not rerouted yet, unless the person passed a checkpoint again
        meanwhile."""
        return self.filter(status=Handover.Status.REFUSED, next=None, person__arrived_at=F("arrival__at"))

    def named(self, text: str) -> Self:
        """Filter by a part of the person's name without marks, or by a whole registration code; a text of
        signs alone matches nobody."""
        text = text.strip()
        if not text:
            return self
        if found := codes.meant(text, settings.PORTAL_CODE_PREFIX):
            return self.filter(arrival__registration__code__in=found)
        folded = fold(text)
        return self.filter(person__search_name__contains=folded) if folded else self.none()

    def overdue(self, now: dt.datetime | None = None) -> Self:
        return self.open().filter(deadline__lt=now or timezone.now())


class Handover(models.Model):
    """One link of an arrival's chain. Until somebody accepts, `from_place` stays responsible.

    The province answers a refused link with a new one to another commune; the links of an `arrival` in order
    of `sent_at` are its chain. People who came together share `arrival.client_key`.
    """

    SCOPE_COLUMNS = ("from_place", "to_place")
    SCOPE_PERMISSIONS = (Permission.SEE_HANDOVERS,)

    class Status(models.TextChoices):
        SENT = "sent", _("Chờ tiếp nhận")
        ACCEPTED = "accepted", _("Đã tiếp nhận")
        REFUSED = "refused", _("Bị từ chối")

    STATUS_TONES = {"sent": "wait", "accepted": "good", "refused": "bad"}
    TRANSITIONS = {
        "accept": ({Status.SENT}, Status.ACCEPTED),
        "refuse": ({Status.SENT}, Status.REFUSED),
    }

    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="handovers")
    person = models.ForeignKey("citizens.Person", on_delete=models.PROTECT, related_name="handovers")
    from_place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    to_place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.SENT)
    sent_at = models.DateTimeField(default=timezone.now)
    deadline = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("Lý do"), max_length=300, blank=True)
    previous = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="next")
    home_safe_at = models.DateTimeField(null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["sent", "accepted", "refused"]), name="handover_status_known"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status="sent"),
                name="handover_one_open_per_person",
                violation_error_message=_("Người này đang có một bàn giao chưa xong."),
            ),
            models.UniqueConstraint(
                fields=["arrival"], condition=Q(previous=None), name="handover_one_chain_per_arrival"
            ),
            models.CheckConstraint(
                condition=Q(status="sent", decided_at=None, decided_by=None)
                | Q(status__in=["accepted", "refused"], decided_at__isnull=False, decided_by__isnull=False),
                name="handover_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(reason=""), name="handover_refused_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["to_place", "deadline"], name="handover_open", condition=Q(status="sent")),
            models.Index(fields=["from_place", "-sent_at"]),
            models.Index(fields=["deadline"], name="handover_overdue", condition=Q(status="sent")),
        ]
        ordering = ["deadline", "id"]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.to_place_id}"

    @property
    def log_place_id(self) -> int:
        return self.to_place_id

    @property
    def is_overdue(self) -> bool:
        return self.status == self.Status.SENT and self.deadline < timezone.now()
