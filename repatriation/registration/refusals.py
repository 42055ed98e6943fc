"""Refusals of registrations: people who are registered already, and too many wrong identity numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from citizens.models import Person
from citizens.phones import mask
from portal import locks
from portal.networks import network_of
from portal.records.models import Event
from portal.records.refusals import Refused
from repatriation.models import Campaign, Member, Registration

REFUSALS_WITHIN = dt.timedelta(hours=1)
REFUSALS_BY_PHONE = 10
REFUSALS_BY_ADDRESS = 60  # a whole dormitory shares one address
REFUSALS_BY_OFFICER = 30  # an officer who registers others


class AlreadyRegistered(Refused):
    """A person stands in `other`, a live registration of the same campaign.

    `name` is the name in this form, so that no other name is revealed.
    """

    def __init__(self, name: str, other: Registration) -> None:
        super().__init__(name, other.pk)
        self.name = name
        self.other = other

    def __str__(self) -> str:
        return _(
            "%(name)s đã có trong một đăng ký khác của đợt này. Không cần đăng ký lại: đăng ký đó nhận "
            "tin ở số %(phone)s."
        ) % {"name": self.name, "phone": mask(self.other.phone)}

    def to_officer(self) -> str:
        return _(
            "%(name)s đã có trong một đăng ký khác của đợt này, nhận tin ở số %(phone)s. Gia đình không cần đăng "
            "ký lần nữa."
        ) % {"name": self.name, "phone": mask(self.other.phone)}


class TooManyRefusals(Refused):
    """So many numbers disagreed within an hour that somebody may be guessing."""

    def __str__(self) -> str:
        return _(
            "Đã có quá nhiều lần số giấy tờ không khớp. Vui lòng thử lại sau một giờ, hoặc gọi %(hotline)s."
        ) % {"hotline": settings.PORTAL_HOTLINE}

    def to_officer(self) -> str:
        return _(
            "Đã có quá nhiều lần số giấy tờ không khớp. Vui lòng thử lại sau một giờ, hoặc báo người phụ trách."
        )


def lock_phone(phone: str) -> None:
    """Lock the phone, so that two forms of one family are handled one after the other.

    People without a number are matched by the phone.
    """
    locks.hold(locks.Kind.REGISTRATION_PHONE, phone)


def number_marks(phone: str, address: str | None, officer: int | None = None) -> dict[str, str]:
    """Return the keyed hashes by which refusals are counted; the log stores no phone and no address.

    An officer who registers others is counted by their id instead.
    """
    texts = {"phone_mark": phone, "address_mark": network_of(address) or ""}
    if officer is not None:
        texts = {"officer_mark": str(officer)}
    return {
        name: salted_hmac(f"repatriation.{name}", text, algorithm="sha256").hexdigest()
        for name, text in texts.items()
        if text
    }


def require_few_refusals(marks: dict[str, str]) -> None:
    """Require fewer refusals within the hour than the limits. Raises `TooManyRefusals`."""
    refusals = Event.objects.filter(verb="number_refused", at__gt=timezone.now() - REFUSALS_WITHIN)
    limits = {
        "phone_mark": REFUSALS_BY_PHONE,
        "address_mark": REFUSALS_BY_ADDRESS,
        "officer_mark": REFUSALS_BY_OFFICER,
    }
    counts = {name: Count("pk", filter=Q(**{f"data__{name}": mark})) for name, mark in marks.items()}
    totals = refusals.aggregate(**counts) if counts else {}
    if any(totals[name] >= limits[name] for name in totals):
        raise TooManyRefusals


def refuse_registered(campaign: Campaign, settled: Iterable[tuple[Person, str]]) -> None:
    """Require that none of these persons stands in a live registration. Raises `AlreadyRegistered`.

    Each person comes with their name in the form.
    """
    names = {person.pk: name for person, name in settled}
    members = Member.objects.filter(campaign=campaign, person__in=names, live=True)
    standing = members.select_related("registration").order_by("pk").first()
    if standing is not None:
        raise AlreadyRegistered(names[standing.person_id], standing.registration)


def require_unregistered(persons: Sequence[Person]) -> None:
    members = Member.objects.filter(person__in=persons, live=True).select_related("registration", "person")
    member = members.order_by("pk").first()
    if member is not None:
        raise Refused(
            _("%(name)s có trong đăng ký %(code)s. Vui lòng quét hoặc gõ mã đó để ghi nhận cả gia đình.")
            % {"name": member.person.full_name, "code": member.registration.code}
        )
