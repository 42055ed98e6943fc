"""Lists as spreadsheets: a resource declares its columns in their order, each says how it writes a value."""

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
    """What stands at a path of the row (`registration__phone`), as `show` writes it."""

    show: Callable[[Any], Any]

    def __init__(self, attribute: str, column_name: Any, show: Callable[[Any], Any] | None = None) -> None:
        super().__init__(attribute, column_name)
        if show is not None:
            self.show = show

    def export(self, instance: Any, **_kwargs: Any) -> Any:
        return self.show(self.get_value(instance))


class DateField(ShownField):
    """`24/11/2026`; a moment is taken in the portal's time zone."""

    show = staticmethod(vn_date)


class TimeOfDayField(ShownField):
    """`21:40` in the portal's time zone."""

    show = staticmethod(vn_time)


class MomentField(ShownField):
    """`21:40 24/11/2026`."""

    show = staticmethod(vn_datetime)


class MaskedPhoneField(ShownField):
    """`090•••4567`."""

    show = staticmethod(mask_phone)


class MaskedIdentityField(ShownField):
    """`•••1234`."""

    show = staticmethod(mask_identity)


class YesField(ShownField):
    """A mark where it is so; empty where it is not."""

    @staticmethod
    def show(value: Any) -> str:
        return gettext("có") if value else ""


class PlacesField(ShownField):
    """The names of several places."""

    @staticmethod
    def show(value: Any) -> str:
        return ", ".join(place.name for place in value.all())
