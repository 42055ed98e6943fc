from __future__ import annotations

from django.db import models
from django.utils import timezone


class OfflineKey(models.Model):
    """A pair of keys of the portal. Devices seal their entries to the newest public one; older ones stay, for
    entries that have waited since.

    `public` is the uncompressed point of P-256 in base64url; `private` is encrypted by a key that is derived from
    the portal's secret (`repatriation.offline.sealing`).
    """

    public = models.CharField(max_length=120)
    private = models.CharField(max_length=400)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.made_at:%d/%m/%Y}"
