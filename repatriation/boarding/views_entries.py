"""The entries of the boarding page, sent by a plain form or by a device that has been offline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import User
from portal.inputs import whole_number
from portal.records.refusals import Refused
from portal.ui.formats import vn_datetime, vn_time
from repatriation.boarding.actions import BoardingResult, board, mark_absent, undo_boarding
from repatriation.boarding.board import names_of
from repatriation.boarding.forms import BoardingEntryForm, StrangersForm, WalkOnForm
from repatriation.boarding.scan import Scan, family_on, scan
from repatriation.boarding.walk_ons import MAY_WALK_ON, board_strangers, board_walk_on
from repatriation.models import Offer, Registration, Trip
from repatriation.registration.forms_strangers import WalkInFormSet


@dataclass
class Answer:
    """The answer that the page shows in large. `refused`: nothing changed, and an officer must look at it."""

    tone: str  # good, info, wait, bad
    title: str
    text: str = ""
    refused: bool = False
    choices: list[Registration] = field(default_factory=list)
    walk_on: str = ""  # the code of a family that may be taken along
    forms: dict[str, Any] = field(default_factory=dict)  # the refused forms, with their errors
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Recorder:
    """The officer who recorded the entry, and the request, where it is their own."""

    user: User
    request: HttpRequest | None = None


def process_entry(who: Recorder, trip: Trip, data: QueryDict) -> Answer:
    """Do what the entry says, and return the answer, also when it is refused."""
    entry = BoardingEntryForm(data)
    if not entry.is_valid():
        text = _("Trang đã cũ. Vui lòng tải lại trang rồi gửi lần nữa.")
        return Answer("bad", _("Chưa ghi được"), text, refused=True)
    verb, _colon, person = entry.cleaned_data["do"].partition(":")
    perform = ACTS.get(verb)
    pk = whole_number(person)
    if perform is None or (person and pk is None):
        return Answer("bad", _("Chưa ghi được"), _("Vui lòng tải lại trang."), refused=True)
    try:
        return perform(who, trip, data, entry.cleaned_data, pk)
    except Refused as refusal:
        return Answer("bad", _("Chưa ghi được"), refusal.to_officer(), refused=True)


def _scan(who: Recorder, trip: Trip, data: QueryDict, entry: dict[str, Any], _person: int | None) -> Answer:
    match = scan(trip, data.get("q", ""), user=who.user, request=who.request)
    if match.family is None:
        return _no_single_match(match)
    if match.offer is not None and match.offer.trip_id == trip.pk and match.offer.status != "offered":
        result = board(trip, match.family, by=who.user, client_key=entry["client_key"], at=entry["at"])
        return _boarded(result)
    return _not_on_this_trip(match.family, match.offer)


def _no_single_match(match: Scan) -> Answer:
    if match.families:
        return Answer("info", _("Chọn gia đình"), choices=match.families)
    if match.by == "name":
        text = _("Không có ai tên như vậy trên chuyến này. Vui lòng quét mã, hoặc gõ đủ số giấy tờ.")
    else:
        text = _("Vui lòng xem lại từng ký tự. Nếu họ chưa đăng ký, ghi là người không có đăng ký.")
    return Answer("bad", _("Không tìm thấy"), text)


def _not_on_this_trip(family: Registration, offer: Offer | None) -> Answer:
    may = family.code if family.status in MAY_WALK_ON else ""
    head = family.head.person.full_name
    if offer is not None:
        text = _("%(name)s có chỗ trên chuyến %(trip)s, %(time)s, tại %(pickup)s.") % {
            "name": head,
            "trip": offer.trip.code,
            "time": vn_datetime(offer.trip.departs_at),
            "pickup": offer.trip.pickup.name,
        }
        return Answer("wait", _("Chuyến khác: %(trip)s") % {"trip": offer.trip.code}, text, walk_on=may)
    text = _("%(name)s, %(people)d người: %(status)s.") % {
        "name": head,
        "people": family.people,
        "status": family.get_status_display().lower(),
    }
    return Answer("wait", _("Không có trong danh sách chuyến này"), text, walk_on=may)


def _boarded(result: BoardingResult) -> Answer:
    if not result.boarded:
        first = result.already[0]
        text = _("%(name)s: %(officer)s đã ghi lúc %(time)s.") % {
            "name": names_of([row.person for row in result.already]),
            "officer": first.by.full_name,
            "time": vn_time(first.at),
        }
        return Answer("info", _("Đã lên xe từ trước"), text)
    title = ngettext("%(count)d người lên xe", "%(count)d người lên xe", len(result.boarded))
    names = names_of([row.person for row in result.boarded])
    return Answer("good", title % {"count": len(result.boarded)}, names)


def _family(trip: Trip, data: QueryDict) -> Registration:
    family = family_on(trip, data.get("code", "").replace("\0", "")[:40])
    if family is None:
        raise Refused(_("Gia đình này không có trên chuyến. Vui lòng tải lại trang."))
    return family


def _board(who: Recorder, trip: Trip, data: QueryDict, entry: dict[str, Any], person: int | None) -> Answer:
    people = {person} if person is not None else None
    result = board(
        trip,
        _family(trip, data),
        by=who.user,
        people=people,
        client_key=entry["client_key"],
        at=entry["at"],
    )
    return _boarded(result)


def _undo(who: Recorder, trip: Trip, _data: QueryDict, entry: dict[str, Any], person: int | None) -> Answer:
    row = undo_boarding(trip, person or 0, by=who.user, undo_key=entry["client_key"])
    if row is None:
        return Answer("info", _("Người này chưa được ghi lên xe"))
    return Answer("info", _("Đã bỏ ghi lên xe"), row.person.full_name)


def _absent(
    who: Recorder, trip: Trip, data: QueryDict, _entry: dict[str, Any], _person: int | None
) -> Answer:
    family = _family(trip, data)
    mark_absent(trip, family, by=who.user)
    text = _("Chỗ của %(name)s đã trống. Gia đình được nhắn cách đi tiếp.") % {
        "name": family.head.person.full_name
    }
    return Answer("info", _("Đã ghi vắng"), text)


def _walk_on(
    who: Recorder, trip: Trip, data: QueryDict, entry: dict[str, Any], _person: int | None
) -> Answer:
    form = WalkOnForm(data, auto_id="walk_on_%s")
    if not form.is_valid():
        return _refused_forms({"walk_on": form}, walk_on=data.get("code", "")[:40])
    user = who.user
    family = scan(trip, form.cleaned_data["code"], user=user, request=who.request).family
    if family is None:
        raise Refused(_("Không tìm thấy mã này. Vui lòng xem lại từng ký tự."))
    return _boarded(
        board_walk_on(
            trip,
            family,
            reason=form.cleaned_data["reason"],
            by=user,
            client_key=entry["client_key"],
            at=entry["at"],
        )
    )


def _strangers(
    who: Recorder, trip: Trip, data: QueryDict, entry: dict[str, Any], _person: int | None
) -> Answer:
    form = StrangersForm(data)
    people: Any = WalkInFormSet(data)
    if not people.management_form.is_valid():
        raise Refused(_("Trang đã cũ. Vui lòng tải lại trang rồi gửi lần nữa."))
    if not all([form.is_valid(), people.is_valid()]):
        return _refused_forms({"strangers": form, "people": people})
    shared = form.cleaned_data
    return _boarded(
        board_strangers(
            trip,
            people.entries(),
            home=shared["home"],
            phone=shared["phone"],
            reason=shared["reason"],
            by=who.user,
            client_key=entry["client_key"],
            at=entry["at"],
        )
    )


def _refused_forms(forms: dict[str, Any], walk_on: str = "") -> Answer:
    """Return the forms as typed, with their first error as the text that a device shows."""
    errors = []
    for form in forms.values():
        for part in getattr(form, "forms", [form]):
            errors += [error for of_field in part.errors.values() for error in of_field]
        errors += form.non_form_errors() if hasattr(form, "non_form_errors") else []
    text = str(errors[0]) if errors else ""
    return Answer("bad", _("Chưa ghi được"), text, refused=True, forms=forms, walk_on=walk_on)


ACTS = {
    "scan": _scan,
    "board": _board,
    "undo": _undo,
    "absent": _absent,
    "walk_on": _walk_on,
    "strangers": _strangers,
}
