"""Places: one tree of any depth, each place with the path from the country down to it.

No level of the tree is ever named in a permission; a user's scope is a set of paths. See `tree.py`.
"""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _

from .order import vietnamese
from .text import fold, nfc

SCHEME = "2025"
LEGACY_SCHEME = "2021"
ROOT = "vn/"

PLACE_KINDS = ("country", "province", "commune", "checkpoint", "pickup", "facility", "office")

# Longest first: "Thành phố" before a commune that is called "Thành".
TYPES = ("Thành phố", "Thị trấn", "Đặc khu", "Phường", "Tỉnh", "Xã")


def split_type(name: str) -> tuple[str, str]:
    """`("Xã", "Hưng Thuận")` of "Xã Hưng Thuận"; an empty type where the name carries none."""
    for kind in TYPES:
        if name.startswith(kind + " "):
            return kind, name[len(kind) + 1 :]
    return "", name


def search_form(short_name: str, type_: str) -> str:
    """What `search_name` holds: the own name first, so that its beginning is the name's beginning."""
    return f"{fold(short_name)} {fold(type_)}".strip()[:200]


class PlaceQuerySet(models.QuerySet["Place"]):
    def under(self, place: Place) -> Self:
        """The place itself and everything in it."""
        return self.filter(path__startswith=place.path)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def by_name(self) -> Self:
        """As people look for a name in a list; a site by its own name, wherever it lies."""
        return self.order_by(*vietnamese("short_name"), "pk")

    def communes_of(self, province_code: str) -> Self:
        """The communes of a province, by the province's official code."""
        return self.filter(kind=Place.Kind.COMMUNE, path__startswith=f"{ROOT}{province_code}/")

    def with_ancestors(self) -> Self:
        """Load the parents with the rows, so that `full_name`, `commune` and `province` ask nothing more."""
        return self.select_related("parent__parent")

    def search(self, text: str) -> Self:
        """Places whose name holds every word of the text, without marks; ranked by `search.py`."""
        found = self
        for word in fold(text).split():
            found = found.filter(search_name__contains=word)
        return found


class Place(models.Model):
    """A country, province, commune, or a site in one of them."""

    class Kind(models.TextChoices):
        COUNTRY = "country", _("Quốc gia")
        PROVINCE = "province", _("Tỉnh, thành phố")
        COMMUNE = "commune", _("Xã, phường, đặc khu")
        CHECKPOINT = "checkpoint", _("Chốt kiểm soát")
        PICKUP = "pickup", _("Điểm đón")
        FACILITY = "facility", _("Cơ sở cách ly")
        OFFICE = "office", _("Nơi tiếp dân")

    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("thuộc"),
    )
    kind = models.CharField(_("loại"), max_length=16, choices=Kind.choices)
    scheme = models.CharField(_("bộ mã"), max_length=8, default=SCHEME)
    code = models.SlugField(_("mã"), max_length=40, db_index=False)
    name = models.CharField(_("tên"), max_length=160)
    short_name = models.CharField(_("tên gọn"), max_length=160, blank=True)
    type = models.CharField(_("cấp"), max_length=16, blank=True)
    search_name = models.CharField(max_length=200, editable=False)
    path = models.CharField(max_length=255, editable=False)
    lat = models.FloatField(_("vĩ độ"), null=True, blank=True)
    lon = models.FloatField(_("kinh độ"), null=True, blank=True)
    area_km2 = models.FloatField(_("diện tích (km²)"), null=True, blank=True)
    address = models.TextField(_("địa chỉ"), blank=True)
    is_active = models.BooleanField(_("đang dùng"), default=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        verbose_name = _("địa bàn")
        verbose_name_plural = _("địa bàn")
        constraints = [
            models.UniqueConstraint(
                fields=["path"], name="place_path_unique", violation_error_message=_("Đã có nơi này rồi.")
            ),
            models.UniqueConstraint(
                fields=["scheme", "kind", "code"],
                name="place_code_unique_in_kind",
                violation_error_message=_("Mã này đã được dùng. Vui lòng chọn mã khác."),
            ),
            models.CheckConstraint(condition=Q(kind__in=PLACE_KINDS), name="place_kind_known"),
            models.CheckConstraint(
                condition=Q(path__startswith=ROOT, path__endswith="/"),
                name="place_path_from_root_ends_with_slash",
            ),
            models.CheckConstraint(
                condition=Q(kind="country", parent__isnull=True)
                | (~Q(kind="country") & Q(parent__isnull=False)),
                name="place_only_country_without_parent",
                violation_error_message=_("Vui lòng chọn nơi cấp trên."),
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="place_path_prefix", opclasses=["varchar_pattern_ops"]),
            GinIndex(fields=["search_name"], name="place_search_trigram", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep path and search form in step with name, code and parent, for this row and all below."""
        old_path = self.path
        self._fill()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "path", "type", "short_name", "search_name"}
        with transaction.atomic():
            super().save(*args, **kwargs)
            if old_path and old_path != self.path:
                Place.objects.filter(path__startswith=old_path).exclude(pk=self.pk).update(
                    path=Concat(Value(self.path), Substr(F("path"), len(old_path) + 1))
                )

    def _fill(self) -> None:
        self.name = " ".join(nfc(self.name).split())
        found_type, short_name = split_type(self.name)
        if self.kind in (self.Kind.PROVINCE, self.Kind.COMMUNE):
            self.type, self.short_name = found_type, short_name
        else:
            self.short_name = self.short_name or self.name
        self.search_name = search_form(self.short_name, self.type)
        above = self.parent.path if self.parent else ""
        if self.path and above.startswith(self.path):
            raise ValidationError(_("Một nơi không thể nằm trong chính nó. Vui lòng chọn nơi cấp trên khác."))
        self.path = f"{above}{self.code}/"

    @property
    def is_site(self) -> bool:
        return self.kind not in (self.Kind.COUNTRY, self.Kind.PROVINCE, self.Kind.COMMUNE)

    @property
    def province(self) -> Place | None:
        """The province that this place is or lies in; asks nothing when the parents are loaded."""
        return self._nearest(self.Kind.PROVINCE)

    @property
    def commune(self) -> Place | None:
        """The commune that this place is or lies in; asks nothing when the parents are loaded."""
        return self._nearest(self.Kind.COMMUNE)

    @property
    def province_code(self) -> str:
        """The code of its province, read from the path; empty for the country."""
        parts = self.path.split("/")
        return parts[1] if len(parts) > 2 else ""

    @property
    def full_name(self) -> str:
        """ "Xã Hưng Thuận, tỉnh Tây Ninh"; for a site its commune too."""
        names = [self.name]
        if self.is_site and (commune := self.commune):
            names.append(lower_type(commune))
        if self.kind != self.Kind.PROVINCE and (province := self.province):
            names.append(lower_type(province))
        return ", ".join(names)

    def contains(self, other: Place) -> bool:
        return other.path.startswith(self.path)

    def _nearest(self, kind: Place.Kind) -> Place | None:
        place: Place | None = self
        while place is not None and place.kind != kind:
            if place.kind in (self.Kind.PROVINCE, self.Kind.COUNTRY):
                return None
            place = place.parent
        return place


def lower_type(place: Place) -> str:
    """The name as it stands inside a sentence: "tỉnh Tây Ninh"."""
    return place.name[:1].lower() + place.name[1:] if place.type else place.name


class LegacyCommuneQuerySet(models.QuerySet["LegacyCommune"]):
    def search(self, text: str) -> Self:
        """Old communes whose name holds every word of the text, without marks."""
        found = self
        for word in fold(text).split():
            found = found.filter(search_name__contains=word)
        return found


class LegacyCommune(models.Model):
    """A commune as it was before July 2025, with what became of it. People still write the old names.

    Codes came back with another meaning (80 was Long An, and is Tây Ninh now): always key on scheme and code.
    """

    scheme = models.CharField(max_length=8, default=LEGACY_SCHEME)
    code = models.CharField(max_length=10)
    name = models.CharField(max_length=160)
    type = models.CharField(max_length=16, blank=True)
    district_code = models.CharField(max_length=10)
    district = models.CharField(max_length=160)
    province_code = models.CharField(max_length=10)
    province = models.CharField(max_length=160)
    search_name = models.CharField(max_length=200, editable=False)
    successors = models.ManyToManyField(Place, related_name="predecessors")

    objects = LegacyCommuneQuerySet.as_manager()

    class Meta:
        ordering = ["scheme", "code"]
        verbose_name = _("xã, phường cũ")
        verbose_name_plural = _("xã, phường cũ")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="legacy_commune_code_unique_in_scheme"),
        ]
        indexes = [
            GinIndex(fields=["search_name"], name="legacy_search_trigram", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.district}, {self.province}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name = nfc(self.name)
        self.type, short_name = split_type(self.name)
        self.search_name = search_form(short_name, self.type)
        super().save(*args, **kwargs)
