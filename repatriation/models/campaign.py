"""A campaign brings people home from some areas, in some days, by some rules."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RuleSet(models.Model):
    """A version of the priority rules, as data. A published row is never changed.

    `rules`: a list of `{"predicate": name, "params": {…}, "points": int}`; the names are those of
    `repatriation.priority.PREDICATES`.
    """

    name = models.CharField(_("Tên"), max_length=120)
    version = models.PositiveIntegerField(_("Phiên bản"))
    rules = models.JSONField()
    source = models.CharField(_("Căn cứ"), max_length=300, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="rule_set_version_once")]
        ordering = ["name", "version"]

    def __str__(self) -> str:
        return f"{self.name} · {self.version}"


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def open(self, on: dt.date | None = None) -> Self:
        day = on or timezone.localdate()
        return self.filter(is_open=True, starts_on__lte=day, ends_on__gte=day)


class Campaign(models.Model):
    """Open to registration from `starts_on` to `ends_on`, both included. No personal data."""

    name = models.CharField(_("Tên đợt"), max_length=160)
    slug = models.SlugField(unique=True)
    is_open = models.BooleanField(_("Đang nhận đăng ký"), default=True)
    starts_on = models.DateField(_("Từ ngày"))
    ends_on = models.DateField(_("Đến ngày"))
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="campaigns")
    origins = models.ManyToManyField("places.Place", related_name="+", verbose_name=_("Đón từ"))
    gateways = models.ManyToManyField("places.Place", related_name="+", verbose_name=_("Chốt cửa ngõ"))
    offer_hours = models.PositiveSmallIntegerField(_("Thời hạn trả lời chỗ (giờ)"), default=12)
    handover_hours = models.PositiveSmallIntegerField(_("Thời hạn tiếp nhận (giờ)"), default=4)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_start")
        ]
        ordering = ["-starts_on"]

    def __str__(self) -> str:
        return self.name
