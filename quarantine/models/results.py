"""Test results and vaccine doses of a person, whether or not an order asked for them."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import CitizenViewer, ScopedQuerySet


class HealthRecordQuerySet(ScopedQuerySet):
    def for_citizen(self, viewer: CitizenViewer) -> Q | None:
        if viewer.phone:
            return Q(person__phone=viewer.phone, person__proved_phone=viewer.phone)
        return super().for_citizen(viewer)


class TestResultQuerySet(HealthRecordQuerySet):
    def for_officer(self, user: Any) -> Q | None:
        """Leave out tests that were done at a checkpoint for the places around it: who is tested there goes on."""
        condition = super().for_officer(user)
        if condition is None:
            return None
        places = user.place_ids(Permission.SEE_HEALTH)
        elsewhere = Q(place=None) | ~Q(place__kind="checkpoint")
        own = Q(person__home_commune__in=places) | Q(person__responsible_place__in=places)
        return condition & (elsewhere | own)

    def positive_unseen(self) -> Self:
        return self.filter(outcome=TestResult.Outcome.POSITIVE, seen_at=None)


class TestResult(models.Model):
    __test__ = False  # pytest would take the class for a test case by its name
    SCOPE_COLUMNS = ("person__responsible_place", "person__home_commune", "place")
    SCOPE_PERMISSIONS = (Permission.SEE_HEALTH,)

    class Kind(models.TextChoices):
        RAPID = "rapid", _("Xét nghiệm nhanh")
        PCR = "pcr", _("RT-PCR")

    class Outcome(models.TextChoices):
        NEGATIVE = "negative", _("Âm tính")
        POSITIVE = "positive", _("Dương tính")
        UNCLEAR = "unclear", _("Không xác định")

    OUTCOME_TONES = {"negative": "good", "positive": "bad", "unclear": "wait"}

    person = models.ForeignKey("citizens.Person", on_delete=models.PROTECT, related_name="test_results")
    kind = models.CharField(_("Loại xét nghiệm"), max_length=5, choices=Kind.choices)
    outcome = models.CharField(_("Kết quả"), max_length=8, choices=Outcome.choices)
    taken_on = models.DateField(_("Ngày lấy mẫu"))
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(null=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    # A positive result stays in the worklist until an officer marks it as seen.
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = TestResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="test_result_seen_by_somebody",
            )
        ]
        indexes = [
            models.Index(fields=["person", "-taken_on"]),
            models.Index(fields=["outcome", "-taken_on"]),
            models.Index(fields=["created_at"], name="test_result_positive", condition=Q(outcome="positive")),
        ]
        ordering = ["-taken_on", "-id"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.taken_on} {self.outcome}"

    @property
    def log_place_id(self) -> int | None:
        return self.person.log_place_id

    @property
    def tone(self) -> str:
        return self.OUTCOME_TONES[self.outcome]


class VaccinationDose(models.Model):
    SCOPE_COLUMNS = ("person__responsible_place", "person__home_commune")
    SCOPE_PERMISSIONS = (Permission.SEE_HEALTH,)

    class Source(models.TextChoices):
        OFFICER = "officer", _("Cán bộ nhập")
        CITIZEN = "citizen", _("Người dân khai")

    person = models.ForeignKey("citizens.Person", on_delete=models.PROTECT, related_name="doses")
    number = models.PositiveSmallIntegerField(_("Mũi thứ"))
    vaccine = models.CharField(_("Loại vắc xin"), max_length=60)
    given_on = models.DateField(_("Ngày tiêm"))
    place_name = models.CharField(_("Nơi tiêm"), max_length=120, blank=True)
    lot = models.CharField(_("Số lô"), max_length=30, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.OFFICER)
    entered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = HealthRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "number"],
                name="dose_number_once",
                violation_error_message=_("Mũi này đã được nhập cho người này."),
            ),
            models.CheckConstraint(condition=Q(number__range=(1, 9)), name="dose_number_one_to_nine"),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.person_id} mũi {self.number}"

    @property
    def log_place_id(self) -> int | None:
        return self.person.log_place_id
