"""Requests for another phone by families whose phone was written down wrongly; the home commune decides.

Several may be open at once, each from somebody else, so that the first request does not block the right one.
"""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens import codes
from citizens.matching import fold
from citizens.models import Person
from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from repatriation.models.registration import Member, Registration


class CorrectionStatus(models.TextChoices):
    REQUESTED = "requested", _("Chờ xã, phường kiểm tra")
    CONFIRMED = "confirmed", _("Đã đổi số")
    REFUSED = "refused", _("Không đổi")


class PhoneCorrectionQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.filter(status=CorrectionStatus.REQUESTED)

    def named(self, text: str) -> Self:
        """Filter by a part of a member's name without marks, or by a whole registration code."""
        text = text.strip()
        if not text:
            return self
        if found := codes.meant(text, settings.PORTAL_CODE_PREFIX):
            return self.filter(registration__code__in=found)
        if not fold(text):
            return self.none()
        people = Member.objects.filter(person__in=Person.objects.by_name(text))
        return self.filter(registration__in=people.values("registration"))


class PhoneCorrection(models.Model):
    """One request. `person` is the member who asks. Where `asked_by` is set, that operator of the hotline
    wrote it down on a caller's word; else the member's number and birth were given, and a code proved the new
    phone."""

    SCOPE_COLUMNS = ("registration__home_commune",)
    SCOPE_PERMISSIONS = (Permission.SEE_PEOPLE,)
    Status = CorrectionStatus
    STATUS_TONES = {"requested": "wait", "confirmed": "good", "refused": "plain"}
    TRANSITIONS = {
        "confirm": ({Status.REQUESTED}, Status.CONFIRMED),
        "refuse": ({Status.REQUESTED}, Status.REFUSED),
    }

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="phone_corrections")
    person = models.ForeignKey("citizens.Person", on_delete=models.PROTECT, related_name="+")
    old_phone = models.CharField(_("Số đang ghi"), max_length=16)
    new_phone = models.CharField(_("Số mới"), max_length=16)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED)
    requested_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    refusal = models.CharField(_("Lý do không đổi"), max_length=300, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    checked = models.CharField(_("Đã kiểm tra thế nào"), max_length=300, blank=True)

    objects = PhoneCorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=CorrectionStatus.values), name="phone_correction_status_known"
            ),
            models.UniqueConstraint(
                fields=["registration", "new_phone"],
                condition=Q(status="requested"),
                name="phone_correction_asked_once",
                violation_error_message=_("Đăng ký này đang có yêu cầu đổi sang số đó."),
            ),
            models.CheckConstraint(
                condition=Q(status="requested", decided_at=None, decided_by=None)
                | Q(
                    status__in=["confirmed", "refused"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="phone_correction_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(refusal=""), name="phone_correction_refused_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | ~Q(checked=""), name="phone_correction_confirmed_says_how"
            ),
            models.CheckConstraint(
                condition=~Q(old_phone=models.F("new_phone")), name="phone_correction_changes_something"
            ),
        ]
        indexes = [models.Index(fields=["status", "requested_at"])]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.status}"

    @property
    def is_open(self) -> bool:
        return self.status == CorrectionStatus.REQUESTED

    @property
    def log_place_id(self) -> int | None:
        return self.registration.home_commune_id
