"""Officers' accounts and where each works. Citizens have no account."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import ROLE_PERMISSIONS, Permission, Role
from portal.accounts.scoping import ScopedQuerySet
from portal.places.models import Place
from portal.places.text import fold
from portal.places.tree import ids_under


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: User | AnonymousUser) -> UserQuerySet:
        """Accounts that an administrator manages: everybody assigned under the places they manage,
        and those not assigned anywhere yet."""
        if not isinstance(user, User) or not user.may(Permission.MANAGE_USERS):
            return self.none()
        places = user.place_ids(Permission.MANAGE_USERS)
        mine = Assignment.objects.filter(user=OuterRef("pk"))
        return self.filter(Exists(mine.filter(place__in=places)) | ~Exists(mine))

    def search(self, text: str) -> UserQuerySet:
        """By words of the name, without marks, or by the name used to sign in."""
        if not text:
            return self
        folded = fold(text)
        by_name = Q(search_name__contains=folded) if folded else Q(pk=None)
        return self.filter(by_name | Q(username__icontains=text))


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, user: User | AnonymousUser) -> UserQuerySet:
        return self.get_queryset().visible_to(user)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An officer. What they may do comes only from their assignments."""

    username = models.CharField(_("Tên đăng nhập"), max_length=60, unique=True)
    full_name = models.CharField(_("Họ và tên"), max_length=120)
    search_name = models.CharField(max_length=120, default="", editable=False)
    phone = models.CharField(_("Điện thoại"), max_length=20, blank=True)
    email = models.EmailField(_("Thư điện tử"), blank=True)
    is_active = models.BooleanField(_("Đang hoạt động"), default=True)
    must_change_password = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False, editable=False)  # of the demo, or made by somebody who is

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserManager()

    class Meta:
        ordering = ["full_name", "id"]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_name = fold(self.full_name)[:120]
        fields = kwargs.get("update_fields")
        if fields is not None and "full_name" in fields:
            kwargs["update_fields"] = {*fields, "search_name"}
        super().save(*args, **kwargs)

    @cached_property
    def current_assignments(self) -> list[Assignment]:
        """Assignments in force today, with their places: one query for each user object."""
        return list(Assignment.objects.in_force().filter(user=self).select_related("place"))

    @cached_property
    def _places_by_permission(self) -> dict[Permission | None, frozenset[int]]:
        return {}

    @cached_property
    def _places_by_paths(self) -> dict[frozenset[str], frozenset[int]]:
        return {}

    def place_ids(self, permission: Permission | None = None) -> frozenset[int]:
        """Every place at or below the user's assignments that give `permission` (any, when None).

        One query for each set of places and user object, for most rights of an officer cover the same
        places; empty for somebody without an assignment.
        """
        known = self._places_by_permission
        if permission not in known:
            paths = frozenset(
                assignment.place.path
                for assignment in self.current_assignments
                if permission is None or permission in ROLE_PERMISSIONS[assignment.role]
            )
            if paths not in self._places_by_paths:
                self._places_by_paths[paths] = ids_under(paths)
            known[permission] = self._places_by_paths[paths] if self.is_active else frozenset()
        return known[permission]

    def may(self, permission: Permission, *places: Place | None) -> bool:
        """Return whether an assignment gives the permission: over one of `places`, or anywhere without any.

        None among `places` is a row without a place, over which nobody has a right.
        """
        if not self.is_active:
            return False
        giving = self._assignments_giving(permission)
        return any(
            place is not None and place.path.startswith(assignment.place.path)
            for assignment in giving
            for place in places
        ) or (bool(giving) and not places)

    def place_of(self, permission: Permission, *places: Place | None) -> Place | None:
        """Return where the user holds the permission over one of `places`, or anywhere without any: the place
        for which they act, which is not the first of their assignments for somebody who has several."""
        for assignment in self._assignments_giving(permission):
            covered = [place for place in places if place and place.path.startswith(assignment.place.path)]
            if covered or not places:
                return assignment.place
        return None

    def _assignments_giving(self, permission: Permission) -> list[Assignment]:
        return [one for one in self.current_assignments if permission in ROLE_PERMISSIONS[one.role]]

    @property
    def main_place(self) -> Place | None:
        """The place named in the page's head: the first assignment's."""
        return self.current_assignments[0].place if self.current_assignments else None


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self, on: dt.date | None = None) -> AssignmentQuerySet:
        day = on or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day).order_by(
            "starts_on", "id"
        )

    def not_over(self) -> AssignmentQuerySet:
        """In force today, or to come."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())).order_by("starts_on", "id")


class Assignment(models.Model):
    """A user holds a role at a place and everything below it, from a day to a day (both included)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(_("Vai trò"), max_length=20, choices=Role.choices)
    place = models.ForeignKey(
        Place, verbose_name=_("Nơi công tác"), on_delete=models.PROTECT, related_name="assignments"
    )
    starts_on = models.DateField(_("Từ ngày"), default=timezone.localdate)
    ends_on = models.DateField(_("Đến ngày"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="assignment_role_known"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="assignment_ends_after_start",
                violation_error_message=_("Ngày kết thúc phải sau ngày bắt đầu."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.place}"


class RoleRequestStatus(models.TextChoices):
    REQUESTED = "requested", _("Chờ người thứ hai duyệt")
    CONFIRMED = "confirmed", _("Đã duyệt")
    REFUSED = "refused", _("Không duyệt")
    EXPIRED = "expired", _("Hết hạn duyệt")


class RoleRequestQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        """Return the requests that may still be confirmed."""
        return self.filter(status=RoleRequestStatus.REQUESTED, expires_at__gt=timezone.now())

    def to_decide(self, user: User) -> Self:
        """Return the open requests that this administrator may decide: of others, for others."""
        return self.visible_to(user).open().exclude(Q(requested_by=user) | Q(user=user))


class RoleRequest(models.Model):
    """A role that shows health, the log or accounts, or a new password for somebody who holds such a role
    (`role` is empty), asked for by one administrator.

    It becomes an assignment, or a password, when a second one confirms it, until `expires_at`.
    """

    SCOPE_COLUMNS = ("place",)
    SCOPE_PERMISSIONS = (Permission.MANAGE_USERS,)
    Status = RoleRequestStatus
    STATUS_TONES = {"requested": "wait", "confirmed": "good", "refused": "bad", "expired": "plain"}
    TRANSITIONS = {
        "confirm_role": ({Status.REQUESTED}, Status.CONFIRMED),
        "refuse_role": ({Status.REQUESTED}, Status.REFUSED),
        "expire_role": ({Status.REQUESTED}, Status.EXPIRED),
        "confirm_password": ({Status.REQUESTED}, Status.CONFIRMED),
        "refuse_password": ({Status.REQUESTED}, Status.REFUSED),
        "expire_password": ({Status.REQUESTED}, Status.EXPIRED),
    }

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_requests")
    role = models.CharField(_("Vai trò"), max_length=20, choices=Role.choices, blank=True)
    place = models.ForeignKey(
        Place, verbose_name=_("Nơi công tác"), on_delete=models.PROTECT, related_name="+"
    )
    ends_on = models.DateField(_("Đến ngày"), null=True, blank=True)
    status = models.CharField(
        max_length=10, choices=RoleRequestStatus.choices, default=RoleRequestStatus.REQUESTED
    )
    # Null: the system, for an administrator added on the server.
    requested_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    requested_on = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # Whoever asked reads the first half of the account's password, until the officer has set their own.
    gives_half = models.BooleanField(default=False)

    objects = RoleRequestQuerySet.as_manager()

    class Meta:
        ordering = ["requested_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=RoleRequestStatus.values), name="role_request_status_known"
            ),
            models.CheckConstraint(condition=Q(role__in=["", *Role.values]), name="role_request_role_known"),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "expired"], decided_at=None, decided_by=None)
                | Q(status__in=["confirmed", "refused"], decided_at__isnull=False, decided_by__isnull=False),
                name="role_request_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | Q(requested_by=None) | ~Q(decided_by=F("requested_by")),
                name="role_request_needs_two_persons",
                violation_error_message=_(
                    "Người đề nghị không tự duyệt được. Vui lòng nhờ một quản trị khác."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | ~Q(decided_by=F("user")),
                name="role_request_not_for_oneself",
            ),
            models.CheckConstraint(
                condition=Q(gives_half=False) | Q(status="confirmed", requested_by__isnull=False),
                name="role_request_half_of_confirmed",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(gives_half=True), name="role_request_one_half_per_account"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "place"],
                condition=Q(status="requested"),
                name="role_request_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.title} · {self.place}"

    @property
    def log_place_id(self) -> int:
        return self.place_id

    @property
    def is_for_password(self) -> bool:
        return not self.role

    @property
    def title(self) -> str:
        """Return what is asked for, in words."""
        return str(_("Mật khẩu mới")) if self.is_for_password else self.get_role_display()

    @property
    def is_open(self) -> bool:
        return self.status == RoleRequestStatus.REQUESTED and self.expires_at > timezone.now()

    @property
    def requester(self) -> str:
        return self.requested_by.full_name if self.requested_by else str(_("Máy chủ"))


class SignInCount(models.Model):
    """How often a wrong password came lately: from a network, from it for one name, or from a known browser.

    `key` names what is counted; `name` stands for the typed name and cannot be read back.
    """

    key = models.CharField(max_length=120, primary_key=True)
    name = models.CharField(max_length=24, db_index=True)
    began_at = models.DateTimeField(db_index=True)
    count = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"{self.began_at} {self.count}"
