from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import CitizenViewer, ScopedQuerySet
from quarantine.models.order import Order


class Symptom(models.TextChoices):
    FEVER = "fever", _("Sốt")
    COUGH = "cough", _("Ho")
    SORE_THROAT = "sore_throat", _("Đau họng")
    LOSS_OF_SMELL = "loss_of_smell", _("Mất mùi, mất vị")
    BREATHLESS = "breathless", _("Khó thở")
    CHEST_PAIN = "chest_pain", _("Đau tức ngực")
    DROWSY = "drowsy", _("Lơ mơ, khó đánh thức")


# A red flag goes to the commune and to the health officer at once (design §6).
RED_SYMPTOMS = frozenset({Symptom.BREATHLESS, Symptom.CHEST_PAIN, Symptom.DROWSY})
RED_TEMPERATURE = Decimal("38.5")  # °C and above
RED_SPO2 = 94  # per cent; below


class DailyCheckQuerySet(ScopedQuerySet):
    def for_citizen(self, viewer: CitizenViewer) -> Q | None:
        if viewer.phone:
            return Q(order__person__phone=viewer.phone, order__person__proved_phone=viewer.phone)
        order = viewer.holds(Order)
        return None if order is None else Q(order=order)

    def red_unseen(self) -> Self:
        return self.filter(is_red=True, seen_at=None)


class DailyCheck(models.Model):
    """How a person in quarantine is on one day, reported by the family or entered by an officer."""

    SCOPE_COLUMNS = ("order__place",)
    SCOPE_PERMISSIONS = (Permission.SEE_HEALTH, Permission.SEE_FACILITY)

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="checks")
    on_date = models.DateField(default=timezone.localdate)
    temperature = models.DecimalField(
        _("Nhiệt độ (°C)"),
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(34), MaxValueValidator(43)],
    )
    spo2 = models.PositiveSmallIntegerField(
        _("SpO₂ (%)"), null=True, blank=True, validators=[MinValueValidator(50), MaxValueValidator(100)]
    )
    symptoms = ArrayField(
        models.CharField(max_length=20, choices=Symptom.choices), verbose_name=_("Triệu chứng"), default=list
    )
    note = models.CharField(_("Điều cần nói thêm"), max_length=300, blank=True)
    is_red = models.BooleanField(default=False)
    # Why it is red: symptoms, and measures as `temperature=39.0`. A better report later that day removes
    # none of them: an officer has to see the flag.
    red_signs = ArrayField(models.CharField(max_length=30), default=list)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = DailyCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "on_date"], name="daily_check_once_a_day"),
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="daily_check_seen_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"], name="daily_check_red_open", condition=Q(is_red=True, seen_at=None)
            )
        ]
        ordering = ["-on_date"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.on_date}"

    @property
    def log_place_id(self) -> int:
        return self.order.place_id

    @property
    def symptom_labels(self) -> list[str]:
        return [str(Symptom(code).label) for code in self.symptoms]

    @property
    def red_labels(self) -> list[str]:
        """Return why it is red, in words."""
        return [red_label(sign) for sign in self.red_signs]


def red_signs_of(temperature: Decimal | None, spo2: int | None, symptoms: list[str]) -> list[str]:
    """Return the red signs among the answers, as `DailyCheck.red_signs` stores them."""
    signs = [str(symptom) for symptom in symptoms if symptom in RED_SYMPTOMS]
    if temperature is not None and temperature >= RED_TEMPERATURE:
        signs.append(f"temperature={temperature}")
    if spo2 is not None and spo2 < RED_SPO2:
        signs.append(f"spo2={spo2}")
    return signs


def red_label(sign: str) -> str:
    name, _equals, value = sign.partition("=")
    if name == "temperature":
        return gettext("Sốt %(value)s °C") % {"value": value.replace(".", ",")}
    if name == "spo2":
        return gettext("SpO₂ %(value)s %%") % {"value": value}
    return str(Symptom(name).label)
