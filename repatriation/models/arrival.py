from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens.matching import fold
from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from quarantine.models.check import Symptom

FEVER = Decimal("37.5")  # °C and above; who has it is looked at before going home


class ArrivalQuerySet(ScopedQuerySet):
    def for_officer(self, user: Any) -> Q | None:
        """Leave out whom the destination sent back, unless the user reads them at the checkpoint or sends them on."""
        condition = super().for_officer(user)
        if condition is None:
            return None
        at_checkpoint = user.place_ids(Permission.RECORD_ARRIVALS) | user.place_ids(Permission.SEE_HANDOVERS)
        follows = Q(checkpoint__in=at_checkpoint) | Q(
            destination__in=user.place_ids(Permission.ROUTE_HANDOVERS)
        )
        return condition & (follows | ~sent_back())

    def standing(self) -> Self:
        """Leave out the arrivals that were taken back."""
        return self.filter(taken_back_at=None)

    def with_answer(self) -> Self:
        """Tell of each row whether the destination sent the person back (`is_sent_back`)."""
        return self.annotate(is_sent_back=sent_back())

    def named(self, text: str) -> Self:
        """Filter by a part of the person's name without marks; a text of signs alone matches nobody."""
        if not text.strip():
            return self
        folded = fold(text)
        return self.filter(person__search_name__contains=folded) if folded else self.none()


def sent_back() -> Q:
    """The condition that the destination refused the person, or lost them before it answered, and does not have
    them on the way to it again."""
    links = apps.get_model("repatriation", "Handover").objects.filter(
        arrival=OuterRef("pk"), to_place=OuterRef("destination")
    )
    ended = ["refused", "withdrawn"]
    return Q(Exists(links.filter(status__in=ended))) & ~Q(Exists(links.exclude(status__in=ended)))


class Arrival(models.Model):
    """The arrival of one person at a checkpoint. A family is entered in one form: its rows share
    `client_key`, which the client made, so that a resend changes nothing (design §5.6)."""

    SCOPE_COLUMNS = ("checkpoint", "destination")
    SCOPE_PERMISSIONS = (Permission.RECORD_ARRIVALS, Permission.SEE_HANDOVERS)

    class RapidTest(models.TextChoices):
        NONE = "none", _("Không làm")
        NEGATIVE = "negative", _("Âm tính")
        POSITIVE = "positive", _("Dương tính")

    class Decision(models.TextChoices):
        HOME = "home", _("Về nhà")
        FACILITY = "facility", _("Cơ sở cách ly")
        HOSPITAL = "hospital", _("Bệnh viện")

    class Means(models.TextChoices):
        TRIP = "trip", _("Chuyến xe của tỉnh")
        PRIVATE = "private", _("Xe riêng")

    class Paper(models.TextChoices):
        IDENTITY = "identity", _("Giấy tờ tùy thân")
        TEST = "test", _("Giấy xét nghiệm")
        VACCINE = "vaccine", _("Giấy tiêm chủng")
        PERMIT = "permit", _("Giấy đi đường")

    client_key = models.UUIDField()
    person = models.ForeignKey("citizens.Person", on_delete=models.PROTECT, related_name="arrivals")
    registration = models.ForeignKey(
        "repatriation.Registration", null=True, on_delete=models.PROTECT, related_name="arrivals"
    )
    trip = models.ForeignKey(
        "repatriation.Trip", null=True, on_delete=models.PROTECT, related_name="arrivals"
    )
    checkpoint = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(_("Địa chỉ sẽ ở"), max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)
    means = models.CharField(_("Đi bằng"), max_length=8, choices=Means.choices)
    was_expected = models.BooleanField(default=True)
    identity_checked = models.BooleanField(_("Đã đối chiếu giấy tờ"), default=False)
    temperature = models.DecimalField(
        _("Nhiệt độ (°C)"),
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(34), MaxValueValidator(43)],
    )
    has_symptoms = models.BooleanField(_("Có triệu chứng"), default=False)
    symptoms = ArrayField(
        models.CharField(max_length=20, choices=Symptom.choices), verbose_name=_("Triệu chứng"), default=list
    )
    needs = models.CharField(_("Cần giúp"), max_length=200, blank=True)
    papers = ArrayField(
        models.CharField(max_length=8, choices=Paper.choices), verbose_name=_("Giấy tờ đã xem"), default=list
    )
    vehicle_plate = models.CharField(_("Biển số xe"), max_length=12, blank=True)
    rapid_test = models.CharField(
        _("Xét nghiệm nhanh"), max_length=8, choices=RapidTest.choices, default="none"
    )
    decision = models.CharField(_("Hướng xử lý"), max_length=8, choices=Decision.choices, default="home")
    test_result = models.ForeignKey(
        "quarantine.TestResult", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The facility or hospital that was named here; null where the province was asked (the person's `Stay` says
    # which one it named).
    facility = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    # By the clock of the device, which may be wrong; null for a form that was sent at once.
    entered_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    taken_back_because = models.CharField(max_length=300, blank=True)

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_key", "person"], name="arrival_once_per_key_and_person"),
            models.UniqueConstraint(
                fields=["registration", "person"],
                condition=Q(taken_back_at=None),
                name="arrival_once_per_registration_and_person",
                violation_error_message=_("Người này đã được ghi nhận đến nơi."),
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None, taken_back_because="")
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="arrival_taken_back_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(rapid_test="positive", decision="home"),
                name="arrival_positive_not_straight_home",
            ),
        ]
        indexes = [models.Index(fields=["checkpoint", "-at"]), models.Index(fields=["destination", "-at"])]
        ordering = ["-at", "id"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.at:%d/%m/%Y %H:%M}"

    @property
    def is_alarming(self) -> bool:
        """Return whether the person came with a positive test, a fever or symptoms."""
        feverish = self.temperature is not None and self.temperature >= FEVER
        return feverish or self.has_symptoms or self.rapid_test == self.RapidTest.POSITIVE

    @property
    def has_nothing_to_note(self) -> bool:
        """Return whether nothing was measured or found, and the person goes home."""
        measured = self.temperature is not None or self.rapid_test != self.RapidTest.NONE
        return not measured and not self.has_symptoms and self.decision == self.Decision.HOME

    @property
    def symptoms_in_words(self) -> str:
        return ", ".join(str(Symptom(one).label) for one in self.symptoms)

    @property
    def papers_in_words(self) -> str:
        return ", ".join(str(self.Paper(one).label) for one in self.papers)

    @property
    def log_place_id(self) -> int:
        return self.checkpoint_id
