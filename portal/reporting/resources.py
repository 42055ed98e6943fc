"""Lists as spreadsheets: a resource declares its columns in order, and each column writes its values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext
from import_export.fields import Field
from import_export.resources import Resource

from portal.ui.formats import mask_identity, mask_phone, vn_date, vn_datetime, vn_time


class ListResource(Resource):
    """The rows of a list; the columns stand in the order of their declaration."""


class ShownField(Field):
    """A column with the value at a path of the row (`registration__phone`), written by `show`."""

    show: Callable[[Any], Any]

    def __init__(self, attribute: str, column_name: Any, show: Callable[[Any], Any] | None = None) -> None:
        super().__init__(attribute, column_name)
        if show is not None:
            self.show = show

    def export(self, instance: Any, **_kwargs: Any) -> Any:
        return self.show(self.get_value(instance))


class DateField(ShownField):
    """A date as `24/11/2026`; a moment is taken in the portal's time zone."""

    show = staticmethod(vn_date)


class TimeOfDayField(ShownField):
    """A time as `21:40`, in the portal's time zone."""

    show = staticmethod(vn_time)


class MomentField(ShownField):
    """A moment as `21:40 24/11/2026`, in the portal's time zone."""

    show = staticmethod(vn_datetime)


class MaskedPhoneField(ShownField):
    """A phone as `090•••4567`."""

    show = staticmethod(mask_phone)


class MaskedIdentityField(ShownField):
    """An identity number as `•••1234`."""

    show = staticmethod(mask_identity)


class YesField(ShownField):
    """A mark where the value is true, else empty."""

    @staticmethod
    def show(value: Any) -> str:
        return gettext("có") if value else ""


class PlacesField(ShownField):
    """The names of several places."""

    @staticmethod
    def show(value: Any) -> str:
        return ", ".join(place.name for place in value.all())
