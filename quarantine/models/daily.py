"""Rows that prevent a second paper with one number and a second reminder on one day."""

from django.db import models
from django.utils import timezone


class Numbering(models.Model):
    """The last number given, for each kind of paper, place and year."""

    class Kind(models.TextChoices):
        ORDER = "order"
        CERTIFICATE = "cert"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "place", "year"], name="numbering_one_row")]

    def __str__(self) -> str:
        return f"{self.kind} {self.place_id} {self.year}: {self.last}"


class Reminder(models.Model):
    """A reminder that was sent to a phone: at most one a phone and day."""

    phone = models.CharField(max_length=16)
    on_date = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["on_date", "phone"], name="reminder_once_a_day")]

    def __str__(self) -> str:
        return f"{self.phone} {self.on_date}"
