"""A family that wants to come home, and the people in it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission
from portal.accounts.scoping import CitizenViewer, ScopedQuerySet
from repatriation.models.campaign import Campaign, RuleSet
from repatriation.models.declared import DeclaredHealth, HowRegistered, RegistrationChannel
from repatriation.models.queue_order import COLUMNS, Before, Behind


class Status(models.TextChoices):
    DRAFT = "draft", _("Đang khai")
    WAITING = "waiting", _("Đang chờ xếp chuyến")
    OFFERED = "offered", _("Đã có chỗ, chờ gia đình trả lời")
    CONFIRMED = "confirmed", _("Đã xác nhận chỗ")
    DEPARTED = "departed", _("Đang trên đường về")
    ARRIVED = "arrived", _("Đã đến chốt")
    CLOSED = "closed", _("Đã về đến địa phương")
    WITHDRAWN = "withdrawn", _("Đã rút đăng ký")
    DECLINED = "declined", _("Đã từ chối chỗ")
    NO_SHOW = "no_show", _("Không có mặt")
    DUPLICATE = "duplicate", _("Trùng đăng ký khác")


# A person is in at most one registration of a campaign with such a status (design §10.1). A draft does not
# count: it is somebody's unfinished form and may be given up.
LIVE = frozenset({Status.WAITING, Status.OFFERED, Status.CONFIRMED, Status.DEPARTED, Status.ARRIVED})

# These families have, or may have again, a place in the queue: a new version of the rules scores them anew.
SCORED = frozenset(
    {
        Status.WAITING,
        Status.OFFERED,
        Status.CONFIRMED,
        Status.DEPARTED,
        Status.DECLINED,
        Status.NO_SHOW,
    }
)


class Reason(models.TextChoices):
    LOST_WORK = "lost_work", _("Mất việc làm")
    NO_HOUSING = "no_housing", _("Không còn chỗ ở")
    STUDENT = "student", _("Học sinh, sinh viên")
    TREATMENT_ENDED = "treatment_ended", _("Vừa điều trị xong")
    FAMILY_NEED = "family_need", _("Gia đình ở quê cần người chăm sóc")


class RegistrationQuerySet(ScopedQuerySet):
    def for_citizen(self, viewer: CitizenViewer) -> Q | None:
        if viewer.phone:
            # An entry's phone may be a stranger's: its holder gives a second fact first (citizens.proving).
            proved = Q(phone_confirmed_at__isnull=False)
            # A draft has its phone among its answers until it is sent.
            begun = Q(status=Status.DRAFT, draft__phone=viewer.phone) & ~Q(draft__phone_confirmed="")
            return Q(phone=viewer.phone) & proved | begun
        return super().for_citizen(viewer)

    def for_officer(self, user: Any) -> Q | None:
        """Show users who register others their own entries, wherever the home commune is."""
        condition = super().for_officer(user)
        if not user.may(Permission.REGISTER_OTHERS):
            return condition
        entered = Q(entered_by=user)
        return entered if condition is None else condition | entered

    def with_members(self) -> Self:
        """Load the members with their persons, in one query more."""
        return self.prefetch_related(models.Prefetch("members", Member.objects.select_related("person")))

    def in_queue_order(self) -> Self:
        """Order by score, then by who registered earlier; the id only breaks a tie of the same instant."""
        return self.order_by(*COLUMNS)

    def waiting(self, campaign: Campaign) -> Self:
        return self.filter(campaign=campaign, status=Status.WAITING)

    def screened(self, campaign: Campaign) -> Self:
        """Where the campaign awaits screening, leave only families that were confirmed, or are overdue."""
        return self.filter(screened_at__isnull=False) if campaign.awaits_screening else self

    def can_travel_on(self, day: dt.date) -> Self:
        """Return the families that gave no travel days, or days of which this is one."""
        return self.filter(
            Q(travel_from=None) | Q(travel_from__lte=day), Q(travel_until=None) | Q(travel_until__gte=day)
        )

    def ahead_of(self, registration: Registration) -> Self:
        """Return the families of the same queue that come before this one."""
        return self.waiting(registration.campaign).before(registration)

    def before(self, registration: Registration) -> Self:
        """Return the rows of this queryset that come before this family."""
        assert registration.registered_at is not None
        turn = Before(registration.score, registration.registered_at, registration.pk)
        return self.filter(turn).exclude(pk=registration.pk)

    def behind(self, registration: Registration) -> Self:
        """Return the rows of this queryset that come behind this family."""
        assert registration.registered_at is not None
        return self.filter(Behind(registration.score, registration.registered_at, registration.pk))


class Registration(HowRegistered):
    """One family that wants to come home, from its registration to its front door.

    The home commune sees its own families, the coordinator of the province sees all.
    """

    SCOPE_COLUMNS = ("home_commune",)
    SCOPE_PERMISSIONS = (Permission.SEE_QUEUE, Permission.SEE_PEOPLE)
    STATUS_TONES = {
        "draft": "plain",
        "waiting": "wait",
        "offered": "wait",
        "confirmed": "good",
        "departed": "info",
        "arrived": "info",
        "closed": "good",
        "withdrawn": "plain",
        "declined": "plain",
        "no_show": "bad",
        "duplicate": "plain",
    }
    TRANSITIONS = {
        "submit": ({Status.DRAFT}, Status.WAITING),
        "offer": ({Status.WAITING}, Status.OFFERED),
        "confirm": ({Status.OFFERED}, Status.CONFIRMED),
        # The trip goes on another day: the family keeps its seats and is asked for a new answer.
        "ask_again": ({Status.CONFIRMED}, Status.OFFERED),
        "decline": ({Status.OFFERED}, Status.DECLINED),
        "requeue": ({Status.OFFERED, Status.CONFIRMED, Status.DECLINED, Status.NO_SHOW}, Status.WAITING),
        "depart": ({Status.CONFIRMED}, Status.DEPARTED),
        "miss": ({Status.CONFIRMED, Status.OFFERED, Status.DEPARTED}, Status.NO_SHOW),
        "arrive": (
            {Status.WAITING, Status.OFFERED, Status.CONFIRMED, Status.DEPARTED, Status.NO_SHOW},
            Status.ARRIVED,
        ),
        # The arrival that brought it was taken back: the family is again where it was before.
        "back_on_the_road": ({Status.ARRIVED}, Status.DEPARTED),
        "back_to_seat": ({Status.ARRIVED}, Status.CONFIRMED),
        "back_to_queue": ({Status.ARRIVED}, Status.WAITING),
        "back_to_missed": ({Status.ARRIVED}, Status.NO_SHOW),
        # Parted from a family that travelled without them.
        "stay_behind": ({Status.DRAFT}, Status.NO_SHOW),
        # On the vehicle, entered at no checkpoint, and known to be at home.
        "found_home": ({Status.DEPARTED}, Status.CLOSED),
        "close": ({Status.ARRIVED}, Status.CLOSED),
        # An acceptance that closed it was taken back.
        "reopen": ({Status.CLOSED}, Status.ARRIVED),
        "expire": ({Status.DRAFT}, Status.WITHDRAWN),
        "withdraw": ({Status.DRAFT, Status.WAITING, Status.OFFERED, Status.CONFIRMED}, Status.WITHDRAWN),
        "mark_duplicate": ({Status.WAITING}, Status.DUPLICATE),
        "not_duplicate": ({Status.DUPLICATE}, Status.WAITING),
    }
    Status = Status
    Reason = Reason
    Channel = RegistrationChannel

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="registrations")
    code = models.CharField(_("Mã đăng ký"), max_length=16, unique=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    phone = models.CharField(_("Điện thoại liên hệ"), max_length=16, blank=True)
    phone_confirmed_at = models.DateTimeField(null=True)
    origin = models.ForeignKey(
        "places.Place", verbose_name=_("Đang ở"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    origin_address = models.CharField(_("Địa chỉ đang ở"), max_length=200, blank=True)
    home_commune = models.ForeignKey(
        "places.Place",
        verbose_name=_("Quê ở xã, phường"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    home_address = models.CharField(_("Địa chỉ ở quê"), max_length=200, blank=True)
    reasons = ArrayField(
        models.CharField(max_length=20, choices=Reason.choices), verbose_name=_("Lý do về"), default=list
    )
    people = models.PositiveSmallIntegerField(_("Số người"), default=0)
    rule_set = models.ForeignKey(RuleSet, null=True, on_delete=models.PROTECT, related_name="+")
    score = models.IntegerField(default=0)
    score_reasons = models.JSONField(default=list)
    needs_escort = models.BooleanField(
        default=False, editable=False
    )  # nobody of it is 18; set with the score
    split_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="split_off")
    held_at = models.DateTimeField(null=True)  # not offered a seat until it is released
    held_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    held_reason = models.CharField(max_length=300, blank=True)
    draft = models.JSONField(default=dict)  # the answers of a half-filled form; emptied on submitting
    draft_saved_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    registered_at = models.DateTimeField(null=True)
    screened_at = models.DateTimeField(null=True)  # when its commune confirmed it, or became overdue
    screening_overdue = models.BooleanField(default=False)  # goes on without its commune's word

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            *HowRegistered.CONSTRAINTS,
            models.CheckConstraint(condition=Q(status__in=Status.values), name="registration_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"])
                | Q(
                    registered_at__isnull=False,
                    home_commune__isnull=False,
                    rule_set__isnull=False,
                    people__gte=1,
                ),
                name="registration_complete_once_submitted",
            ),
            models.CheckConstraint(
                condition=Q(screening_overdue=False) | Q(screened_at__isnull=False),
                name="registration_overdue_goes_on",
            ),
            models.CheckConstraint(
                condition=Q(held_at=None, held_by=None, held_reason="")
                | (Q(held_at__isnull=False, held_by__isnull=False) & ~Q(held_reason="")),
                name="registration_held_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(held_at=None) | ~Q(status__in=["offered", "confirmed"]),
                name="registration_held_is_not_seated",
                violation_error_message=_("Gia đình này đang được tạm giữ."),
            ),
        ]
        indexes = [
            models.Index(
                "campaign",
                *COLUMNS,
                include=["score"],
                name="registration_queue",
                condition=Q(status="waiting"),
            ),
            models.Index(
                "campaign",
                *COLUMNS,
                include=["score"],
                name="registration_queue_screened",
                condition=Q(status="waiting", screened_at__isnull=False),
            ),
            models.Index(
                "campaign",
                "home_commune",
                *COLUMNS,
                include=["score"],
                name="registration_queue_of_commune",
                condition=Q(status="waiting"),
            ),
            models.Index(
                "campaign",
                "people",
                *COLUMNS,
                name="registration_queue_of_size",
                condition=Q(status="waiting"),
            ),
            models.Index(
                fields=["campaign", "origin", "home_commune"],
                include=["people"],
                name="registration_waiting_by_place",
                condition=Q(status="waiting"),
            ),
            models.Index(fields=["campaign", "status", "registered_at"]),
            models.Index(fields=["campaign"], name="registration_held", condition=Q(held_at__isnull=False)),
            models.Index(fields=["home_commune", "status"]),
            models.Index(fields=["phone"]),
            models.Index(
                KeyTransform("phone", "draft"), name="registration_draft_phone", condition=Q(status="draft")
            ),
            models.Index(fields=["draft_saved_at"], name="registration_drafts", condition=Q(status="draft")),
            models.Index(
                fields=["entered_by", "-registered_at"],
                name="registration_entered_by",
                condition=Q(entered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def log_place_id(self) -> int | None:
        return self.home_commune_id

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def days_waiting(self) -> int:
        """Return the whole days since the registration."""
        return (timezone.now() - (self.registered_at or self.created_at)).days

    def queue_key(self) -> tuple[int, float, int]:
        """Return the key by which families that wait are sorted as the queue is."""
        assert self.registered_at is not None
        return -self.score, self.registered_at.timestamp(), self.pk

    @property
    def head(self) -> Member:
        """Return the member who speaks for the family; prefetch `members__person` for lists."""
        members = list(self.members.all())
        return next((member for member in members if member.is_head), members[0])


class Member(DeclaredHealth):
    """A person in a registration, with what counts for the priority on the day of registering.

    `live` copies the registration's state (a trigger writes it), so that a unique constraint can limit a
    person to one live registration of a campaign.
    """

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey("citizens.Person", on_delete=models.PROTECT, related_name="memberships")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    is_head = models.BooleanField(default=False)
    is_pregnant = models.BooleanField(_("Đang mang thai"), default=False)
    has_chronic_illness = models.BooleanField(_("Có bệnh nền"), default=False)
    has_disability = models.BooleanField(_("Người khuyết tật"), default=False)
    live = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            *DeclaredHealth.CONSTRAINTS,
            models.UniqueConstraint(
                fields=["campaign", "person"],
                condition=Q(live=True),
                name="member_one_live_registration",
                violation_error_message=_("Người này đã có trong một đăng ký khác của đợt này."),
            ),
            models.UniqueConstraint(fields=["registration", "person"], name="member_once_in_registration"),
            models.UniqueConstraint(
                fields=["registration"], condition=Q(is_head=True), name="member_one_head"
            ),
        ]
        ordering = ["-is_head", "id"]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.person_id}"
