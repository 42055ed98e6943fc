"""Screenings, in which the home commune says whether a family belongs there."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens import codes
from citizens.matching import fold
from citizens.models import Person
from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from repatriation.models.registration import Member, Registration
from repatriation.models.registration import Status as Where

# In these states of a family its commune may still decide; after them the handover does.
DECIDABLE = frozenset({Where.WAITING, Where.OFFERED, Where.CONFIRMED})


class ScreeningStatus(models.TextChoices):
    PENDING = "pending", _("Chờ xã, phường xác nhận")
    ASKED = "asked", _("Đã hỏi gia đình")
    CONFIRMED = "confirmed", _("Đúng người của xã, phường")
    NOT_OURS = "not_ours", _("Không phải người của xã, phường")
    DISPUTED = "disputed", _("Chờ tỉnh quyết định")
    OVERDUE = "overdue", _("Quá hạn, gia đình vẫn đi tiếp")
    CANCELLED = "cancelled", _("Không cần xác nhận nữa")


OPEN = frozenset({ScreeningStatus.PENDING, ScreeningStatus.ASKED, ScreeningStatus.DISPUTED})
WITH_COMMUNE = frozenset({ScreeningStatus.PENDING, ScreeningStatus.ASKED})


class ScreeningQuerySet(ScopedQuerySet):
    def current(self) -> Self:
        """Return the screenings of families that a commune may still decide about."""
        return self.filter(registration__status__in=DECIDABLE)

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def named(self, text: str) -> Self:
        """Filter by a part of a member's name without marks, or by a whole registration code; a text of signs
        alone matches nobody."""
        text = text.strip()
        if not text:
            return self
        if found := codes.meant(text, settings.PORTAL_CODE_PREFIX):
            return self.filter(registration__code__in=found)
        if not fold(text):
            return self.none()
        people = Member.objects.filter(person__in=Person.objects.by_name(text))
        return self.filter(registration__in=people.values("registration"))


class Screening(models.Model):
    """One commune is asked about one family, until `due_at`.

    A commune that says that the family is not its own may suggest another, which gets a row of its own. When
    that one refuses too, the row is disputed and the province decides. `question` and `answer` are the last
    ones; earlier ones stand in the log.
    """

    SCOPE_COLUMNS = ("commune",)
    SCOPE_PERMISSIONS = (Permission.SEE_SCREENING,)
    Status = ScreeningStatus
    STATUS_TONES = {
        "pending": "wait",
        "asked": "info",
        "confirmed": "good",
        "not_ours": "plain",
        "disputed": "bad",
        "overdue": "bad",
        "cancelled": "plain",
    }
    TRANSITIONS = {
        "ask": ({Status.PENDING}, Status.ASKED),
        "answer": ({Status.ASKED}, Status.PENDING),
        "confirm": ({Status.PENDING, Status.ASKED, Status.OVERDUE}, Status.CONFIRMED),
        "reject": ({Status.PENDING, Status.ASKED, Status.OVERDUE}, Status.NOT_OURS),
        "dispute": ({Status.PENDING, Status.ASKED, Status.OVERDUE}, Status.DISPUTED),
        "settle": ({Status.DISPUTED}, Status.NOT_OURS),
        "lapse": ({Status.PENDING, Status.ASKED}, Status.OVERDUE),
        "cancel": ({Status.PENDING, Status.ASKED, Status.DISPUTED, Status.OVERDUE}, Status.CANCELLED),
    }

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="screenings")
    commune = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(_("Hạn xác nhận"))
    asked_at = models.DateTimeField(null=True)
    question = models.CharField(_("Câu hỏi"), max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(_("Trả lời"), max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("Lý do"), max_length=300, blank=True)
    family_then = models.JSONField(default=dict)  # the family that the commune answered about
    suggested = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ScreeningStatus.values), name="screening_status_known"
            ),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(status__in=["pending", "asked", "disputed"]),
                name="screening_one_open_per_registration",
                violation_error_message=_("Gia đình này đang được một xã, phường khác xác nhận."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "asked"], decided_at=None, decided_by=None)
                | Q(
                    status__in=["confirmed", "not_ours", "disputed"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                )
                | Q(status="overdue", decided_at__isnull=False, decided_by=None)
                | Q(status="cancelled", decided_at__isnull=False),
                name="screening_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["not_ours", "disputed"]) | ~Q(reason=""),
                name="screening_refused_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(question="", asked_at=None) | (~Q(question="") & Q(asked_at__isnull=False)),
                name="screening_asked_something",
            ),
            models.CheckConstraint(
                condition=~Q(status="asked") | ~Q(question=""), name="screening_asked_has_question"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | (~Q(answer="") & Q(answered_at__isnull=False) & ~Q(question="")),
                name="screening_answered_a_question",
            ),
            models.CheckConstraint(
                condition=Q(suggested=None) | ~Q(suggested=F("commune")), name="screening_suggests_another"
            ),
        ]
        indexes = [
            models.Index(
                fields=["commune", "due_at"],
                name="screening_open",
                condition=Q(status__in=["pending", "asked", "disputed"]),
            ),
            models.Index(
                fields=["due_at"],
                name="screening_due",
                condition=Q(status__in=["pending", "asked", "disputed"]),
            ),
            models.Index(fields=["commune", "status", "due_at"]),
        ]
        ordering = ["due_at", "id"]

    def __str__(self) -> str:
        return f"{self.registration_id} → {self.commune_id}"

    @property
    def log_place_id(self) -> int:
        return self.commune_id

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def awaits_answer(self) -> bool:
        """Return whether the family was asked and has not answered yet; it may answer late, too."""
        asked = self.status in {ScreeningStatus.ASKED, ScreeningStatus.OVERDUE}
        return asked and bool(self.question) and not self.answer
