"""A quarantine order: who, where, for how long, by which protocol."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens.models import Person
from portal.accounts.roles import Permission
from portal.accounts.scoping import CitizenViewer, ScopedQuerySet
from portal.places.text import nfc
from portal.ui.bilingual import in_language
from quarantine.models.protocol import Mode, Protocol


class OrderQuerySet(ScopedQuerySet):
    def for_citizen(self, viewer: CitizenViewer) -> Q | None:
        if viewer.phone:
            return Q(person__phone=viewer.phone, person__proved_phone=viewer.phone)
        return super().for_citizen(viewer)

    def current(self) -> Self:
        return self.filter(status=Order.Status.ACTIVE)

    def open(self) -> Self:
        return self.filter(status__in=[Order.Status.ORDERED, Order.Status.ACTIVE])

    def at_end(self, on: dt.date) -> Self:
        """Return orders in force whose last day is reached."""
        return self.current().filter(ends_on__lte=on)

    def unreported(self, on: dt.date) -> Self:
        """Return orders in force on a day without a daily check of that day or a later one.

        An order that begins on the day is left out, since people arrive at any hour.
        """
        checks = self.model._meta.apps.get_model("quarantine", "DailyCheck")._base_manager.filter(
            order=models.OuterRef("pk"), on_date__gte=on
        )
        return self.current().filter(~models.Exists(checks), starts_on__lt=on, ends_on__gte=on)

    def search(self, text: str) -> Self:
        """Search by the order's number or its beginning (`12/QĐ`), else as people are searched."""
        text = nfc(" ".join(text.split()))
        if "/" in text:
            return self.filter(number__startswith=text.upper())
        return self.filter(person__in=Person.objects.search(text)) if text else self

    def with_open_tests(self) -> Self:
        """Annotate each order with `waits_for_test`: one of its tests has no result."""
        tests = self.model._meta.apps.get_model("quarantine", "ScheduledTest")._base_manager
        return self.annotate(
            waits_for_test=models.Exists(tests.filter(order=models.OuterRef("pk"), result=None))
        )

    def test_due(self, on: dt.date) -> Self:
        """Return orders in force with a test that is due by the day."""
        due = self.model._meta.apps.get_model("quarantine", "ScheduledTest")._base_manager.filter(
            order=models.OuterRef("pk"), result=None, due_on__lte=on
        )
        return self.current().filter(models.Exists(due))

    def matching(
        self, *, today: dt.date, q: str = "", status: str = "", mode: str = "", due: str = ""
    ) -> Self:
        """Return the orders that match the list's filters; an empty filter is ignored."""
        matches = self.search(q)
        if status:
            matches = matches.filter(status=status)
        if mode:
            matches = matches.filter(mode=mode)
        match due:
            case "test":
                return matches.test_due(today)
            case "end":
                return matches.at_end(today)
            case "silent":
                return matches.unreported(today)
        return matches

    def with_people(self) -> Self:
        """Load what a list shows of each row, and sort by given name."""
        return self.select_related("person", "place").order_by("person__sort_key", "person_id", "-starts_on")


class Order(models.Model):
    """One person's quarantine, opened when the commune accepts the person.

    Both dates are included; day 0 is `starts_on`.
    `place` answers for the order: the commune, or the facility's place.
    """

    SCOPE_COLUMNS = ("place",)
    SCOPE_PERMISSIONS = (Permission.SEE_HEALTH, Permission.SEE_FACILITY)

    class Status(models.TextChoices):
        ORDERED = "ordered", _("Đã ra quyết định")
        ACTIVE = "active", _("Đang thực hiện")
        COMPLETED = "completed", _("Đã hoàn thành")
        EXTENDED = "extended", _("Đã gia hạn")
        TRANSFERRED = "transferred", _("Đã chuyển nơi khác")
        CANCELLED = "cancelled", _("Đã hủy")
        BROKEN = "broken", _("Vi phạm")

    STATUS_TONES = {
        "ordered": "wait",
        "active": "info",
        "completed": "good",
        "extended": "wait",
        "transferred": "plain",
        "cancelled": "plain",
        "broken": "bad",
    }
    TRANSITIONS = {
        "start": ({Status.ORDERED}, Status.ACTIVE),
        "complete": ({Status.ACTIVE}, Status.COMPLETED),
        "extend": ({Status.ACTIVE}, Status.EXTENDED),
        "transfer": ({Status.ORDERED, Status.ACTIVE}, Status.TRANSFERRED),
        "cancel": ({Status.ORDERED, Status.ACTIVE}, Status.CANCELLED),
        "break": ({Status.ACTIVE}, Status.BROKEN),
    }

    person = models.ForeignKey("citizens.Person", on_delete=models.PROTECT, related_name="orders")
    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="+")
    chosen_because = models.CharField(_("Vì sao áp dụng"), max_length=300)
    chosen_because_en = models.CharField(max_length=300, blank=True, default="")
    number = models.CharField(_("Số quyết định"), max_length=30, unique=True)
    mode = models.CharField(_("Hình thức"), max_length=10, choices=Mode.choices)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(_("Nơi cách ly"), max_length=200, blank=True)
    starts_on = models.DateField(_("Từ ngày"))
    ends_on = models.DateField(_("Đến hết ngày"))
    follow_up_until = models.DateField(_("Theo dõi đến hết ngày"))
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ORDERED)
    created_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True)
    continues = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="continued_by", verbose_name=_("Gia hạn từ")
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["ordered", "active", "completed", "extended"])
                | Q(status__in=["transferred", "cancelled", "broken"]),
                name="order_status_known",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status__in=["ordered", "active"]),
                name="order_one_open_per_person",
                violation_error_message=_("Người này đang có một quyết định cách ly còn hiệu lực."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on"), follow_up_until__gte=models.F("ends_on")),
                name="order_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(status="completed") | Q(completed_at__isnull=False),
                name="order_completed_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["place", "status", "ends_on"]),
            models.Index(fields=["status", "ends_on"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def why(self) -> str:
        """Return why the protocol applies, in the reader's language."""
        return in_language(self, "chosen_because")

    @property
    def log_place_id(self) -> int:
        return self.place_id

    def day_number(self, on: dt.date | None = None) -> int:
        """Return which day of the order it is: 0 on the first day."""
        return ((on or timezone.localdate()) - self.starts_on).days

    @property
    def day_today(self) -> int:
        """Return today's number for pages: never before the first day nor past the last."""
        return max(0, min(self.day_number(), self.total_days))

    @property
    def total_days(self) -> int:
        return (self.ends_on - self.starts_on).days


class ScheduledTestQuerySet(ScopedQuerySet):
    def due(self, on: dt.date) -> Self:
        return self.filter(result=None, due_on__lte=on, order__status=Order.Status.ACTIVE)


class ScheduledTest(models.Model):
    """A test that an order asks for on a day. A result settles it, and those missed before it."""

    SCOPE_COLUMNS = ("order__place",)
    SCOPE_PERMISSIONS = (Permission.SEE_HEALTH, Permission.SEE_FACILITY)

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="scheduled_tests")
    day = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    result = models.ForeignKey(
        "quarantine.TestResult", null=True, on_delete=models.SET_NULL, related_name="settles"
    )

    objects = ScheduledTestQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "day"], name="scheduled_test_once_a_day")]
        indexes = [models.Index(fields=["due_on"], name="scheduled_test_open", condition=Q(result=None))]
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.order_id} ngày {self.day}"
