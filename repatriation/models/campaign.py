"""Campaigns, which bring people home from some areas, on some days, by some rules."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.places.models import Place, lower_type
from portal.places.order import by_name
from portal.ui.bilingual import in_language
from portal.ui.formats import vn_date


class RuleSet(models.Model):
    """A version of the priority rules, as data. A trigger refuses to change the rules of any but a draft.

    `rules`: a list of `{"predicate": name, "params": {…}, "points": int}`; the names are those of
    `repatriation.queue.predicates.PREDICATES`. A version made on the pages is for one `campaign`; those that
    come with the portal are for none and serve as a start.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Đang soạn")
        PROPOSED = "proposed", _("Chờ người thứ hai duyệt")
        PUBLISHED = "published", _("Đang áp dụng")
        REPLACED = "replaced", _("Đã thay bằng bản mới")
        CANCELLED = "cancelled", _("Đã bỏ")

    STATUS_TONES = {
        "draft": "plain",
        "proposed": "wait",
        "published": "good",
        "replaced": "plain",
        "cancelled": "plain",
    }
    TRANSITIONS = {
        "propose": ({Status.DRAFT}, Status.PROPOSED),
        "redraft": ({Status.PROPOSED}, Status.DRAFT),
        "publish": ({Status.PROPOSED}, Status.PUBLISHED),
        "replace": ({Status.PUBLISHED}, Status.REPLACED),
        "cancel": ({Status.DRAFT, Status.PROPOSED}, Status.CANCELLED),
    }

    name = models.CharField(_("Tên"), max_length=120)
    version = models.PositiveIntegerField(_("Phiên bản"))
    rules = models.JSONField()
    source = models.CharField(_("Căn cứ"), max_length=600, blank=True)
    source_en = models.CharField(_("Căn cứ, bằng tiếng Anh"), max_length=600, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    campaign = models.ForeignKey(
        "repatriation.Campaign", null=True, on_delete=models.PROTECT, related_name="versions"
    )
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="rule_set_version_once"),
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(status__in=["draft", "proposed"]),
                name="rule_set_one_in_work",
                violation_error_message=_("Đợt này đã có một bản đang soạn."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "proposed", "published", "replaced", "cancelled"]),
                name="rule_set_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["published", "replaced"]) | Q(published_at__isnull=False),
                name="rule_set_published_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | Q(published_at__isnull=False),
                name="rule_set_published_by_somebody_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["published", "replaced"])
                | Q(campaign=None)
                | (
                    Q(proposed_by__isnull=False, published_by__isnull=False)
                    & ~Q(proposed_by=F("published_by"))
                ),
                name="rule_set_published_by_two",
            ),
        ]
        ordering = ["name", "version"]

    def __str__(self) -> str:
        return f"{self.name} · {self.version}"

    @property
    def basis(self) -> str:
        """Return the source in the reader's language."""
        return in_language(self, "source")

    @property
    def counts_days(self) -> bool:
        """Return whether a family's points grow while it waits."""
        return any(rule["predicate"] == "days_waiting" for rule in self.rules)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def open(self, on: dt.date | None = None) -> Self:
        day = on or timezone.localdate()
        return self.filter(is_open=True, starts_on__lte=day, ends_on__gte=day)

    def for_trips(self) -> Self:
        """Return the campaigns for which trips may be planned, those that have begun first."""
        to_come = models.Case(models.When(starts_on__gt=timezone.localdate(), then=1), default=0)
        return self.filter(is_open=True).order_by(to_come, "-starts_on", "pk")

    def hold_rules(self, pk: int) -> Campaign:
        """Lock the campaign `FOR SHARE` and return it: until this transaction ends its rules stay as they
        are. Many transactions may have this lock at once."""
        return self.raw("SELECT * FROM repatriation_campaign WHERE id = %s FOR SHARE", [pk])[0]


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
    rescoring_since = models.DateTimeField(null=True)  # while the queue gets its scores by new rules
    scored_on = models.DateField(null=True)  # the day as of which the waiting days count
    handover_hours = models.PositiveSmallIntegerField(_("Thời hạn tiếp nhận (giờ)"), default=4)
    escalation_hours = models.PositiveSmallIntegerField(_("Quá hạn thì báo lại sau (giờ)"), default=2)
    awaits_screening = models.BooleanField(_("Chỉ xếp chỗ sau khi xã, phường xác nhận"), default=False)
    screening_hours = models.PositiveSmallIntegerField(_("Thời hạn xã, phường xác nhận (giờ)"), default=48)
    # Conditions of which one is enough; see repatriation.queue.admission.
    admits = models.JSONField(_("Ai đăng ký được"), default=list, blank=True)
    # Of a vehicle's seats; less than all while people had to sit apart.
    seat_share = models.PositiveSmallIntegerField(_("Phần chỗ được dùng (%)"), default=100)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(screening_hours__range=(1, 720)), name="campaign_screening_hours_plausible"
            ),
            models.CheckConstraint(
                condition=Q(escalation_hours__range=(1, 72)), name="campaign_escalation_hours_plausible"
            ),
            models.CheckConstraint(
                condition=Q(seat_share__range=(50, 100)), name="campaign_seat_share_plausible"
            ),
        ]
        ordering = ["-starts_on"]

    def __str__(self) -> str:
        return self.name

    @property
    def origins_by_name(self) -> list[Place]:
        return by_name(self.origins.all())

    @property
    def gateways_by_name(self) -> list[Place]:
        return by_name(self.gateways.all())

    @property
    def takes_registrations(self) -> bool:
        """Return whether families can register today."""
        return self.is_open and self.starts_on <= timezone.localdate() <= self.ends_on

    @property
    def is_coming(self) -> bool:
        """Return whether the campaign opens on a later day."""
        return self.is_open and self.starts_on > timezone.localdate()


def open_campaigns() -> list[Campaign]:
    """Return the campaigns open today, newest first, with their areas of origin."""
    return list(Campaign.objects.open().prefetch_related("origins"))


def days(first: dt.date, last: dt.date) -> str:
    """Write two days as `24–30/11`, or `24/11–3/12`, or with the years where they differ."""
    if first.year != last.year:
        return f"{vn_date(first)}–{vn_date(last)}"
    if first.month != last.month:
        return f"{first.day}/{first.month}–{last.day}/{last.month}"
    return f"{first.day}–{last.day}/{last.month}" if first != last else f"{first.day}/{first.month}"


def announcement(campaign: Campaign) -> str:
    """Return one sentence with the campaign's days and areas of origin."""
    origins = ", ".join(lower_type(origin) for origin in campaign.origins_by_name)
    when = days(campaign.starts_on, campaign.ends_on)
    if not origins:
        return gettext("Đợt đón công dân %(days)s đang nhận đăng ký.") % {"days": when}
    return gettext("Đợt đón công dân %(days)s từ %(places)s đang nhận đăng ký.") % {
        "days": when,
        "places": origins,
    }
