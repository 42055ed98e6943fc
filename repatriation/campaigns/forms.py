"""Forms of a campaign: days, places, deadlines in hours, and the conditions for applying."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import HTML, Div
from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.places.models import Place
from portal.ui.forms import HelperMixin, NumberInput, VietnameseDateField
from repatriation.forms import search_box
from repatriation.models import Campaign, RuleSet
from repatriation.queue.admission import KINDS_OF_ADMISSION
from repatriation.queue.forms import WHOLE_NUMBER
from repatriation.queue.params import Number
from repatriation.queue.rule_words import kind_of, make_rule

PICKERS = 4  # places that can be added in one save
STATES = [
    ("", _("Tất cả")),
    ("open", _("Đang nhận đăng ký")),
    ("coming", _("Chưa tới ngày")),
    ("over", _("Đã xong hoặc tạm dừng")),
]


class CampaignFilter(HelperMixin, forms.Form):
    q = forms.CharField(label=_("Tên đợt"), required=False, max_length=120, widget=search_box())
    state = forms.ChoiceField(label=_("Trạng thái"), required=False, choices=STATES)


def hours(label: Any, help_text: Any, most: int, initial: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=1,
        max_value=most,
        initial=initial,
        widget=NumberInput,
        error_messages={"invalid": WHOLE_NUMBER},
    )


class CampaignForm(HelperMixin, forms.Form):
    """The fields of a campaign, except the conditions for applying, which are in `AdmitsFormSet`."""

    name = forms.CharField(
        label=_("Tên đợt"), help_text=_("Bà con đọc tên này, ví dụ “Đợt đón 6–10/10”."), max_length=160
    )
    starts_on = VietnameseDateField(ahead=True, label=_("Nhận đăng ký từ ngày"))
    ends_on = VietnameseDateField(ahead=True, label=_("Đến hết ngày"))
    is_open = forms.BooleanField(
        label=_("Đang nhận đăng ký"),
        help_text=_("Bỏ chọn để tạm dừng nhận; gia đình đã đăng ký vẫn giữ thứ tự."),
        required=False,
        initial=True,
    )
    origins = forms.ModelMultipleChoiceField(
        label=_("Đón từ"),
        help_text=_("Bỏ chọn để thôi đón từ nơi đó; gia đình đã đăng ký ở đó vẫn được đón."),
        queryset=Place.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    gateways = forms.ModelMultipleChoiceField(
        label=_("Chốt cửa ngõ"),
        queryset=Place.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Vui lòng chọn ít nhất một chốt.")},
    )
    offer_hours = hours(_("Gia đình trả lời chỗ trong (giờ)"), _("Quá hạn thì mời gia đình sau."), 72, 12)
    handover_hours = hours(_("Xã, phường tiếp nhận trong (giờ)"), _("Quá hạn thì báo lên tỉnh."), 72, 4)
    escalation_hours = hours(_("Quá hạn thì báo lại sau (giờ)"), _("Mỗi lần báo lên một cấp cao hơn."), 72, 2)
    screening_hours = hours(
        _("Xã, phường xác nhận quê trong (giờ)"), _("Quá hạn thì gia đình vẫn đi tiếp."), 720, 48
    )
    awaits_screening = forms.BooleanField(
        label=_("Chỉ xếp chỗ khi xã, phường đã xác nhận, hoặc đã quá hạn xác nhận"),
        help_text=_("Không chọn thì xã, phường xác nhận song song, không ai phải đợi."),
        required=False,
    )
    seat_share = forms.IntegerField(
        label=_("Phần chỗ được dùng của mỗi xe (%)"),
        help_text=_("Từ 50 đến 100. Chuyến đã lập không đổi."),
        min_value=50,
        max_value=100,
        initial=100,
        widget=NumberInput,
        error_messages={"invalid": WHOLE_NUMBER},
    )
    rule_set = forms.ModelChoiceField(
        label=_("Bắt đầu với quy tắc ưu tiên"),
        help_text=_("Về sau đổi ở trang Quy tắc ưu tiên, cần hai người."),
        queryset=RuleSet.objects.filter(status=RuleSet.Status.PUBLISHED, campaign=None),
        empty_label=None,
    )

    def __init__(self, *args: Any, campaign: Campaign | None = None, **kwargs: Any) -> None:
        self.campaign = campaign
        if campaign is not None:
            kwargs["initial"] = self._stored(campaign)
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        stored = list(campaign.origins.all()) if campaign else []
        places = Place.objects.with_ancestors().by_name()
        fields["origins"].queryset = places.filter(pk__in=[place.pk for place in stored])
        fields["origins"].label_from_instance = lambda place: place.full_name
        fields["gateways"].queryset = places.filter(
            kind=Place.Kind.CHECKPOINT, is_active=True, path__startswith=home_path()
        )
        fields["gateways"].label_from_instance = lambda place: place.full_name
        if not stored:
            del fields["origins"]
        if campaign is not None:
            del fields["rule_set"]
        for number in range(PICKERS):
            fields[self._picker(number)] = PlacePickerField(
                label=_("Thêm nơi đón") if stored or number else _("Đón từ tỉnh, thành phố hoặc xã, phường"),
                kinds=(Place.Kind.PROVINCE, Place.Kind.COMMUNE),
                required=not stored and not number,
            )
        self.layout = self._rows(fields)

    @staticmethod
    def _picker(number: int) -> str:
        return f"origin_{number}"

    def _stored(self, campaign: Campaign) -> dict[str, Any]:
        names = (
            "name",
            "starts_on",
            "ends_on",
            "is_open",
            "offer_hours",
            "handover_hours",
            "escalation_hours",
        )
        more = ("screening_hours", "awaits_screening", "seat_share")
        places = {
            name: [place.pk for place in getattr(campaign, name).all()] for name in ("origins", "gateways")
        }
        return {name: getattr(campaign, name) for name in (*names, *more)} | places

    def _rows(self, fields: Any) -> tuple[Any, ...]:
        """Return the layout: groups of fields, each under a heading."""
        pickers = [self._picker(number) for number in range(PICKERS)]
        half = "split split-half"
        return (
            "name",
            Div("starts_on", "ends_on", css_class=half),
            "is_open",
            *(["rule_set"] if "rule_set" in fields else []),
            self._heading(_("Từ đâu, qua đâu")),
            *(["origins"] if "origins" in fields else []),
            Div(*pickers[:2], css_class=half),
            Div(*pickers[2:], css_class=half),
            "gateways",
            self._heading(_("Thời hạn và xe")),
            Div("offer_hours", "handover_hours", css_class=half),
            Div("escalation_hours", "screening_hours", css_class=half),
            Div("seat_share", css_class=half),
            "awaits_screening",
        )

    @staticmethod
    def _heading(text: Any) -> HTML:
        return HTML(f"<h2>{text}</h2>")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Ngày cuối phải từ ngày đầu trở đi. Vui lòng kiểm tra lại."))
        added = [data.get(self._picker(number)) for number in range(PICKERS)]
        origins = {place.pk: place for place in [*data.get("origins", []), *added] if place is not None}
        if not origins and self._picker(0) not in self.errors:
            self.add_error(self._picker(0), _("Vui lòng chọn ít nhất một nơi đón."))
        data["all_origins"] = list(origins.values())
        return data

    def values(self) -> dict[str, Any]:
        """Return the values for the action, without `admits`."""
        data = self.cleaned_data
        names = [name for name in self.fields if name != "origins" and not name.startswith("origin_")]
        return {name: data[name] for name in names} | {
            "origins": data["all_origins"],
            "gateways": list(data["gateways"]),
        }


class AdmitForm(HelperMixin, forms.Form):
    """One group that may apply."""

    kind = forms.ChoiceField(
        label=_("Diện"),
        choices=[("", "—"), *((key, kind.label) for key, kind in KINDS_OF_ADMISSION.items())],
    )
    number = forms.IntegerField(
        label=_("N (tháng, tuổi)"),
        required=False,
        min_value=Number.least,
        max_value=Number.most,
        widget=NumberInput,
        error_messages={"invalid": WHOLE_NUMBER},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = KINDS_OF_ADMISSION.get(data.get("kind", ""))
        if kind and kind.number and data.get("number") is None and "number" not in self.errors:
            self.add_error("number", _("Vui lòng ghi số N cho điều kiện này, ví dụ 36."))
        return data

    def condition(self) -> dict[str, Any]:
        data = self.cleaned_data
        rule = make_rule(data["kind"], 0, data["number"], [])
        return {"predicate": rule["predicate"], "params": rule["params"]}


class Admits(BaseFormSet):
    """The conditions for applying. Empty and removed lines are left out; without lines everybody may apply."""

    def clean(self) -> None:
        if any(self.errors):
            return
        conditions = [str(one) for one in self.conditions()]
        if len(conditions) != len(set(conditions)):
            raise ValidationError(_("Có hai dòng cùng một điều kiện. Vui lòng bỏ bớt một dòng."))

    def conditions(self) -> list[dict[str, Any]]:
        return [
            form.condition()
            for form in self.forms
            if form.cleaned_data.get("kind") and not form.cleaned_data.get("DELETE")
        ]

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Bỏ dòng này")


AdmitsFormSet = formset_factory(
    AdmitForm, formset=Admits, extra=3, max_num=12, validate_max=True, can_delete=True
)


def lines_of(campaign: Campaign) -> list[dict[str, Any]]:
    """Return the stored conditions as initial values of the form's lines."""
    return [
        {"kind": kind_of(one), "number": one["params"].get(KINDS_OF_ADMISSION[kind_of(one)].number)}
        for one in campaign.admits
    ]
