"""A person, as the whole portal knows them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens import matching
from citizens.phones import PhoneError, normalise
from portal.accounts.roles import Permission
from portal.accounts.scoping import CitizenViewer, ScopedQuerySet
from portal.places.models import Place

NAME_LENGTH = 120
NUMBER_LENGTH = 12


class PersonQuerySet(ScopedQuerySet):
    def for_citizen(self, viewer: CitizenViewer) -> Q | None:
        if viewer.phone:
            return Q(phone=viewer.phone, proved_phone=viewer.phone)
        return super().for_citizen(viewer)

    def search(self, text: str) -> Self:
        """By full identity number or phone when the text is one, else by name without marks.

        Never a part of a number: numbers are found whole or not at all.
        """
        digits = "".join(character for character in text if character.isalnum())
        if len(digits) in {9, 12} and digits.isdigit():
            return self.filter(Q(identity_number=digits) | Q(old_identity_number=digits) | self._phone(text))
        if any(character.isdigit() for character in text):
            return self.filter(Q(identity_number=digits.upper()) | self._phone(text))
        return self.by_name(text)

    def by_name(self, text: str) -> Self:
        if not text.strip():
            return self
        folded = matching.fold(text)  # empty when there is nothing but signs: nobody is called so
        return self.filter(search_name__contains=folded) if folded else self.none()

    @staticmethod
    def _phone(text: str) -> Q:
        try:
            return Q(phone=normalise(text))
        except PhoneError:
            return Q(pk=None)

    def in_commune(self, place: Place) -> Self:
        """Who lives in the commune, or is answered for by it now."""
        return self.filter(Q(home_commune=place) | Q(responsible_place=place))

    def by_given_name(self) -> Self:
        return self.order_by("sort_key", "pk")


class Person(models.Model):
    """One human being. Children may have no number; a family may share one phone.

    `home_commune` is where they live; `responsible_place` is who answers for them now, from the
    arrival on; the two are never merged.
    """

    SCOPE_COLUMNS = ("home_commune", "responsible_place")
    SCOPE_PERMISSIONS = (Permission.SEE_PEOPLE, Permission.SEE_HEALTH)

    class Sex(models.TextChoices):
        FEMALE = "female", _("Nữ")
        MALE = "male", _("Nam")

    class IdentityKind(models.TextChoices):
        CCCD = "cccd", _("Căn cước")
        CMND = "cmnd", _("Chứng minh nhân dân")
        PASSPORT = "passport", _("Hộ chiếu")

    full_name = models.CharField(_("Họ và tên"), max_length=NAME_LENGTH)
    search_name = models.CharField(max_length=NAME_LENGTH, editable=False)
    sort_key = models.CharField(max_length=400, editable=False)
    sex = models.CharField(_("Giới tính"), max_length=6, choices=Sex.choices, blank=True)
    birth_date = models.DateField(_("Ngày sinh"), null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("Năm sinh"))
    identity_kind = models.CharField(
        _("Loại giấy tờ"), max_length=8, choices=IdentityKind.choices, blank=True
    )
    identity_number = models.CharField(_("Số giấy tờ"), max_length=NUMBER_LENGTH, null=True, blank=True)
    old_identity_number = models.CharField(_("Số CMND cũ"), max_length=9, blank=True)
    phone = models.CharField(_("Điện thoại"), max_length=16, blank=True)
    # The phone that the family proved; another one in `phone` was written down by an officer and opens nothing.
    proved_phone = models.CharField(max_length=16, blank=True, editable=False)
    household = models.ForeignKey(
        "citizens.Household", null=True, on_delete=models.PROTECT, related_name="people"
    )
    home_commune = models.ForeignKey(
        "places.Place", verbose_name=_("Quê ở xã, phường"), on_delete=models.PROTECT, related_name="+"
    )
    address = models.CharField(_("Địa chỉ"), max_length=200, blank=True)
    responsible_place = models.ForeignKey(
        "places.Place", null=True, on_delete=models.PROTECT, related_name="+"
    )
    arrived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity_number"],
                name="person_identity_number_unique",
                violation_error_message=_("Số giấy tờ này đã có trong hệ thống."),
            ),
            models.CheckConstraint(
                condition=~Q(identity_number=""), name="person_identity_number_null_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(arrived_at=None) | Q(responsible_place__isnull=False),
                name="person_arrived_has_responsible_place",
            ),
            models.CheckConstraint(
                condition=Q(birth_year__range=(1900, 2100)), name="person_birth_year_plausible"
            ),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"]),
            models.Index(fields=["home_commune", "sort_key", "id"]),
            models.Index(fields=["responsible_place", "sort_key", "id"]),
            models.Index(fields=["phone"]),
            models.Index(
                fields=["old_identity_number"], name="person_old_number", condition=~Q(old_identity_number="")
            ),
            GinIndex(fields=["search_name"], opclasses=["gin_trgm_ops"], name="person_search_name"),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.prepare()
        fields = kwargs.get("update_fields")
        if fields is not None and "full_name" in fields:
            kwargs["update_fields"] = {*fields, "search_name", "sort_key"}
        super().save(*args, **kwargs)

    def prepare(self) -> None:
        """Compute what is derived; call it before bulk_create, which calls no save()."""
        self.full_name = matching.nfc(self.full_name)
        self.search_name = matching.fold(self.full_name)[:NAME_LENGTH]  # a ligature folds to several letters
        self.sort_key = matching.sort_key(self.full_name)
        if self.birth_date is not None:
            self.birth_year = self.birth_date.year
        self.identity_number = self.identity_number or None

    @property
    def log_place_id(self) -> int | None:
        return self.responsible_place_id or self.home_commune_id

    def age_in_months(self, on: dt.date | None = None) -> int:
        """Whole months of age; a year alone counts from 1 January, the oldest it can be."""
        day = on or timezone.localdate()
        born = self.birth_date or dt.date(self.birth_year, 1, 1)
        return (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)

    def age(self, on: dt.date | None = None) -> int:
        return self.age_in_months(on) // 12
