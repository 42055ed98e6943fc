"""Tries at proving that a phone which an officer wrote down is a family's own."""

from django.db import models
from django.db.models import Q

TRIES = 5  # a day


class ProofTries(models.Model):
    """How often a second fact was given for one phone on one day."""

    phone = models.CharField(max_length=16)
    on_date = models.DateField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["phone", "on_date"], name="proof_tries_once_a_day"),
            models.CheckConstraint(condition=Q(tries__lte=TRIES), name="proof_tries_five_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on_date} {self.tries}"
