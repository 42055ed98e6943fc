"""The place picker: a text box that finds a commune by what people call it, with or without JavaScript.

In a form::

    home = PlacePickerField(label=_("Quê ở xã, phường nào?"), under="vn/80/")
    origin = PlacePickerField(label=_("Đang ở đâu?"), kinds=(Place.Kind.PROVINCE, Place.Kind.COMMUNE))
    form.fields["origin"].offer_only(campaign_paths)

The cleaned value is a `Place` (None when empty and not required); `initial` is a place or its id. With
JavaScript a list opens under the box. Without it the text is resolved on submission: one place that
fits is taken; several, an old commune that was split, or what was found only by leaving a part of the text
out, come back as radio buttons to choose from. `taken_for` says what was typed where the place that was taken
is called otherwise: show `understood(form)` on the page that follows.

The widget sends `NAME` (the id), `NAME_text` (what is in the box) and `NAME_for` (the text that the id
was chosen for, so that an id never outlives a changed text). A caller that sends only `NAME` with an id
is understood too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.inputs import whole_number

from .models import ROOT, Place, lower_type
from .query import MAX_TEXT, Level
from .search import Choice, FoundPlaces, allowed_places, find, lies_elsewhere, lower_name, split_sentence

REPEATED = 60  # characters of what was typed, where an error says it again


@dataclass(frozen=True)
class Picked:
    """What the widget sent: what stands in the box, and the id if it was chosen for that text."""

    place_id: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.place_id or self.text)


class PlacePicker(forms.TextInput):
    """The box, the id beside it, and what `PlacePickerField` asks to choose from."""

    template_name = "places/picker.html"
    kinds: tuple[str, ...] = (Place.Kind.COMMUNE,)
    under: str = ROOT
    only_offered: tuple[str, ...] = ()
    offered: list[Choice]

    class Media:
        css = {"all": ["places/picker.css"]}
        js = [Script("places/picker.js", defer=True)]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.offered = []

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> Picked:
        place_id = str(data.get(name) or "").strip()
        if f"{name}_text" not in data:
            return Picked(place_id)
        text = " ".join(str(data.get(f"{name}_text") or "").split())
        chosen_for = " ".join(str(data.get(f"{name}_for") or "").split())
        return Picked(place_id if text and text == chosen_for else "", text)

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> bool:
        return name not in data and f"{name}_text" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        picked = value if isinstance(value, Picked) else Picked(str(getattr(value, "pk", value) or ""))
        place = place_of(picked.place_id, self.kinds, self.under)
        text = place.full_name if place else picked.text
        context = super().get_context(name, text, attrs)
        paths = self.only_offered or (self.under,)
        query = urlencode([*(("kind", kind) for kind in self.kinds), *(("under", path) for path in paths)])
        context["widget"] |= {
            "place_id": place.pk if place else "",
            "offered": self.offered,
            "search_url": f"{reverse('places:search')}?{query}",
            "max_text": MAX_TEXT,
        }
        return context


class PlacePickerField(forms.Field):
    """A place of the given kinds under a path; see the module for its use.

    `under` is a path ("vn/80/") or a function that gives one when the form is made.
    """

    widget = PlacePicker
    default_error_messages = {
        "required": gettext_lazy("Vui lòng gõ tên xã, phường rồi chọn trong danh sách."),
        "unknown": gettext_lazy("Nơi đã chọn không dùng được ở đây. Vui lòng gõ tên và chọn lại."),
        "several": gettext_lazy(
            "Có nhiều nơi tên như vậy. Vui lòng chọn một nơi, hoặc gõ thêm tên tỉnh, quận, huyện cũ sau dấu phẩy."
        ),
        "several_in_province": gettext_lazy(
            "Có nhiều nơi tên như vậy. Vui lòng chọn một nơi, hoặc gõ thêm tên quận, huyện cũ sau dấu phẩy."
        ),
        "district": gettext_lazy(
            "Từ tháng 7/2025 không còn %(old)s; nơi này nay gồm %(count)d xã, phường. Vui lòng chọn một nơi."
        ),
        "district_or_province": gettext_lazy(
            "Từ tháng 7/2025 không còn %(old)s; nơi này nay gồm %(count)d xã, phường. Vui lòng chọn một nơi. "
            "Chưa rõ xã, phường thì chọn %(province)s."
        ),
        "unsure": gettext_lazy("Tên này chưa khớp hẳn. Vui lòng chọn nơi bên dưới nếu đúng, hoặc gõ lại."),
        "outside": gettext_lazy("“%(text)s” nằm ngoài những nơi chọn được ở đây. Vui lòng gõ nơi khác."),
        "no_district": gettext_lazy(
            "Không tìm thấy “%(text)s”. Từ tháng 7/2025 không còn quận, huyện. Vui lòng gõ tên xã, phường."
        ),
        "none": gettext_lazy(
            "Không tìm thấy “%(text)s”. Vui lòng gõ tên xã, phường, không cần số nhà hay tên đường."
        ),
        "none_or_province": gettext_lazy(
            "Không tìm thấy “%(text)s”. Vui lòng gõ tên xã, phường, không cần số nhà hay tên đường, "
            "hoặc chỉ gõ tên tỉnh, thành phố."
        ),
    }

    def __init__(
        self,
        *,
        kinds: Iterable[str] = (Place.Kind.COMMUNE,),
        under: str | Callable[[], str] = ROOT,
        **kwargs: Any,
    ) -> None:
        self.kinds = tuple(str(kind) for kind in kinds)
        self._under = under
        self.taken_for = ""
        super().__init__(**kwargs)
        self._limit_widget()

    def __deepcopy__(self, memo: dict[int, Any]) -> PlacePickerField:
        field = super().__deepcopy__(memo)
        field._limit_widget()
        field.taken_for = ""
        return field

    def _limit_widget(self) -> None:
        self.widget.kinds = self.kinds
        # A function is asked once a form, not when the class is made: settings may differ by then.
        self.widget.under = self._under if isinstance(self._under, str) else ROOT
        self.widget.offered = []

    def offer_only(self, paths: Iterable[str]) -> None:
        """Offer what lies under these paths. Others are still understood, so that the form can say why not."""
        self.widget.only_offered = tuple(paths)

    @property
    def under(self) -> str:
        return self._under if isinstance(self._under, str) else self._under()

    def prepare_value(self, value: Any) -> Any:
        self.widget.under = self.under
        return value

    def has_changed(self, initial: Any, data: Picked | None) -> bool:
        before = str(getattr(initial, "pk", initial) or "")
        return before != (data.place_id if data else "") or bool(data and data.text and not data.place_id)

    def clean(self, value: Picked | None) -> Place | None:
        """The one place that was meant. Raises `ValidationError`, and offers choices where several fit."""
        if not value:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if value.place_id:
            return self._by_id(value.place_id)
        text = value.text[:MAX_TEXT]
        found = find(text, kinds=self.kinds, under=self.under)
        if found.only:
            self.taken_for = "" if found.query.as_typed(found.only) else text
            return found.only
        limits = self.widget.only_offered or (self.under,)
        if self.widget.only_offered:
            found = find(text, kinds=self.kinds, under=limits)
        if limits != (ROOT,) and lies_elsewhere(text, found, kinds=self.kinds):
            raise self._error("outside", text=Truncator(text).chars(REPEATED))
        self.widget.offered = found.sure
        if not found.choices:
            raise self._error(why_none(found, self.kinds), text=Truncator(text).chars(REPEATED))
        raise self._which(found)

    def _which(self, found: FoundPlaces) -> ValidationError:
        """What is asked where there are choices."""
        sure = found.sure
        if len(sure) == 1 or not found.is_likely:
            return self._error("unsure")
        if len(found.split) == 1:
            successors = {place.pk for place in found.split[0].successors.all()}
            if all(choice.place.pk in successors for choice in sure):
                return ValidationError(split_sentence(found.split[0], sure), code="split")
        communes = [choice.place for choice in sure if choice.place.kind == Place.Kind.COMMUNE]
        around = [choice.place for choice in sure if choice.place.kind == Place.Kind.PROVINCE]
        if len(found.districts) == 1 and all(found.is_of_district(place) for place in communes):
            params: dict[str, str | int] = {
                "old": lower_name(found.districts[0].name),
                "count": len(communes),
            }
            if len(around) == 1:
                return self._error("district_or_province", **params, province=lower_type(around[0]))
            return self._error("district", **params)
        same = len({choice.place.province_code for choice in sure}) == 1
        return self._error("several_in_province" if same else "several")

    def _error(self, code: str, **params: str | int) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)

    def _by_id(self, place_id: str) -> Place:
        place = place_of(place_id, self.kinds, self.under)
        if place is None:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return place


def place_of(place_id: str, kinds: Iterable[str], under: str) -> Place | None:
    """The place of an id that came from outside, if a picker with these limits may return it."""
    pk = whole_number(place_id)
    return None if pk is None else allowed_places(kinds, under).filter(pk=pk).first()


def why_none(found: FoundPlaces, kinds: Iterable[str]) -> str:
    """The code of the message for a text that names nothing."""
    if found.query.level == Level.DISTRICT:
        return "no_district"
    return "none_or_province" if Place.Kind.PROVINCE in kinds else "none"


def understood(form: forms.Form) -> list[str]:
    """A line for each place that a form took, and that is called otherwise than what was typed for it."""
    return [
        _("“%(text)s” được hiểu là %(place)s.")
        % {"text": Truncator(field.taken_for).chars(REPEATED), "place": lower_name(place.full_name)}
        for name, field in form.fields.items()
        if isinstance(field, PlacePickerField) and field.taken_for and (place := form.cleaned_data.get(name))
    ]
