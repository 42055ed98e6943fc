from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
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
RED_TEMPERATURE = 38.5  # °C and above
RED_SPO2 = 94  # per cent; below


class DailyCheck(models.Model):
    """How a person in quarantine is on one day, said by themselves or entered by an officer."""

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
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "on_date"], name="daily_check_once_a_day")]
        indexes = [
            models.Index(fields=["created_at"], name="daily_check_red_open", condition=Q(is_red=True, seen_at=None))
        ]
        ordering = ["-on_date"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.on_date}"
