"""The differences of a change in words: before and after, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from citizens.models import Person
from portal.places.models import Place
from portal.ui.formats import mask_identity, vn_date
from repatriation.models.registration import Reason
from repatriation.registration.changing import Review
from repatriation.registration.declared import declared_words
from repatriation.registration.differences import Corrected
from repatriation.registration.drafts import Draft, PersonEntry


@dataclass(frozen=True)
class ChangeLine:
    """One difference. `before` is empty for an addition, `after` for a removal."""

    title: str
    before: str = ""
    after: str = ""


def lines(review: Review) -> list[ChangeLine]:
    before, after, changed = review.base, review.draft, review.difference
    answers = [line for line in _answers(before, after) if line.before != line.after]
    people = [ChangeLine(_("Thêm người"), after=entry.full_name) for entry in changed.added]
    people += [ChangeLine(_("Bỏ người"), before=entry.full_name) for entry in changed.removed]
    corrected = [line for one in changed.corrected for line in _corrected(one)]
    head = []
    if changed.other_head and before.people and after.people:
        head = [ChangeLine(_("Đại diện"), before.people[0].full_name, after.people[0].full_name)]
    return [*people, *corrected, *head, *answers]


def _answers(before: Draft, after: Draft) -> Iterator[ChangeLine]:
    wanted = {pk for draft in (before, after) for pk in (draft.origin, draft.home) if pk}
    places = Place.objects.with_ancestors().in_bulk(wanted)
    names = {pk: place.full_name for pk, place in places.items()}
    for title, was, now in (
        (_("Đang ở"), names.get(before.origin or 0, ""), names.get(after.origin or 0, "")),
        (_("Địa chỉ đang ở"), before.origin_address, after.origin_address),
        (_("Về"), names.get(before.home or 0, ""), names.get(after.home or 0, "")),
        (_("Địa chỉ ở quê"), before.home_address, after.home_address),
        (_("Lý do"), _reasons(before), _reasons(after)),
        (_("Ngày đi"), _days(before), _days(after)),
        (_("Người đăng ký giúp"), before.contact_name, after.contact_name),
        (_("Quan hệ với gia đình"), before.contact_relation, after.contact_relation),
    ):
        yield ChangeLine(title, was, now)


def _reasons(draft: Draft) -> str:
    chosen = [str(Reason(reason).label) for reason in Reason.values if reason in (draft.reasons or ())]
    return ", ".join(chosen) or _("Không chọn lý do nào")


def _days(draft: Draft) -> str:
    first, last = (vn_date(day) if day else "" for day in draft.travel_days)
    if first and last:
        return _("Từ %(first)s đến hết %(last)s") % {"first": first, "last": last}
    if first:
        return _("Từ %(first)s") % {"first": first}
    return _("Đến hết %(last)s") % {"last": last} if last else _("Ngày nào cũng được")


def _corrected(one: Corrected) -> Iterator[ChangeLine]:
    before, after = one.before, one.after
    name = before.full_name
    titles = {
        "full_name": _("Họ tên"),
        "birth": _("Ngày sinh của %(name)s") % {"name": name},
        "sex": _("Giới tính của %(name)s") % {"name": name},
        "identity": _("Số giấy tờ của %(name)s") % {"name": name},
    }
    for field, title in titles.items():
        if field in one.fields:
            yield ChangeLine(title, _shown(before, field), _shown(after, field))
    if one.health_differs:
        yield ChangeLine(_("Sức khỏe của %(name)s") % {"name": name}, _health(before), _health(after))


def _shown(entry: PersonEntry, field: str) -> str:
    if field == "identity":
        return mask_identity(entry.identity) or _("chưa có số giấy tờ")
    if field == "sex":
        return str(dict(Person.Sex.choices).get(entry.sex, ""))
    return str(getattr(entry, field))


def _health(entry: PersonEntry) -> str:
    conditions = {
        _("đang mang thai"): entry.is_pregnant,
        _("có bệnh nền"): entry.has_chronic_illness,
        _("khuyết tật"): entry.has_disability,
    }
    return ", ".join([*(words for words, holds in conditions.items() if holds), *declared_words(entry)]) or _(
        "không có gì đặc biệt"
    )
