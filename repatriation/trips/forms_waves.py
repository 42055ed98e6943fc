"""Forms of a wave of trips: its days, hours, pick-up points and vehicles; and the trips that they give."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place
from portal.ui.formats import vn_date, vn_datetime
from portal.ui.forms import ClientKeyMixin, HelperMixin, NumberInput, VietnameseDateField, offer_rows
from repatriation.campaigns.actions import AFTER_CAMPAIGN
from repatriation.forms import TimeField, communes
from repatriation.models import Campaign
from repatriation.trips.forms import DESTINATIONS
from repatriation.trips.waves import MOST_TRIPS, TripPlan

LONGEST_WAVE = dt.timedelta(days=31)

PICKUP_LINES = 4

VEHICLE_LINES = 3

MOST_VEHICLES = 20


class WaveForm(HelperMixin, ClientKeyMixin, forms.Form):
    """The answers that all trips of a wave share."""

    name = forms.CharField(label=_("Tên đợt xe"), max_length=120, help_text=_("Ví dụ: Đợt xe 6–10/10"))
    campaign = forms.ModelChoiceField(label=_("Đợt đón"), queryset=Campaign.objects.none(), empty_label=None)
    gateway = forms.ModelChoiceField(label=_("Chốt cửa ngõ"), queryset=Place.objects.none())
    first_day = VietnameseDateField(ahead=True, label=_("Từ ngày"))
    last_day = VietnameseDateField(ahead=True, label=_("Đến hết ngày"))
    destinations = forms.ModelMultipleChoiceField(
        label=_("Chỉ chở người về các xã, phường"),
        help_text=_("Không đánh dấu nơi nào thì chở người về mọi xã, phường."),
        queryset=Place.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    layout = (
        "client_key",
        Div("name", "campaign", css_class="split split-half"),
        Div("first_day", "last_day", css_class="split split-half"),
        "gateway",
        DESTINATIONS,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = user.place_ids(Permission.PLAN_TRIPS)
        gateways = Place.objects.active().filter(kind=Place.Kind.CHECKPOINT, pk__in=mine).by_name()
        offer_rows(self, "campaign", Campaign.objects.for_trips())
        offer_rows(self, "gateway", gateways)
        offer_rows(self, "destinations", communes())
        self.fields["campaign"].initial = Campaign.objects.open().first()  # not one that is still to come

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        campaign, gateway = data.get("campaign"), data.get("gateway")
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Ngày cuối phải từ ngày đầu trở đi."))
        elif first and last and last - first >= LONGEST_WAVE:
            self.add_error("last_day", _("Một đợt xe dài tối đa 31 ngày. Vui lòng chọn ngày cuối sớm hơn."))
        if campaign:
            end = campaign.ends_on + AFTER_CAMPAIGN
            for name in ("first_day", "last_day"):
                day = data.get(name)
                if day and not campaign.starts_on <= day <= end:
                    self.add_error(
                        name,
                        _("Chuyến của đợt này đi từ %(first)s đến %(last)s. Vui lòng chọn ngày khác.")
                        % {"first": vn_date(campaign.starts_on), "last": vn_date(end)},
                    )
        if campaign and gateway and not campaign.gateways.filter(pk=gateway.pk).exists():
            self.add_error("gateway", _("Chốt này không thuộc đợt đã chọn. Vui lòng chọn chốt khác."))
        return data


class TimesField(forms.CharField):
    """Several times of a day: 07:00, 9h30, 14g."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        field = TimeField()
        times = [field.clean(part.strip()) for part in re.split(r"[,;]", text) if part.strip()]
        if len(times) != len(set(times)):
            raise ValidationError(_("Có giờ ghi hai lần. Vui lòng bỏ bớt."))
        return sorted(times)


class PickupForm(HelperMixin, forms.Form):
    """A pick-up point, and the times at which vehicles leave it each day."""

    place = forms.ModelChoiceField(label=_("Điểm đón"), queryset=Place.objects.none())
    times = TimesField(
        label=_("Giờ xuất phát"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "08:00, 10:00"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Place.objects.active().with_ancestors().filter(kind=Place.Kind.PICKUP).by_name()
        offer_rows(self, "place", rows, label=lambda place: place.full_name)


class VehicleForm(HelperMixin, forms.Form):
    """Vehicles of one kind that leave at each time."""

    count = forms.IntegerField(
        label=_("Số xe"), min_value=1, max_value=MOST_VEHICLES, initial=1, widget=NumberInput
    )
    seats = forms.IntegerField(label=_("Số chỗ một xe"), min_value=1, max_value=80, widget=NumberInput)
    plates = forms.CharField(
        label=_("Biển số (nếu đã biết)"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "70B-012.34, 70B-056.78"}),
    )
    has_escort = forms.BooleanField(label=_("Có người đi kèm trẻ em"), required=False)

    def clean_plates(self) -> list[str]:
        plates = [text.strip()[:20] for text in re.split(r"[,;]", self.cleaned_data["plates"])]
        return [plate for plate in plates if plate]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if len(data.get("plates", [])) > data.get("count", MOST_VEHICLES):
            self.add_error("plates", _("Có nhiều biển số hơn số xe. Vui lòng kiểm tra lại."))
        return data


class LineFormSet(BaseFormSet):
    """Lines of a form; the first must be filled."""

    def filled(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if form.cleaned_data]

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": index != 0}

    def clean(self) -> None:
        places = [line.get("place") for line in self.filled() if line.get("place")]
        if len(places) != len(set(places)):
            raise ValidationError(_("Có điểm đón ghi hai dòng. Vui lòng ghi các giờ vào cùng một dòng."))


PickupFormSet = formset_factory(PickupForm, formset=LineFormSet, extra=PICKUP_LINES, max_num=12)

VehicleFormSet = formset_factory(VehicleForm, formset=LineFormSet, extra=VEHICLE_LINES, max_num=12)


@dataclass(frozen=True)
class PlannedTrip:
    """A trip of the preview, with the key by which the browser keeps or drops it."""

    key: str
    plan: TripPlan


def plans_of(
    wave: dict[str, Any], pickups: Sequence[dict[str, Any]], vehicles: Sequence[dict[str, Any]]
) -> list[PlannedTrip]:
    """Combine days, pick-up points with times, and vehicles to trips, in the order in which they leave.

    Raise `ValidationError` when they are too many, or a time has passed already.
    """
    planned = []
    for number in range((wave["last_day"] - wave["first_day"]).days + 1):
        day = wave["first_day"] + dt.timedelta(days=number)
        for pickup in pickups:
            for time in pickup["times"]:
                at = timezone.make_aware(dt.datetime.combine(day, time))
                planned += [
                    PlannedTrip(f"{at:%Y%m%d%H%M}-{pickup['place'].pk}-{index}", plan)
                    for index, plan in enumerate(_vehicles(at, pickup["place"], vehicles))
                ]
                if len(planned) > MOST_TRIPS:
                    raise ValidationError(
                        _("Một lần lập tối đa %(most)d chuyến. Vui lòng chia thành nhiều đợt.")
                        % {"most": MOST_TRIPS}
                    )
    planned.sort(key=lambda one: (one.plan.departs_at, one.key))
    if planned[0].plan.departs_at <= timezone.now():
        raise ValidationError(
            _("Giờ %(time)s đã qua. Vui lòng bắt đầu từ ngày sau, hoặc bỏ giờ đó.")
            % {"time": vn_datetime(planned[0].plan.departs_at)}
        )
    return planned


def _vehicles(at: dt.datetime, pickup: Place, vehicles: Sequence[dict[str, Any]]) -> list[TripPlan]:
    return [
        TripPlan(
            departs_at=at,
            pickup=pickup,
            vehicle_seats=line["seats"],
            plate=line["plates"][number] if number < len(line["plates"]) else "",
            has_escort=line["has_escort"],
        )
        for line in vehicles
        for number in range(line["count"])
    ]


def digest(wave: dict[str, Any], planned: Sequence[PlannedTrip]) -> str:
    """Return a digest of the preview; a different one means that the form was changed after it."""
    destinations = sorted(place.pk for place in wave["destinations"])
    shared = [wave["campaign"].pk, wave["gateway"].pk, destinations]
    text = repr(
        [shared, [(one.key, one.plan.vehicle_seats, one.plan.plate, one.plan.has_escort) for one in planned]]
    )
    return hashlib.sha256(text.encode()).hexdigest()[:20]
