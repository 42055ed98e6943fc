"""Handovers, by which a person passes from the checkpoint to the commune."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens import codes
from citizens.matching import fold
from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from quarantine.models import DailyCheck, TestResult
from repatriation.models.arrival import FEVER, Arrival

if TYPE_CHECKING:
    from repatriation.models.registration import Registration

HOME_WITHIN = dt.timedelta(hours=24)  # from the acceptance until the commune has seen that they are at home


class HandoverQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.filter(status=Handover.Status.SENT)

    def sent_back(self) -> Self:
        """Return those refused and not sent on yet, unless the person came in by another way meanwhile."""
        still_there = Q(
            kind=Handover.Kind.ARRIVAL, person__arrived_at=F("arrival__at"), arrival__taken_back_at=None
        )
        stayed = Q(kind=Handover.Kind.TRANSFER) & (
            Q(person__arrived_at=None) | Q(person__arrived_at__lte=F("sent_at"))
        )
        refused = self.filter(status=Handover.Status.REFUSED, next=None, settled_at=None)
        return refused.filter(still_there | stayed)

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

    def on_the_way_home(self) -> Self:
        """Return those accepted whose people nobody has seen at home yet; whoever goes to a facility or a
        hospital is not waited for."""
        return self.filter(status=Handover.Status.ACCEPTED, home_safe_at=None, home_by__isnull=False)

    def late_home(self, now: dt.datetime | None = None) -> Self:
        return self.on_the_way_home().filter(home_by__lt=now or timezone.now())


def urgency() -> Combinable:
    """Return 1 for a handover whose person needs somebody at once, else 0: a positive test, a fever, symptoms,
    an open red flag, a need, or a way that does not lead home."""
    positive = TestResult._base_manager.filter(
        person=OuterRef("person"), outcome=TestResult.Outcome.POSITIVE, seen_at=None
    )
    red = DailyCheck._base_manager.filter(order__person=OuterRef("person"), is_red=True, seen_at=None)
    return Case(
        When(
            Q(arrival__rapid_test=Arrival.RapidTest.POSITIVE)
            | Q(arrival__temperature__gte=FEVER)
            | Q(arrival__has_symptoms=True)
            | (Q(arrival__isnull=False) & ~Q(arrival__needs=""))
            | (Q(arrival__isnull=False) & ~Q(arrival__decision=Arrival.Decision.HOME))
            | ~Q(needs="")
            | Exists(positive)
            | Exists(red),
            then=Value(1),
        ),
        default=Value(0),
        output_field=IntegerField(),
    )


class Handover(models.Model):
    """One link of a chain by which a person passes to a commune. Until somebody accepts, `from_place` answers
    for them.

    A chain begins with an arrival at a checkpoint, or with a transfer from the place that answers now. The
    province continues a refused link with a new one to another commune (`previous`). People who are handed over
    together share `party`, which is the client key of the form.
    """

    SCOPE_COLUMNS = ("from_place", "to_place")
    SCOPE_PERMISSIONS = (Permission.SEE_HANDOVERS,)

    class Kind(models.TextChoices):
        ARRIVAL = "arrival", _("Từ chốt về")
        TRANSFER = "transfer", _("Chuyển nơi ở")

    class Status(models.TextChoices):
        SENT = "sent", _("Chờ tiếp nhận")
        ACCEPTED = "accepted", _("Đã tiếp nhận")
        REFUSED = "refused", _("Bị từ chối")
        WITHDRAWN = "withdrawn", _("Đã rút lại")

    STATUS_TONES = {"sent": "wait", "accepted": "good", "refused": "bad", "withdrawn": "plain"}
    TRANSITIONS = {
        "accept": ({Status.SENT}, Status.ACCEPTED),
        "refuse": ({Status.SENT}, Status.REFUSED),
        "withdraw": ({Status.SENT}, Status.WITHDRAWN),
        "undo_accept": ({Status.ACCEPTED}, Status.SENT),
        "undo_refuse": ({Status.REFUSED}, Status.SENT),
    }

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.ARRIVAL)
    party = models.UUIDField()
    arrival = models.ForeignKey(Arrival, null=True, on_delete=models.PROTECT, related_name="handovers")
    person = models.ForeignKey("citizens.Person", on_delete=models.PROTECT, related_name="handovers")
    from_place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    to_place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    # Where a transferred person will live, and what they need; an arrival says it for those who came.
    address = models.CharField(_("Địa chỉ sẽ ở"), max_length=200, blank=True)
    needs = models.CharField(_("Cần giúp"), max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.SENT)
    sent_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    sent_because = models.CharField(_("Lý do chuyển"), max_length=300, blank=True)
    deadline = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)  # last
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("Lý do"), max_length=300, blank=True)
    proposed_place = models.ForeignKey(
        "places.Place", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Nơi nhận đúng")
    )
    previous = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="next")
    # The order that the acceptance opened here, or brought here from another place.
    order = models.ForeignKey("quarantine.Order", null=True, on_delete=models.PROTECT, related_name="+")
    # Until when the commune sees that they are at home; null for whoever goes to a facility or a hospital.
    home_by = models.DateTimeField(null=True)
    home_safe_at = models.DateTimeField(null=True)
    home_escalated_at = models.DateTimeField(null=True)  # last
    # A refused handover that nobody has to send on any more.
    settled_at = models.DateTimeField(null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["sent", "accepted", "refused", "withdrawn"]),
                name="handover_status_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="arrival", arrival__isnull=False) | Q(kind="transfer", arrival=None),
                name="handover_by_arrival_or_transfer",
            ),
            models.CheckConstraint(
                condition=~Q(from_place=F("to_place")), name="handover_between_two_places"
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
                | Q(
                    status__in=["accepted", "refused", "withdrawn"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="handover_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["refused", "withdrawn"]) | ~Q(reason=""),
                name="handover_refused_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(status="accepted") | Q(home_by=None, home_safe_at=None),
                name="handover_home_after_acceptance",
            ),
        ]
        indexes = [
            models.Index(fields=["to_place", "deadline"], name="handover_open", condition=Q(status="sent")),
            models.Index(fields=["from_place", "-sent_at"]),
            models.Index(fields=["to_place", "-sent_at"]),
            models.Index(fields=["deadline"], name="handover_overdue", condition=Q(status="sent")),
            models.Index(
                fields=["home_by"],
                name="handover_home_open",
                condition=Q(status="accepted", home_safe_at=None, home_by__isnull=False),
            ),
            models.Index(
                fields=["from_place"],
                name="handover_sent_back",
                condition=Q(status="refused", settled_at=None),
            ),
            models.Index(fields=["party"]),
            models.Index(
                fields=["from_place", "deadline"], name="handover_open_from", condition=Q(status="sent")
            ),
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

    @property
    def is_late_home(self) -> bool:
        return self.waits_for_home and self.home_by is not None and self.home_by < timezone.now()

    @property
    def waits_for_home(self) -> bool:
        """Return whether the commune still has to see that the person is at home."""
        return self.status == self.Status.ACCEPTED and self.home_by is not None and self.home_safe_at is None

    @property
    def registration(self) -> Registration | None:
        return self.arrival.registration if self.arrival else None

    @property
    def address_there(self) -> str:
        """Return where the person will live."""
        return self.arrival.address if self.arrival else self.address

    @property
    def needs_there(self) -> str:
        """Return what the person needs, as the sender wrote it."""
        return self.arrival.needs if self.arrival else self.needs

    @property
    def decision(self) -> str:
        """Return where the person goes: home, unless the checkpoint decided otherwise."""
        return self.arrival.decision if self.arrival else Arrival.Decision.HOME

    @property
    def goes_home(self) -> bool:
        return self.decision == Arrival.Decision.HOME
