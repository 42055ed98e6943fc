"""Forms of one trip, new or changed, and filters of the lists of trips and of passed-over families."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.places.models import Place
from portal.ui.formats import vn_date, vn_time
from portal.ui.forms import HelperMixin, NumberInput, VietnameseDateField, offer_rows
from repatriation.campaigns.actions import AFTER_CAMPAIGN
from repatriation.forms import ALL, CampaignChoice, TimeField, communes, search_box
from repatriation.models import Campaign, PassedOver, Trip, Wave
from repatriation.trips.changes import TripChange

DESTINATIONS = Div("destinations", template="repatriation/trips/_destinations.html")


class TripForm(HelperMixin, forms.Form):
    """A trip to plan, to a gateway where the user may plan trips."""

    campaign = forms.ModelChoiceField(label=_("Đợt"), queryset=Campaign.objects.none(), empty_label=None)
    day = VietnameseDateField(ahead=True, label=_("Ngày đi"))
    hour = TimeField(label=_("Giờ xuất phát"), help_text=_("Ví dụ 08:00"), max_length=8)
    pickup = forms.ModelChoiceField(
        label=_("Điểm đón"),
        queryset=Place.objects.none(),
        help_text=_("Chuyến mời các gia đình đang ở cùng tỉnh, thành phố với điểm đón."),
    )
    gateway = forms.ModelChoiceField(label=_("Chốt cửa ngõ"), queryset=Place.objects.none())
    seats = forms.IntegerField(label=_("Số chỗ"), min_value=1, max_value=80, initial=45, widget=NumberInput)
    vehicle_plate = forms.CharField(label=_("Biển số xe"), max_length=20, required=False)
    has_escort = forms.BooleanField(
        label=_("Có người đi kèm trẻ em"),
        required=False,
        help_text=_("Trẻ dưới 18 tuổi về một mình chỉ được xếp vào chuyến có người đi kèm."),
    )
    destinations = forms.ModelMultipleChoiceField(
        label=_("Chỉ chở người về các xã, phường"),
        help_text=_("Không đánh dấu nơi nào thì chở người về mọi xã, phường."),
        queryset=Place.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    layout: tuple[Any, ...] = (
        "campaign",
        Div("day", "hour", css_class="split split-half"),
        Div("pickup", "gateway", css_class="split split-half"),
        Div("seats", "vehicle_plate", css_class="split split-half"),
        "has_escort",
        DESTINATIONS,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Place.objects.active().with_ancestors().by_name()
        mine = user.place_ids(Permission.PLAN_TRIPS)
        offer_rows(self, "campaign", Campaign.objects.for_trips())
        offer_rows(self, "destinations", communes())
        self.fields["campaign"].initial = Campaign.objects.open().first()
        offer_rows(self, "pickup", places.filter(kind=Place.Kind.PICKUP), label=lambda place: place.full_name)
        offer_rows(self, "gateway", places.filter(kind=Place.Kind.CHECKPOINT, pk__in=mine))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("day") and data.get("hour"):
            departs_at = timezone.make_aware(dt.datetime.combine(data["day"], data["hour"]))
            if departs_at <= timezone.now():
                self.add_error("day", _("Giờ này đã qua. Vui lòng chọn ngày giờ sắp tới."))
            data["departs_at"] = departs_at
        campaign, gateway = data.get("campaign"), data.get("gateway")
        if campaign:
            self.require_day_of(campaign, data)
        if campaign and gateway and not campaign.gateways.filter(pk=gateway.pk).exists():
            self.add_error("gateway", _("Chốt này không thuộc đợt đã chọn. Vui lòng chọn chốt khác."))
        return data

    def require_day_of(self, campaign: Campaign, data: dict[str, Any]) -> None:
        """Add an error unless the day is one of the campaign's, or soon after it."""
        last = campaign.ends_on + AFTER_CAMPAIGN
        if data.get("day") and not self.errors.get("day") and not campaign.starts_on <= data["day"] <= last:
            self.add_error(
                "day",
                _("Chuyến của đợt này đi từ %(first)s đến %(last)s. Vui lòng chọn ngày khác.")
                % {"first": vn_date(campaign.starts_on), "last": vn_date(last)},
            )


class TripFilter(HelperMixin, CampaignChoice):
    q = forms.CharField(
        label=_("Mã chuyến, biển số, điểm đón"), required=False, max_length=80, widget=search_box()
    )
    status = forms.ChoiceField(label=_("Trạng thái"), required=False, choices=[*ALL, *Trip.Status.choices])
    day = VietnameseDateField(ahead=True, label=_("Ngày đi"), required=False)
    wave = forms.ModelChoiceField(
        label=_("Đợt xe"), queryset=Wave.objects.none(), required=False, empty_label=_("Mọi đợt xe")
    )

    def __init__(self, *args: Any, waves: QuerySet[Wave], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "wave", waves)


class EditTripForm(TripForm):
    """A change of a trip; its campaign and gateway stay."""

    layout = (
        Div("day", "hour", css_class="split split-half"),
        "pickup",
        Div("seats", "vehicle_plate", css_class="split split-half"),
        "has_escort",
        DESTINATIONS,
    )

    def __init__(self, *args: Any, user: User, trip: Trip, **kwargs: Any) -> None:
        departs_at = timezone.localtime(trip.departs_at)
        initial = {
            "day": departs_at.date(),
            "hour": vn_time(departs_at),
            "pickup": trip.pickup_id,
            "seats": trip.vehicle_seats or trip.seats,
            "vehicle_plate": trip.vehicle_plate,
            "has_escort": trip.has_escort,
            "destinations": list(trip.destinations.values_list("pk", flat=True)),
        }
        super().__init__(*args, user=user, initial=initial, **kwargs)
        del self.fields["campaign"], self.fields["gateway"]
        self.trip = trip

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.require_day_of(self.trip.campaign, data)
        return data

    def change(self) -> TripChange:
        data = self.cleaned_data
        return TripChange(
            departs_at=data["departs_at"],
            pickup=data["pickup"],
            vehicle_seats=data["seats"],
            vehicle_plate=data["vehicle_plate"],
            has_escort=data["has_escort"],
            destinations=list(data["destinations"]),
        )


class PassedOverFilter(HelperMixin, forms.Form):
    q = forms.CharField(
        label=_("Mã đăng ký, điện thoại hoặc họ tên"), required=False, max_length=120, widget=search_box()
    )
    why = forms.ChoiceField(label=_("Lý do"), required=False, choices=[*ALL, *PassedOver.Why.choices])
