"""Alerts: somebody has a positive test, a high fever or a red symptom, and a place has to act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from citizens.models import Person
from portal.accounts.roles import Permission
from portal.accounts.scoping import ScopedQuerySet
from quarantine.models.check import red_label
from quarantine.models.facility import Stay
from quarantine.models.order import Order
from quarantine.models.protocol import Mode
from quarantine.models.results import TestResult

POSITIVE = "positive"  # the name of the sign of a positive test, stored as `positive=rapid`


def answers_for(user: Any) -> Q:
    """The condition that the user sees the health of people at the place that answers for the row's person.

    A checkpoint answers until a commune accepts; the commune around it has nothing to do with who passes.
    """
    places = user.place_ids(Permission.SEE_HEALTH)
    return Q(person__responsible_place__in=places) & ~Q(person__responsible_place__kind="checkpoint")


def in_facility_of(user: Any) -> Q:
    """The condition that the row's person is expected at a facility that the user runs, or is inside."""
    runs = user.place_ids(Permission.SEE_FACILITY)
    if not runs:
        return Q()
    stays = Stay.objects.live().filter(person=OuterRef("person"), facility__place__in=runs)
    orders = Order.objects.current().filter(person=OuterRef("person"), place__in=runs, mode=Mode.FACILITY)
    return Q(Exists(stays)) | Q(Exists(orders))


class AlertQuerySet(ScopedQuerySet):
    def for_officer(self, user: Any) -> Q | None:
        """Add the responsible place, and the facility while the person is expected or inside."""
        condition = super().for_officer(user)
        return None if condition is None else condition | answers_for(user) | in_facility_of(user)

    def unsettled(self) -> Self:
        return self.filter(status__in=Alert.UNSETTLED)

    def waiting(self, now: dt.datetime | None = None) -> Self:
        """Return those on which nobody acts: not taken over, or taken over and past the time to settle."""
        return self.filter(
            Q(status=Alert.Status.OPEN) | Q(status=Alert.Status.TAKEN, due_at__lte=now or timezone.now())
        )

    def to_act(self, user: Any) -> Self:
        """Return those that wait for the user's places to act."""
        return self.waiting().filter(place__in=user.place_ids(Permission.EDIT_HEALTH))

    def late(self, now: dt.datetime | None = None) -> Self:
        return self.unsettled().filter(due_at__lte=now or timezone.now())

    def to_tell(self, now: dt.datetime) -> Self:
        return self.unsettled().filter(tell_at__lte=now)

    def most_urgent_first(self) -> Self:
        return self.order_by(F("is_positive").desc(), "raised_at", "pk")

    def named(self, text: str) -> Self:
        return self.filter(person__in=Person.objects.search(text)) if text.strip() else self


class Alert(models.Model):
    """Something about a person's health on which `place` has to act until somebody settles it with a note.

    A person has one alert at a time: what comes on top joins it, and opens it again when it was taken over.
    """

    SCOPE_COLUMNS = ("place", "person__home_commune")
    SCOPE_PERMISSIONS = (Permission.SEE_HEALTH,)

    class Status(models.TextChoices):
        OPEN = "open", _("Chưa ai xử lý")
        TAKEN = "taken", _("Đang xử lý")
        SETTLED = "settled", _("Đã xong")

    UNSETTLED = (Status.OPEN, Status.TAKEN)
    STATUS_TONES = {"open": "bad", "taken": "wait", "settled": "good"}
    TRANSITIONS = {
        "take": ({Status.OPEN}, Status.TAKEN),
        "release": ({Status.TAKEN}, Status.OPEN),
        "renew": ({Status.TAKEN}, Status.OPEN),
        "settle": ({Status.OPEN, Status.TAKEN}, Status.SETTLED),
        "reopen": ({Status.SETTLED}, Status.OPEN),
    }

    person = models.ForeignKey("citizens.Person", on_delete=models.PROTECT, related_name="alerts")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    # Symptoms, and measures and tests as `temperature=38.5`, `spo2=92`, `positive=rapid`.
    signs = ArrayField(models.CharField(max_length=30))
    is_positive = models.BooleanField(default=False)
    result = models.ForeignKey(TestResult, null=True, on_delete=models.PROTECT, related_name="alerts")
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.OPEN)
    raised_at = models.DateTimeField(default=timezone.now)
    entered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    tell_at = models.DateTimeField()  # when the next level is told; put off each time that one was
    # The level of the tree that was told last, from which the next one is found.
    told_place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    escalations = models.PositiveSmallIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("Đã xử lý thế nào"), max_length=300, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "taken", "settled"]), name="alert_status_known"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status__in=["open", "taken"]),
                name="alert_one_unsettled_per_person",
                violation_error_message=_("Người này đang có một cảnh báo chưa xong."),
            ),
            models.CheckConstraint(
                condition=Q(status="open", taken_at=None, taken_by=None)
                | Q(status="taken", taken_at__isnull=False, taken_by__isnull=False)
                | Q(status="settled", taken_at__isnull=False, taken_by__isnull=False)
                | Q(status="settled", taken_at=None, taken_by=None),
                name="alert_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "taken"], settled_at=None, settled_by=None, note="")
                | (Q(status="settled", settled_at__isnull=False, settled_by__isnull=False) & ~Q(note="")),
                name="alert_settled_by_somebody_with_note",
                violation_error_message=_("Vui lòng ghi đã xử lý thế nào."),
            ),
            models.CheckConstraint(condition=~Q(signs=[]), name="alert_says_why"),
        ]
        indexes = [
            models.Index(
                fields=["place", "raised_at"], name="alert_unsettled", condition=~Q(status="settled")
            ),
            models.Index(fields=["tell_at"], name="alert_due", condition=~Q(status="settled")),
            models.Index(fields=["person", "-raised_at"], name="alert_of_person"),
        ]
        ordering = ["-raised_at", "-id"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.raised_at:%d/%m/%Y %H:%M}"

    @property
    def log_place_id(self) -> int:
        return self.place_id

    @property
    def labels(self) -> list[str]:
        """Return why the alert stands, in words."""
        return [sign_label(sign) for sign in self.signs]

    @property
    def is_late(self) -> bool:
        return self.status != self.Status.SETTLED and self.due_at <= timezone.now()


class AlertNotice(models.Model):
    """An officer was told of an alert: at its beginning, or when nobody had acted by its time.

    `by_message`: whether a message went out; without a phone or an email the officer has the worklist alone.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notices")
    officer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    is_escalation = models.BooleanField(default=False)
    by_message = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["alert", "at"])]
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.alert_id} → {self.officer_id}"


class ContactQuerySet(ScopedQuerySet):
    def for_officer(self, user: Any) -> Q | None:
        condition = super().for_officer(user)
        return None if condition is None else condition | answers_for(user)

    def of_positives(self) -> Self:
        return self.filter(alert__is_positive=True)


class Contact(models.Model):
    """A person who lives or travelled with the person of an alert."""

    SCOPE_COLUMNS = ("person__home_commune", "alert__place")
    SCOPE_PERMISSIONS = (Permission.SEE_HEALTH,)

    class Why(models.TextChoices):
        FAMILY = "family", _("Cùng gia đình")
        VEHICLE = "vehicle", _("Cùng xe")

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="contacts")
    person = models.ForeignKey("citizens.Person", on_delete=models.PROTECT, related_name="contacts")
    why = models.CharField(_("Vì sao"), max_length=7, choices=Why.choices)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "person"], name="contact_once_per_alert"),
            models.CheckConstraint(condition=Q(why__in=["family", "vehicle"]), name="contact_why_known"),
        ]
        indexes = [models.Index(fields=["person"], name="contact_of_person")]
        ordering = ["why", "id"]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.person_id}"

    @property
    def log_place_id(self) -> int:
        return self.alert.place_id


def positive_sign(kind: str) -> str:
    return f"{POSITIVE}={kind}"


def has_positive(signs: Iterable[str]) -> bool:
    return any(sign.partition("=")[0] == POSITIVE for sign in signs)


def sign_label(sign: str) -> str:
    name, _equals, value = sign.partition("=")
    if name != POSITIVE:
        return red_label(sign)
    return gettext("%(kind)s: %(outcome)s") % {
        "kind": TestResult.Kind(value).label,
        "outcome": TestResult.Outcome.POSITIVE.label,
    }
