from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Household(models.Model):
    """People who live together at one address of one commune."""

    home_commune = models.ForeignKey(
        "places.Place", verbose_name=_("Xã, phường"), on_delete=models.PROTECT, related_name="+"
    )
    address = models.CharField(_("Địa chỉ"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.address
