"""Entries of the vehicle that waited on a device: done as the boarding page does them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.inputs import whole_number
from portal.places.models import Place
from portal.records.refusals import Refused
from repatriation.boarding.views_entries import Recorder, process_entry
from repatriation.models import OfflineEntry, Trip
from repatriation.models.offline_entry import BOARDING
from repatriation.offline.kinds import Done, EntryKind, query_of, register_kind
from repatriation.rules import may_board

VERBS = {
    "board": gettext_lazy("Lên xe"),
    "undo": gettext_lazy("Bỏ ghi lên xe"),
    "absent": gettext_lazy("Ghi vắng"),
    "walk_on": gettext_lazy("Cho đi thêm"),
    "strangers": gettext_lazy("Người không có đăng ký lên xe"),
}


def may_record(user: User, place: Place) -> bool:
    return user.may(Permission.RECORD_BOARDING, place)


def perform(entry: OfflineEntry, *, by: User, **_how: object) -> Done:
    """Do the entry as its recorder. Raises `Refused` with what the page would say."""
    trips = Trip.objects.select_related("campaign", "pickup__parent__parent", "gateway")
    trip = trips.filter(code=_trip_code(entry)).first()
    if trip is None or not may_board(by, trip):
        raise Refused(_("Không còn chuyến này. Vui lòng xem lại danh sách chuyến."))
    fields = [*entry.fields(), ("client_key", str(entry.key))]
    if entry.device_time is not None and entry.device_time.timestamp() >= 0:
        fields.append(("at", str(int(entry.device_time.timestamp() * 1000))))
    answer = process_entry(Recorder(by), trip, query_of(fields))
    text = f"{answer.title}. {answer.text}" if answer.text else answer.title
    if answer.refused:
        raise Refused(text)
    return Done(text)


def names_in(entry: OfflineEntry) -> list[str]:
    _verb, _colon, number = _verb_of(entry)
    if number:
        person = Person.objects.filter(pk=whole_number(number) or 0).first()
        return [person.full_name] if person else []
    return [value for name, value in entry.fields() if name.endswith("-full_name") and value]


def lines_of(entry: OfflineEntry) -> list[tuple[str, str]]:
    verb = _verb_of(entry)[0]
    fields = dict(entry.fields())
    lines = [
        (_("Chuyến"), _trip_code(entry)),
        (_("Việc đã bấm"), str(VERBS.get(verb, verb))),
        (_("Mã đăng ký"), fields.get("code", "")),
        (_("Lý do"), fields.get("reason", "")),
    ]
    return [(label, value) for label, value in lines if value]


def _verb_of(entry: OfflineEntry) -> tuple[str, str, str]:
    return dict(entry.fields()).get("do", "").partition(":")


def _trip_code(entry: OfflineEntry) -> str:
    return str(entry.content.get("more", {}).get("trip", ""))[:40]


register_kind(
    EntryKind(
        key=BOARDING,
        title=gettext_lazy("Lên xe"),
        may_record=may_record,
        perform=perform,
        names=names_in,
        lines=lines_of,
    )
)
