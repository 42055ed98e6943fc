"""Export jobs: files of lists too long for a page's answer, made by a worker and stored for a day."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.scoping import ScopedQuerySet
from portal.ui.downloads import file_name
from portal.work import MOST_ATTEMPTS


class ExportJobQuerySet(ScopedQuerySet):
    def for_officer(self, user: Any) -> Q:
        """Allow a file to its owner alone."""
        return Q(owner=user)


class ExportJob(models.Model):
    """The file of a long list, and the work of making it.

    `address` is the list's own address with its filters: the worker asks the list's own view again, as the
    owner, with the rights and the places that the owner has then.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Chờ lập")
        RUNNING = "running", _("Đang lập")
        READY = "ready", _("Tải được")
        FAILED = "failed", _("Không lập được")
        EXPIRED = "expired", _("Đã hết hạn")

    STATUS_TONES = {
        "waiting": "wait",
        "running": "wait",
        "ready": "good",
        "failed": "bad",
        "expired": "plain",
    }
    TRANSITIONS = {
        "start": ({Status.WAITING}, Status.RUNNING),
        "finish": ({Status.RUNNING}, Status.READY),
        "fail": ({Status.WAITING, Status.RUNNING}, Status.FAILED),
        "expire": ({Status.READY, Status.FAILED}, Status.EXPIRED),
    }

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    name = models.CharField(_("Danh sách"), max_length=40)
    kind = models.CharField(max_length=4)
    language = models.CharField(max_length=5, default="vi")
    address = models.TextField()  # emptied with the file: a number may have been searched for
    filters = models.CharField(_("Điều kiện lọc"), max_length=300, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)  # of workers to make it
    made_with = models.JSONField(default=list)  # the owner's roles when it was made, each with its place (id)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "ready", "failed", "expired"]),
                name="export_job_status_known",
            ),
            models.CheckConstraint(condition=Q(kind__in=["xlsx", "csv"]), name="export_job_kind_known"),
            models.CheckConstraint(condition=Q(attempts__lte=MOST_ATTEMPTS), name="export_job_attempts_few"),
        ]
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="export_job_of_owner"),
            models.Index(
                fields=["id"], name="export_job_in_work", condition=Q(status__in=["waiting", "running"])
            ),
        ]
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def log_place_id(self) -> int | None:
        return self.place_id

    @property
    def file_name(self) -> str:
        return file_name(self.name, self.kind, day=timezone.localdate(self.created_at))

    @property
    def is_in_work(self) -> bool:
        return self.status in {self.Status.WAITING, self.Status.RUNNING}


class ExportPart(models.Model):
    """A piece of a file, so that no process has the whole file in memory."""

    job = models.ForeignKey(ExportJob, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="export_part_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.number}"
