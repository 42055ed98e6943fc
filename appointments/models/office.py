"""Offices, when they are open, and the procedures that they take."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from portal.ui.bilingual import in_language


class Procedure(models.Model):
    """An administrative procedure of the national catalogue. The portal books the visit; dossiers are
    lodged on the national portal only (as of July 2025)."""

    code = models.CharField(
        _("Mã thủ tục"),
        max_length=10,
        unique=True,
        validators=[RegexValidator(r"^\d\.\d{6}$", _("Mã thủ tục có dạng 1.001193."))],
    )
    name = models.CharField(_("Tên thủ tục"), max_length=200)
    name_en = models.CharField(max_length=200, blank=True, default="")
    minutes = models.PositiveSmallIntegerField(_("Thời gian làm (phút)"), default=15)
    documents = models.TextField(_("Giấy tờ cần mang"), blank=True)
    documents_en = models.TextField(blank=True, default="")
    fee_text = models.TextField(_("Lệ phí"), blank=True)
    fee_text_en = models.TextField(blank=True, default="")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Return the name in the reader's language."""
        return in_language(self, "name")

    @property
    def document_list(self) -> list[str]:
        """Return the documents to bring: one for each line of the text."""
        return [line.strip() for line in in_language(self, "documents").splitlines() if line.strip()]

    @property
    def fee(self) -> str:
        return in_language(self, "fee_text")

    @property
    def national_url(self) -> str:
        """Return the address of the procedure's page on the national portal."""
        return "https://dichvucong.gov.vn/p/home/dvc-chi-tiet-thu-tuc-hanh-chinh.html?ma_thu_tuc=" + self.code


class Office(models.Model):
    SCOPE_COLUMNS = ("place",)
    SCOPE_PERMISSIONS = (Permission.SEE_APPOINTMENTS,)

    place = models.OneToOneField("places.Place", on_delete=models.PROTECT, related_name="office")
    slug = models.SlugField(unique=True)
    counters = models.PositiveSmallIntegerField(_("Số quầy"), default=1)
    slot_minutes = models.PositiveSmallIntegerField(
        _("Mỗi lượt (phút)"), default=30, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    capacity_per_slot = models.PositiveSmallIntegerField(_("Số chỗ mỗi lượt"), default=3)
    weeks_ahead = models.PositiveSmallIntegerField(_("Mở lịch trước (tuần)"), default=2)
    procedures = models.ManyToManyField(Procedure, related_name="offices")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(slot_minutes__range=(5, 240)),
                name="office_slot_minutes",
                violation_error_message=_("Mỗi lượt từ 5 đến 240 phút."),
            )
        ]

    def __str__(self) -> str:
        return self.place.name


class OpeningHours(models.Model):
    """One span of one weekday (0 = Monday). Morning and afternoon are two rows."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="opening_hours_weekday"),
            models.CheckConstraint(condition=Q(closes__gt=models.F("opens")), name="opening_hours_in_order"),
            models.UniqueConstraint(fields=["office", "weekday", "opens"], name="opening_hours_once"),
        ]
        ordering = ["weekday", "opens"]

    def __str__(self) -> str:
        return f"{self.office_id} {self.weekday} {self.opens}–{self.closes}"


class ClosureQuerySet(models.QuerySet["Closure"]):
    def for_office(self, office: Office) -> ClosureQuerySet:
        """Return the closures of this office and of every office."""
        return self.filter(Q(office=office) | Q(office=None))


class Closure(models.Model):
    """An exception to the calendar for a day: a holiday that the government moved, or a day worked instead.

    Without an `office` it is for every office.
    """

    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.CASCADE, related_name="closures"
    )
    day = models.DateField(_("Ngày"))
    is_open = models.BooleanField(_("Vẫn làm việc"), default=False)
    reason = models.CharField(_("Lý do"), max_length=200)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "day"], name="closure_once_a_day", nulls_distinct=False)
        ]
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.reason}"
