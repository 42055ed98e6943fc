"""What forms have in common: their look, dates and phones as people here write them, and the client's key.

    class ArrivalForm(HelperMixin, ClientKeyMixin, forms.Form):
        born = BirthField(label=_("Ngày sinh"))
        phone = forms.CharField(label=_("Điện thoại"), widget=PhoneInput)

In the template:

    <form method="post" novalidate>{% csrf_token %}
      {% include "ui/_errors.html" %}
      {% crispy form %}
      <button class="btn btn-primary btn-lg">{% translate "Tiếp tục" %}</button>
    </form>

`novalidate`: the portal's own sentences are in the reader's language, a browser's often are not.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.ui.formats import NoSuchDay, lacks_century, parse_date, vn_date, with_year

OLDEST_YEAR = 1900
NEWEST_YEAR = 2100  # no day that the portal plans for lies further
PLEASE_FILL = _("Vui lòng điền mục này.")
PLEASE_CHOOSE = _("Vui lòng chọn một mục.")
NOT_CHOSEN = _("Chưa chọn")
DJANGOS_BLANK = "---------"
NOT_LISTED = _("Mục này không có trong danh sách. Vui lòng chọn lại.")
# Said instead of Django's own words, which do not say what to do next.
NEXT_STEPS = {
    "max_length": _("Tối đa %(limit_value)d ký tự, hiện có %(show_value)d. Vui lòng viết ngắn lại."),
    "min_length": _("Cần ít nhất %(limit_value)d ký tự, hiện có %(show_value)d. Vui lòng viết thêm."),
    "max_value": _("Số lớn nhất là %(limit_value)s. Vui lòng kiểm tra lại."),
    "min_value": _("Số nhỏ nhất là %(limit_value)s. Vui lòng kiểm tra lại."),
    "invalid_choice": NOT_LISTED,
    "invalid_pk_value": NOT_LISTED,
    "invalid_list": NOT_LISTED,
    "null_characters_not_allowed": _("Có ký tự lạ không đọc được. Vui lòng xóa ô này và gõ lại."),
}


# What is wrong with a value that cannot be read; the first kind of field that fits says it.
INVALID = (
    (forms.FloatField, _("Vui lòng ghi một số, ví dụ 37,5.")),
    (forms.DecimalField, _("Vui lòng ghi một số, ví dụ 37,5.")),
    (forms.IntegerField, _("Vui lòng ghi một số nguyên, ví dụ 12.")),
    (forms.UUIDField, _("Trang đã cũ. Vui lòng tải lại trang rồi gửi lần nữa.")),
    (forms.RegexField, _("Không đọc được mục này. Vui lòng xem lại.")),
)


def speaks_djangos(field: forms.Field, code: str) -> bool:
    """Whether the sentence for this mistake is Django's; a field of ours that says it better keeps its own."""
    for kind in type(field).__mro__:
        default = kind.__dict__.get("default_error_messages", {}).get(code)
        if default is not None:
            return kind.__module__.startswith("django.") and field.error_messages.get(code) is default
    return code not in field.error_messages


def form_helper(*layout: Any) -> FormHelper:
    """The crispy helper of the house: fields only; the page writes the form's tag, token and buttons."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.field_template = "ui/_field.html"
    if layout:
        helper.layout = Layout(*layout)
    return helper


class HelperMixin:
    """First among the bases: gives a form the house's `helper` and a polite sentence for what is missing.

    A form with a `layout` attribute (a tuple) is laid out by it.
    """

    layout: tuple[Any, ...] = ()
    fields: dict[str, forms.Field]
    depends: Collection[str] = ()  # fields that are asked for by what else is said: not called optional

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            choice = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField))
            invalid = (sentence for kind, sentence in INVALID if isinstance(field, kind))
            sentences = {
                "required": PLEASE_CHOOSE if choice else PLEASE_FILL,
                "invalid": next(invalid, None),
                **NEXT_STEPS,
            }
            for code, sentence in sentences.items():
                if sentence is not None and speaks_djangos(field, code):
                    field.error_messages[code] = sentence
            if isinstance(field, forms.ModelChoiceField) and field.empty_label == DJANGOS_BLANK:
                field.empty_label = NOT_CHOSEN

    @property
    def helper(self) -> FormHelper:
        if not hasattr(self, "_helper"):
            self._helper = form_helper(*self.layout)
        return self._helper


def offer_rows(
    form: forms.BaseForm, name: str, rows: QuerySet[Any], label: Callable[[Any], str] | None = None
) -> None:
    """Let a field choose among these rows; `label` says how one of them is written."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
    if label is not None:
        field.label_from_instance = label  # type: ignore[method-assign, assignment]


def offer_choices(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Let a field choose among these values, each with its words."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class ClientKeyMixin(forms.Form):
    """A hidden key made when the form is shown: the same form sent twice carries the same key.

    `cleaned_data["client_key"]` is a UUID; the action stores it under a unique constraint.
    """

    client_key = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=uuid.uuid4,
        error_messages={
            "required": _("Trang đã cũ. Vui lòng tải lại trang rồi gửi lần nữa."),
            "invalid": _("Trang đã cũ. Vui lòng tải lại trang rồi gửi lần nữa."),
        },
    )


class PhoneInput(forms.TextInput):
    """A phone number: the phone's own number keys, the browser's own suggestion."""

    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "tel", "autocomplete": "tel", "maxlength": "20", **(attrs or {})})


class CodeInput(forms.TextInput):
    """A one-time code: number keys, and the phone offers the code from the message."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        defaults = {
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "maxlength": "6",
            "class": "code",
        }
        super().__init__({**defaults, **(attrs or {})})


class IdentityInput(forms.TextInput):
    """An identity number: mostly digits, a passport has letters, so the full keyboard."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        defaults = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        super().__init__({**defaults, "maxlength": "20", **(attrs or {})})


class NumberInput(forms.TextInput):
    """A small number, without the arrows that change it by a turn of the wheel."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", **(attrs or {})})


class NameInput(forms.TextInput):
    """A person's full name."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        defaults = {
            "autocomplete": "name",
            "autocapitalize": "words",
            "spellcheck": "false",
            "maxlength": "120",
        }
        super().__init__({**defaults, **(attrs or {})})


class DateInput(forms.TextInput):
    """A date typed as dd/mm/yyyy."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        defaults = {"inputmode": "numeric", "autocomplete": "off", "placeholder": _("ngày/tháng/năm")}
        super().__init__({**defaults, "maxlength": "24", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, dt.date):
            return vn_date(value)
        return super().format_value(value)


class VietnameseDateField(forms.DateField):
    """A date written 24/11/2026, 24-11-2026, 2026-11-24, 24112026 or in words. `future=False` refuses days to come.

    With `ahead`, for days that are planned, a year may be left out or have two digits: `6/12` is the next one.
    Any other day without a year is the nearest one; but never where days to come are refused, as such a day is a
    fact of somebody's health. `taken_for` is what was typed where something was added: see `understood_days`.
    """

    widget = DateInput
    default_error_messages = {
        "required": _("Vui lòng ghi ngày, ví dụ 24/11/2026."),
        "invalid": _("Không đọc được ngày này. Vui lòng ghi ngày/tháng/năm, ví dụ 24/11/2026."),
        "no_day": _("Không có ngày này trong lịch. Vui lòng xem lại ngày và tháng."),
        "short": _("Vui lòng ghi đủ bốn số của năm, ví dụ 24/11/1984."),
        "future": _("Ngày này chưa tới. Vui lòng kiểm tra lại."),
        "old": _("Năm phải từ 1900 trở đi. Vui lòng kiểm tra lại."),
        "far": _("Năm không được quá 2100. Vui lòng kiểm tra lại."),
    }

    def __init__(self, *, future: bool = True, ahead: bool = False, **kwargs: Any) -> None:
        self.future, self.ahead = future, ahead
        self.taken_for = ""
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, str):
            value = self._read(value)
        return super().to_python(value)

    def _read(self, typed: str) -> dt.date:
        self.taken_for = ""
        try:
            return parse_date(typed)
        except ValueError:
            text = with_year(typed, timezone.localdate(), ahead=self.ahead) if self.future else typed
        try:
            day = parse_date(text)
        except ValueError as error:
            code = "short" if lacks_century(text) else "no_day" if isinstance(error, NoSuchDay) else "invalid"
            raise ValidationError(self.error_messages[code], code=code) from error
        self.taken_for = typed.strip()
        return day

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not self.future and value > timezone.localdate():
            raise ValidationError(self.error_messages["future"], code="future")
        if value and value.year < OLDEST_YEAR:
            raise ValidationError(self.error_messages["old"], code="old")
        if value and value.year > NEWEST_YEAR:
            raise ValidationError(self.error_messages["far"], code="far")


def understood_days(form: forms.BaseForm) -> list[str]:
    """A line for each day of a form that was not typed as a whole date."""
    return [
        gettext("“%(text)s” được hiểu là ngày %(day)s.")
        % {"text": Truncator(field.taken_for).chars(24), "day": vn_date(form.cleaned_data[name])}
        for name, field in form.fields.items()
        if isinstance(field, VietnameseDateField) and field.taken_for and form.cleaned_data.get(name)
    ]


class Birth(NamedTuple):
    """When somebody was born: the day when it is known, and always the year."""

    date: dt.date | None
    year: int


class BirthField(VietnameseDateField):
    """A date of birth, or the year alone: older papers have no day. The value is a `Birth` or None."""

    default_error_messages = {
        "required": _("Vui lòng ghi ngày sinh, hoặc chỉ năm sinh."),
        "invalid": _("Không đọc được ngày sinh. Vui lòng ghi như 24/11/1984, hoặc chỉ năm sinh như 1984."),
        "future": _("Ngày sinh này chưa tới. Vui lòng kiểm tra lại."),
        "old": _("Năm sinh phải từ 1900 trở đi. Vui lòng kiểm tra lại."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Ngày/tháng/năm. Không nhớ ngày thì ghi năm sinh."))
        super().__init__(future=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Birth) or value in self.empty_values:
            return value or None
        text = str(value).strip()
        if len(text) == 4 and text.isascii() and text.isdigit():
            return Birth(None, int(text))
        day = super().to_python(value)
        return Birth(day, day.year) if day else None

    def validate(self, value: Any) -> None:
        if value and value.date is None:
            if value.year > timezone.localdate().year:
                raise ValidationError(self.error_messages["future"], code="future")
            if value.year < OLDEST_YEAR:
                raise ValidationError(self.error_messages["old"], code="old")
            return
        super().validate(value.date if value else None)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Birth):
            return vn_date(value.date) if value.date else str(value.year)
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").strip()
