"""Changes that a family makes to its registration, until it confirms them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import CitizenViewer, ScopedQuerySet
from repatriation.models.registration import Registration


class ChangeQuerySet(ScopedQuerySet):
    def for_citizen(self, viewer: CitizenViewer) -> Q | None:
        """Show the changes to whoever may see the registration."""
        if Registration.objects.all().for_citizen(viewer) is None:
            return None
        return Q(registration__in=Registration.objects.visible_to(viewer))

    def open(self) -> ChangeQuerySet:
        return self.filter(status=RegistrationChange.Status.OPEN)


class RegistrationChange(models.Model):
    """A form beside a live registration, which stays as it is until the change is applied.

    `base` has the answers as they stood when the change began (or was last brought up to date), `draft`
    as they would be; both are wiped at the end. `seen` names what the family confirmed.
    """

    SCOPE_COLUMNS = ("registration__home_commune",)
    SCOPE_PERMISSIONS = (Permission.SEE_QUEUE, Permission.SEE_PEOPLE)

    class Status(models.TextChoices):
        OPEN = "open", _("Đang sửa")
        APPLIED = "applied", _("Đã ghi")
        DROPPED = "dropped", _("Đã bỏ")

    STATUS_TONES = {"open": "wait", "applied": "good", "dropped": "plain"}
    TRANSITIONS = {
        "apply": ({Status.OPEN}, Status.APPLIED),
        "drop": ({Status.OPEN}, Status.DROPPED),
    }

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="changes")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    base = models.JSONField(default=dict)
    draft = models.JSONField(default=dict)
    seen = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(status="open"),
                name="change_one_open_per_registration",
                violation_error_message=_("Đăng ký này đang được sửa ở một máy khác."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "applied", "dropped"]), name="change_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="open") | Q(base={}, draft={}), name="change_wiped_at_the_end"
            ),
            models.CheckConstraint(
                condition=~Q(status="applied") | ~Q(seen=""), name="change_applied_was_seen"
            ),
        ]
        indexes = [models.Index(fields=["saved_at"], name="change_open", condition=Q(status="open"))]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.status}"

    @property
    def log_place_id(self) -> int | None:
        return self.registration.home_commune_id
