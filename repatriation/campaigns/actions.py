"""Actions that add and edit a campaign. A change is refused when planned trips or trips on their way would no
longer fit.

A change locks the campaign's row against registering, seating and planning, which read it by `hold_rules`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.places.models import Place
from portal.places.order import vietnamese_key
from portal.places.text import fold
from portal.records.log import record
from portal.records.refusals import Refused
from portal.ui.formats import vn_date, vn_datetime
from repatriation.models import Campaign, Registration, Trip
from repatriation.models.screening import DECIDABLE, OPEN
from repatriation.queue.admission import check_admits
from repatriation.registration.saving import notify_now_admitted
from repatriation.screening.actions import begin_screening_many

AFTER_CAMPAIGN = dt.timedelta(days=14)  # trips for those who registered on the last days
STANDING = (Trip.Status.PLANNED, Trip.Status.OPEN, Trip.Status.CLOSED)
ON_THE_WAY = (*STANDING, Trip.Status.DEPARTED)
PLACES = ("origins", "gateways")


@transaction.atomic
def add_campaign(values: Mapping[str, Any], *, by: User) -> Campaign:
    """Add a campaign. `values` are its fields; `origins` and `gateways` are lists of places."""
    check_admits(values["admits"])
    plain = {name: value for name, value in values.items() if name not in PLACES}
    campaign = Campaign.objects.create(slug=_free_slug(values["name"]), **plain)
    for name in PLACES:
        getattr(campaign, name).set(values[name])
    record(campaign, "add", by=by, data=_for_log(values))
    return campaign


@transaction.atomic
def edit_campaign(campaign: Campaign, values: Mapping[str, Any], *, by: User) -> Campaign:
    """Change the fields in `values`. Where nothing differs, nothing is written.

    Families that registered stay registered, whatever the origins and conditions are now. When seats begin to
    wait for the communes' word, the home communes of all waiting families are asked. Families with a complete
    draft that can be sent only now are notified. Raises `Refused` for a date or a gateway that trips still need.
    """
    row = Campaign.objects.select_for_update().get(pk=campaign.pk)
    changed = {name: value for name, value in values.items() if _differs(row, name, value)}
    if not changed:
        return row
    if "admits" in changed:
        check_admits(changed["admits"])
    if "starts_on" in changed or "ends_on" in changed:
        first = changed.get("starts_on", row.starts_on)
        _require_trips_within(row, first, changed.get("ends_on", row.ends_on))
    if "gateways" in changed:
        _require_gateways_free(row, changed["gateways"])
    admits_before = row.admits
    before = _for_log({name: _value(row, name) for name in changed})
    plain = [name for name in changed if name not in PLACES]
    for name in plain:
        setattr(row, name, changed[name])
    if plain:
        row.save(update_fields=plain)
    for name in set(changed) - set(plain):
        getattr(row, name).set(changed[name])
    record(row, "edit", by=by, data={"before": before, "after": _for_log(changed)})
    if "admits" in changed:
        notify_now_admitted(row, admits_before)
    if changed.get("awaits_screening"):
        rows = Registration.objects.filter(campaign=row, status__in=DECIDABLE, screened_at=None)
        begin_screening_many(rows.exclude(screenings__status__in=OPEN).values_list("pk", flat=True))
    return row


def require_trip_fits(campaign: Campaign, gateway: Place, departs_at: dt.datetime) -> None:
    """Require that the campaign allows a trip at this time by this gateway, and lock the campaign's rules.

    The form has checked the same; the campaign may have been changed meanwhile. Raises `Refused`.
    """
    locked = Campaign.objects.hold_rules(campaign.pk)
    last = locked.ends_on + AFTER_CAMPAIGN
    day = timezone.localdate(departs_at)
    if locked.starts_on <= day <= last and locked.gateways.filter(pk=gateway.pk).exists():
        return
    raise Refused(
        _(
            "Đợt này vừa được sửa: chuyến chỉ đi từ %(first)s đến %(last)s, qua các chốt của đợt. Vui lòng "
            "tải lại trang và chọn lại."
        )
        % {"first": vn_date(locked.starts_on), "last": vn_date(last)}
    )


def _free_slug(name: str) -> str:
    """Return a slug made from the name that no campaign has yet."""
    stem = slugify(fold(name))[:40] or "dot"
    taken = set(Campaign.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbers = range(2, len(taken) + 3)
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in numbers)) if slug not in taken)


def _value(row: Campaign, name: str) -> Any:
    return list(getattr(row, name).all()) if name in PLACES else getattr(row, name)


def _differs(row: Campaign, name: str, value: Any) -> bool:
    if name in PLACES:
        return {place.pk for place in _value(row, name)} != {place.pk for place in value}
    return bool(getattr(row, name) != value)


def _for_log(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as the log stores them."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, (bool, int)) or value is None:
        return value
    if isinstance(value, list) and value and isinstance(value[0], Place):
        return sorted((place.name for place in value), key=vietnamese_key)
    return value if isinstance(value, list) else str(value)


def _require_trips_within(campaign: Campaign, starts_on: dt.date, ends_on: dt.date) -> None:
    last = ends_on + AFTER_CAMPAIGN
    standing = Trip.objects.filter(campaign=campaign, status__in=STANDING)
    outside = standing.exclude(departs_at__date__range=(starts_on, last)).order_by("departs_at").first()
    if outside is not None:
        raise Refused(
            _(
                "Chuyến %(trip)s đi lúc %(time)s nằm ngoài %(first)s–%(last)s (hai tuần sau ngày kết thúc). "
                "Vui lòng chọn ngày khác, hoặc hủy chuyến đó trước."
            )
            % {
                "trip": outside.code,
                "time": vn_datetime(outside.departs_at),
                "first": vn_date(starts_on),
                "last": vn_date(last),
            }
        )


def _require_gateways_free(campaign: Campaign, gateways: Iterable[Place]) -> None:
    gateway_ids = [place.pk for place in gateways]
    live = Trip.objects.filter(campaign=campaign, status__in=ON_THE_WAY).exclude(gateway__in=gateway_ids)
    trip = live.select_related("gateway").order_by("departs_at").first()
    if trip is not None:
        raise Refused(
            _(
                "Chưa bỏ được %(gateway)s: chuyến %(trip)s còn đi qua đó. Vui lòng đợi chuyến xong hoặc hủy chuyến."
            )
            % {"gateway": trip.gateway.name, "trip": trip.code}
        )
