"""Loading the country from the files in `data/`: set by set, safe to repeat."""

import csv
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_noop

from .models import LEGACY_SCHEME, ROOT, SCHEME, LegacyCommune, Place, search_form, split_type
from .text import nfc

DATA = Path(__file__).parent / "data"
_CHANGES = ["parent", "name", "short_name", "type", "search_name", "path", "lat", "lon", "area_km2"]
COUNTRY = gettext_noop("Việt Nam")


def read(file_name: str) -> list[dict[str, str]]:
    with (DATA / file_name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load_country() -> dict[str, int]:
    """Bring country, provinces, communes and old communes up to the files; counts of each by name.

    What an administrator keeps (address, whether in use) stays as it is.
    """
    country = Place(kind=Place.Kind.COUNTRY, code=ROOT.rstrip("/"), name=COUNTRY, path=ROOT)
    country.short_name, country.search_name = country.name, search_form(country.name, "")
    _upsert([country], _CHANGES)
    provinces = [_unit(row, Place.Kind.PROVINCE, country) for row in read("provinces.csv")]
    _upsert(provinces, _CHANGES)
    by_code = {province.code: province for province in provinces}
    communes = [_unit(row, Place.Kind.COMMUNE, by_code[row["province_code"]]) for row in read("communes.csv")]
    _upsert(communes, _CHANGES)
    legacy = _load_legacy({commune.code: commune.pk for commune in communes})
    return {"provinces": len(provinces), "communes": len(communes), "legacy communes": legacy}


@transaction.atomic
def load_sites() -> dict[str, int]:
    """Bring the demo's checkpoints, pick-up points, facilities and offices up to the file."""
    rows = read("sites_demo.csv")
    codes = {row["commune_code"] for row in rows}
    communes = {
        place.code: place
        for place in Place.objects.filter(scheme=SCHEME, kind=Place.Kind.COMMUNE, code__in=codes)
    }
    if missing := sorted(codes - set(communes)):
        raise LookupError(f"Communes {', '.join(missing)} are not loaded; run load_places first")
    sites = [_unit(row, Place.Kind(row["kind"]), communes[row["commune_code"]]) for row in rows]
    _upsert(sites, [*_CHANGES, "address"])
    return {"sites": len(sites)}


def _unit(row: dict[str, str], kind: Place.Kind, parent: Place) -> Place:
    name = nfc(row["name"])
    type_, short_name = split_type(name) if "type" in row else ("", name)
    return Place(
        parent=parent,
        kind=kind,
        code=row["code"],
        name=name,
        short_name=short_name,
        type=type_,
        search_name=search_form(short_name, type_),
        path=f"{parent.path}{row['code']}/",
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        area_km2=float(row["area_km2"]) if row.get("area_km2") else None,
        address=row.get("address", ""),
    )


def _upsert(places: Iterable[Place], update_fields: list[str]) -> None:
    Place.objects.bulk_create(
        places,
        update_conflicts=True,
        unique_fields=["scheme", "kind", "code"],
        update_fields=update_fields,
    )


def _load_legacy(place_ids: dict[str, int]) -> int:
    rows = read("legacy_communes.csv")
    communes = []
    for row in rows:
        type_, short_name = split_type(nfc(row["name"]))
        communes.append(
            LegacyCommune(
                scheme=LEGACY_SCHEME,
                code=row["legacy_code"],
                name=nfc(row["name"]),
                type=type_,
                district_code=row["district_code"],
                district=nfc(row["district"]),
                province_code=row["province_code"],
                province=nfc(row["province"]),
                search_name=search_form(short_name, type_),
            )
        )
    LegacyCommune.objects.bulk_create(
        communes,
        update_conflicts=True,
        unique_fields=["scheme", "code"],
        update_fields=[
            "name", "type", "district_code", "district", "province_code", "province", "search_name",
        ],
    )  # fmt: skip
    through = LegacyCommune.successors.through
    links = {
        (commune.pk, place_ids[code])
        for commune, row in zip(communes, rows, strict=True)
        for code in row["new_codes"].split()
    }
    present = set(through.objects.values_list("legacycommune_id", "place_id"))
    for legacy_id, place_id in present - links:
        through.objects.filter(legacycommune_id=legacy_id, place_id=place_id).delete()
    through.objects.bulk_create(
        through(legacycommune_id=legacy_id, place_id=place_id) for legacy_id, place_id in links - present
    )
    return len(communes)
