"""The two logs of the portal: the log of changes (`Event`) and the log of reads (`Read`).

Both are append-only: triggers refuse UPDATE, DELETE and TRUNCATE (migration 0002). Each is chained by hashes, its
seals, so that a change behind the triggers is found: portal/records/sealing.py.
"""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from portal.places.home import home_path
from portal.places.tree import ids_under
from portal.records.reading import reason_in_words
from portal.records.verbs import status_label, subject_label, verb_label


class LogQuerySet(ScopedQuerySet):
    """Rows of a log. Those without a place are seen by officers who read the log of the whole province."""

    def for_officer(self, user: Any) -> Q | None:
        condition = super().for_officer(user)
        if condition is None:
            return None
        home = ids_under([home_path()])
        if home and user.place_ids(Permission.READ_LOG) >= home:
            condition |= Q(place=None)
        return condition

    def matching(self, day: dt.date | None = None, **filters: Any) -> Self:
        """Return rows of one day (in the portal's time zone) whose fields match; empty filters are ignored."""
        rows = self.filter(**{name: value for name, value in filters.items() if value})
        if day is None:
            return rows
        start = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
        return rows.filter(at__gte=start, at__lt=start + dt.timedelta(days=1))


class Event(models.Model):
    """One thing that happened to one row. `place` decides in whose scope it is."""

    SCOPE_COLUMNS = ("place",)
    SCOPE_PERMISSIONS = (Permission.READ_LOG,)
    ACTOR_KINDS = [("officer", _("Cán bộ")), ("citizen", _("Người dân")), ("system", _("Hệ thống"))]

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor_kind = models.CharField(max_length=8, choices=ACTOR_KINDS)
    actor_label = models.CharField(max_length=120)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=True
    )
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    verb = models.CharField(max_length=40)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")

    objects = LogQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"])]
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M} {self.verb} {self.subject_type} {self.subject_id}"

    @property
    def who(self) -> str:
        """Return who acted; the system's name is in the reader's language."""
        return gettext(self.actor_label) if self.actor_kind == "system" else self.actor_label

    @property
    def verb_label(self) -> str:
        return verb_label(self.subject_type, self.verb)

    @property
    def subject_label(self) -> str:
        return subject_label(self.subject_type)

    @property
    def from_label(self) -> str:
        return status_label(self.subject_type, self.from_status)

    @property
    def to_label(self) -> str:
        return status_label(self.subject_type, self.to_status)


class Read(models.Model):
    """Somebody looked at personal data: a person's page, a look-up at a checkpoint, an export."""

    SCOPE_COLUMNS = ("place",)
    SCOPE_PERMISSIONS = (Permission.READ_LOG,)
    KINDS = [
        ("page", _("Xem hồ sơ")),
        ("reveal", _("Xem số đầy đủ")),
        ("lookup", _("Tra cứu tại chốt")),
        ("boarding", _("Tra cứu khi lên xe")),
        ("call", _("Tra cứu cho người gọi tổng đài")),
        ("search", _("Tìm trong danh sách người dân")),
        ("export", _("Xuất danh sách")),
        ("too_many", _("Tra cứu dồn dập, đã tạm dừng")),
    ]

    at = models.DateTimeField(default=timezone.now, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=KINDS)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_ids = ArrayField(models.BigIntegerField(), default=list)
    reason = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True)
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")

    objects = LogQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "at"])]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M} {self.kind} {self.user_id}"

    @property
    def subject_label(self) -> str:
        return subject_label(self.subject_type) if self.subject_type else ""

    @property
    def reason_in_words(self) -> str:
        return reason_in_words(self.kind, self.reason)


class Seal(models.Model):
    """One row of a log in its chain. `hash` is made of the row's content and of the hash before it."""

    position = models.BigIntegerField(primary_key=True)  # 1, 2, 3, … without a gap
    row_id = models.BigIntegerField(
        unique=True
    )  # no foreign key: that a row is missing must be seen, not hidden
    hash = models.BinaryField(max_length=32)

    class Meta:
        abstract = True
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(position__gt=0), name="%(class)s_position_counts_from_one")
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.row_id}"


class EventSeal(Seal):
    """A row of the log of changes in its chain."""


class ReadSeal(Seal):
    """A row of the log of reads in its chain."""


class SealMark(models.Model):
    """How far a log is sealed, and the rows that are sealed next, once no transaction can put one among them."""

    log = models.CharField(primary_key=True, max_length=10)
    sealed_to = models.BigIntegerField(default=0)  # every row with an id up to here has its seal
    next_to = models.BigIntegerField(default=0)  # the ids up to here are sealed next …
    next_after = models.BigIntegerField(default=0)  # … when every transaction before this number is over

    def __str__(self) -> str:
        return f"{self.log} {self.sealed_to}"
