"""Lists of families that were sent to be registered: the file, its rows as read, and what became of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from portal.sheets.refusals import sentence
from portal.work import MOST_ATTEMPTS
from repatriation.models.campaign import Campaign
from repatriation.models.registration import Registration


class ImportStatus(models.TextChoices):
    UPLOADED = "uploaded", _("Chờ kiểm tra")
    CHECKING = "checking", _("Đang kiểm tra")
    CHECKED = "checked", _("Đã kiểm tra, chờ nhập")
    COMMITTING = "committing", _("Đang nhập")
    COMMITTED = "committed", _("Đã nhập")
    REVOKED = "revoked", _("Đã thu hồi")
    FAILED = "failed", _("Không đọc được")
    CANCELLED = "cancelled", _("Đã bỏ")


class ImportKind(models.TextChoices):
    """What the rows of a list are; `importing.kinds` says how each is checked and committed."""

    REGISTRATIONS = "registrations", _("Đăng ký")
    ARRIVALS = "arrivals", _("Người đã đến chốt")


MAY_IMPORT = (Permission.PLAN_TRIPS, Permission.REGISTER_OTHERS)
IN_WORK = frozenset({ImportStatus.UPLOADED, ImportStatus.CHECKING, ImportStatus.COMMITTING})


class ImportBatchQuerySet(ScopedQuerySet):
    def for_officer(self, user: Any) -> Q | None:
        """Show users their own lists, and coordinators all that were sent from their places; a checkpoint's
        sheets of arrivals are shown to whoever records there."""
        shown = None
        if any(user.may(permission) for permission in MAY_IMPORT):
            own = Q(created_by=user) | Q(place__in=user.place_ids(Permission.PLAN_TRIPS))
            shown = Q(kind=ImportKind.REGISTRATIONS) & own
        if user.may(Permission.RECORD_ARRIVALS):
            there = Q(place__in=user.place_ids(Permission.RECORD_ARRIVALS))
            sheets = Q(kind=ImportKind.ARRIVALS) & there
            shown = sheets if shown is None else shown | sheets
        return shown

    def of_kind(self, kind: ImportKind) -> ImportBatchQuerySet:
        return self.filter(kind=kind)

    def in_work(self) -> ImportBatchQuerySet:
        """Return the lists that a worker has to go on with."""
        return self.filter(status__in=IN_WORK)


class ImportBatch(models.Model):
    """One file of families, or of people who came to a checkpoint (`place`). `layout` says where its columns are and how it was written; `refusal` says why it
    cannot be read; `setback` says why a commit was taken back and the rows were checked again."""

    SCOPE_COLUMNS = ("place",)
    SCOPE_PERMISSIONS = (Permission.PLAN_TRIPS,)
    STATUS_TONES = {
        "uploaded": "wait",
        "checking": "wait",
        "checked": "info",
        "committing": "wait",
        "committed": "good",
        "revoked": "plain",
        "failed": "bad",
        "cancelled": "plain",
    }
    TRANSITIONS = {
        "check": ({ImportStatus.UPLOADED}, ImportStatus.CHECKING),
        "checked": ({ImportStatus.CHECKING}, ImportStatus.CHECKED),
        "fail": ({ImportStatus.CHECKING}, ImportStatus.FAILED),
        "commit": ({ImportStatus.CHECKED}, ImportStatus.COMMITTING),
        "committed": ({ImportStatus.COMMITTING}, ImportStatus.COMMITTED),
        "recheck": ({ImportStatus.COMMITTING, ImportStatus.CHECKED}, ImportStatus.CHECKING),
        "cancel": (
            {ImportStatus.UPLOADED, ImportStatus.CHECKING, ImportStatus.CHECKED},
            ImportStatus.CANCELLED,
        ),
        "revoke": ({ImportStatus.COMMITTED}, ImportStatus.REVOKED),
    }
    Status = ImportStatus
    Kind = ImportKind

    kind = models.CharField(max_length=13, choices=ImportKind.choices, default=ImportKind.REGISTRATIONS)
    campaign = models.ForeignKey(Campaign, verbose_name=_("Đợt"), on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=ImportStatus.choices, default=ImportStatus.UPLOADED)
    file_name = models.CharField(_("Tệp"), max_length=160)
    client_key = models.UUIDField(unique=True)
    layout = models.JSONField(default=dict)
    refusal = models.JSONField(default=dict)
    setback = models.CharField(max_length=20, blank=True)
    rows = models.PositiveIntegerField(_("Số dòng"), default=0)
    rows_wrong = models.PositiveIntegerField(default=0)
    rows_odd = models.PositiveIntegerField(default=0)
    families = models.PositiveIntegerField(_("Gia đình"), default=0)
    families_good = models.PositiveIntegerField(default=0)
    people_good = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)  # steps of the work under way, of `total`
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)  # at the step under way; none when it ended
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("Gửi lúc"), default=timezone.now)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    committed_at = models.DateTimeField(null=True)
    emptied_at = models.DateTimeField(null=True)  # when the file and what stood in its rows were removed

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ImportStatus.values), name="import_batch_status_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="import_batch_kind_known"),
            models.CheckConstraint(
                condition=~Q(status__in=["committed", "revoked"])
                | Q(committed_by__isnull=False, committed_at__isnull=False),
                name="import_batch_committed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(committed_at=None) | Q(committed_by__isnull=False),
                name="import_batch_committed_at_with_somebody",
            ),
            models.CheckConstraint(
                condition=Q(families_good__lte=F("families"), rows_wrong__lte=F("rows")),
                name="import_batch_sums_agree",
            ),
            models.CheckConstraint(
                condition=Q(attempts__lte=MOST_ATTEMPTS), name="import_batch_attempts_few"
            ),
            models.CheckConstraint(
                condition=Q(attempts=0) | Q(status__in=["checking", "committing"]),
                name="import_batch_attempts_at_a_step",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="import_batch_in_work",
                condition=Q(status__in=["uploaded", "checking", "committing"]),
            ),
            models.Index(fields=["created_by", "-created_at"], name="import_batch_of_sender"),
            models.Index(fields=["place", "-created_at"], name="import_batch_of_place"),
        ]
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def log_place_id(self) -> int:
        return self.place_id

    @property
    def is_in_work(self) -> bool:
        return self.status in IN_WORK

    @property
    def refusal_text(self) -> str:
        return sentence(self.refusal.get("code", ""), self.refusal.get("params", {}))

    @property
    def has_content(self) -> bool:
        return self.emptied_at is None and self.status != ImportStatus.FAILED


class ImportFile(models.Model):
    """The file as it was sent. It is stored in no host's file system, and deleted when its time is over."""

    batch = models.OneToOneField(ImportBatch, on_delete=models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.batch_id}"


class ImportRow(models.Model):
    """One person of the list. `number` is the row as Excel counts; `family` joins rows within the batch.

    `values` are the answers that were understood; a name that was not is among them as `typed_name`. `errors`
    and `remarks` are faults (`importing.parsing.Fault`). After the commit `person` and `registration`, or
    `arrival`, say what became of the row.
    """

    class Verdict(models.TextChoices):
        GOOD = "good", _("Nhập được")
        ODD = "odd", _("Nhập được, cần xem lại")
        WRONG = "wrong", _("Chưa nhập được")
        LEFT_OUT = "left_out", _("Chờ người cùng gia đình")
        ALREADY = "already", _("Đã ghi nhận trước đó")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(_("Dòng"))
    family = models.PositiveIntegerField(_("Gia đình"))
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    search_name = models.CharField(max_length=120, blank=True)
    values = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    person = models.ForeignKey("citizens.Person", null=True, on_delete=models.PROTECT, related_name="+")
    made_person = models.BooleanField(default=False)
    registration = models.ForeignKey(Registration, null=True, on_delete=models.PROTECT, related_name="+")

    arrival = models.ForeignKey("repatriation.Arrival", null=True, on_delete=models.PROTECT, related_name="+")

    TONES = {"good": "good", "odd": "wait", "wrong": "bad", "left_out": "plain", "already": "info"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="import_row_once"),
            models.CheckConstraint(
                condition=Q(verdict__in=["good", "odd", "wrong", "left_out", "already"]),
                name="import_row_verdict_known",
            ),
            models.CheckConstraint(
                condition=Q(arrival=None) | Q(person__isnull=False, verdict__in=["good", "odd", "already"]),
                name="import_row_arrived_if_good",
            ),
            models.CheckConstraint(
                condition=Q(registration=None) | Q(person__isnull=False, verdict__in=["good", "odd"]),
                name="import_row_registered_if_good",
            ),
        ]
        indexes = [models.Index(fields=["batch", "verdict", "number"], name="import_row_verdict")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"

    @property
    def name(self) -> str:
        """Return the name as understood, else as typed, by which the sender finds the row in their file."""
        return str(self.values.get("full_name") or self.values.get("typed_name", ""))

    @property
    def tone(self) -> str:
        return self.TONES[self.verdict]
