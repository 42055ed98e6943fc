from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.apps import apps
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens.matching import fold
from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet

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
    """The condition that the destination refused the person, and does not have them on the way to it again."""
    links = apps.get_model("repatriation", "Handover").objects.filter(
        arrival=OuterRef("pk"), to_place=OuterRef("destination")
    )
    return Q(Exists(links.filter(status="refused"))) & ~Q(Exists(links.exclude(status="refused")))


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
    rapid_test = models.CharField(
        _("Xét nghiệm nhanh"), max_length=8, choices=RapidTest.choices, default="none"
    )
    decision = models.CharField(_("Hướng xử lý"), max_length=8, choices=Decision.choices, default="home")
    entered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_key", "person"], name="arrival_once_per_key_and_person"),
            models.UniqueConstraint(
                fields=["registration", "person"],
                name="arrival_once_per_registration_and_person",
                violation_error_message=_("Người này đã được ghi nhận đến nơi."),
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
    def log_place_id(self) -> int:
        return self.checkpoint_id
