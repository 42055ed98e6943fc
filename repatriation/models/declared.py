"""Declared answers: the doses and tests of each member, and who registered the family through which channel.

None of them is proved: they tell officers what to look for, and are never copied into a health record.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

POSITIVE_DAYS = 14  # a positive test younger than this calls for the health station before the journey
FIRST_CASE = dt.date(2019, 12, 1)  # of COVID-19; nobody was tested for it, or vaccinated, before
MOST_DOSES = 9
RECOVERED_DAYS = 183  # six months, as the protocols of 2021 count a recovery (facts: 8399/BYT-MT)


class RegistrationChannel(models.TextChoices):
    SELF = "self", _("Gia đình tự đăng ký")
    HOTLINE = "hotline", _("Qua tổng đài")
    ASSOCIATION = "association", _("Qua hội đồng hương")
    PAPER = "paper", _("Phiếu giấy")
    IMPORT = "import", _("Nhập từ danh sách")


class Dose(models.IntegerChoices):
    NONE = 0, _("Chưa tiêm mũi nào")
    ONE = 1, _("1 mũi")
    TWO = 2, _("2 mũi")
    THREE = 3, _("3 mũi")
    FOUR = 4, _("4 mũi trở lên")


class TestKind(models.TextChoices):
    RAPID = "rapid", _("Xét nghiệm nhanh")
    PCR = "pcr", _("RT-PCR")


class TestOutcome(models.TextChoices):
    NEGATIVE = "negative", _("Âm tính")
    POSITIVE = "positive", _("Dương tính")


class DeclaredHealth(models.Model):
    """The declared doses and tests of one member. `doses` is null until somebody answers."""

    doses = models.PositiveSmallIntegerField(_("Số mũi vắc xin đã tiêm"), null=True)
    last_dose_on = models.DateField(_("Ngày tiêm mũi cuối"), null=True)
    test_kind = models.CharField(_("Loại xét nghiệm"), max_length=5, choices=TestKind.choices, blank=True)
    tested_on = models.DateField(_("Ngày xét nghiệm"), null=True)
    test_outcome = models.CharField(
        _("Kết quả xét nghiệm"), max_length=8, choices=TestOutcome.choices, blank=True
    )
    recovered_on = models.DateField(_("Ngày khỏi bệnh"), null=True)

    CONSTRAINTS = (
        models.CheckConstraint(
            condition=Q(doses=None) | Q(doses__lte=MOST_DOSES), name="member_doses_plausible"
        ),
        models.CheckConstraint(
            condition=Q(last_dose_on=None) | Q(doses__gte=1, doses__isnull=False),
            name="member_last_dose_of_a_dose",
        ),
        models.CheckConstraint(
            condition=Q(test_kind="", tested_on=None, test_outcome="")
            | Q(
                test_kind__in=TestKind.values,
                tested_on__isnull=False,
                test_outcome__in=TestOutcome.values,
            ),
            name="member_test_told_whole",
        ),
    )

    class Meta:
        abstract = True

    @property
    def declares_positive(self) -> bool:
        """Return whether the member declares a positive test of the last `POSITIVE_DAYS`."""
        return is_recent_positive(self.test_outcome, self.tested_on)


def is_recent_positive(outcome: str, tested_on: dt.date | None) -> bool:
    return (
        outcome == TestOutcome.POSITIVE
        and tested_on is not None
        and tested_on > timezone.localdate() - dt.timedelta(days=POSITIVE_DAYS)
    )


class HowRegistered(models.Model):
    """The travel days of a registration, its contact, and who entered it.

    `travel_from` and `travel_until` are null where any day will do. The contact registers relatives and does
    not travel. `entered_by` is the officer who entered the family; null when it did so itself. `client_key`
    makes a form sent twice one registration.
    """

    travel_from = models.DateField(_("Đi được từ ngày"), null=True)
    travel_until = models.DateField(_("Đi được đến hết ngày"), null=True)
    contact_name = models.CharField(_("Người đăng ký giúp"), max_length=120, blank=True)
    contact_relation = models.CharField(_("Quan hệ với gia đình"), max_length=60, blank=True)
    channel = models.CharField(
        _("Cách đăng ký"),
        max_length=12,
        choices=RegistrationChannel.choices,
        default=RegistrationChannel.SELF,
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Người nhập"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    client_key = models.UUIDField(null=True, unique=True)

    CONSTRAINTS = (
        models.CheckConstraint(
            condition=Q(travel_from=None) | Q(travel_until=None) | Q(travel_until__gte=F("travel_from")),
            name="registration_travel_days_in_order",
        ),
        models.CheckConstraint(
            condition=Q(channel__in=RegistrationChannel.values), name="registration_channel_known"
        ),
        models.CheckConstraint(
            condition=Q(channel=RegistrationChannel.SELF, entered_by=None)
            | (~Q(channel=RegistrationChannel.SELF) & Q(entered_by__isnull=False)),
            name="registration_entered_by_unless_self",
        ),
    )

    class Meta:
        abstract = True

    def can_travel_on(self, day: dt.date) -> bool:
        """Return whether the family can travel on this day, by what it said."""
        return (self.travel_from is None or self.travel_from <= day) and (
            self.travel_until is None or day <= self.travel_until
        )
