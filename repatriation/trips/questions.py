"""The words of the pages that ask before an act on a trip or a wave."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.ui.asking import Question
from portal.ui.formats import vn_datetime
from repatriation.models import Offer, Trip, Wave
from repatriation.trips.changes import TripChange


def before_step(trip: Trip, verb: str) -> Question | None:
    """Return the question of a step of `STEPS`; None for a step that tells nobody and can be taken back."""
    match verb:
        case "close":
            return Question(
                _("Chốt danh sách chuyến %(code)s?") % {"code": trip.code},
                _("Chốt danh sách"),
                lines=[departure_line(trip), *unanswered_lines([trip])],
                always=True,
                is_grave=_unanswered([trip])[0] > 0,
            )
        case "reopen":
            return Question(
                _("Mở lại danh sách chuyến %(code)s?") % {"code": trip.code},
                _("Mở lại danh sách"),
                lines=[
                    departure_line(trip),
                    _("Bản đã in hết giá trị. Chốt lần nữa để gửi bản mới."),
                ],
                always=True,
            )
        case "depart":
            return Question(
                _("Chuyến %(code)s đã khởi hành?") % {"code": trip.code},
                _("Xe đã khởi hành"),
                lines=[departure_line(trip), *unanswered_lines([trip])],
                always=True,
            )
        case "reconcile":
            return Question(
                _("Kết thúc đối chiếu chuyến %(code)s?") % {"code": trip.code},
                _("Kết thúc đối chiếu"),
                always=True,
            )
    return None


def before_filling(trip: Trip) -> Question:
    return Question(
        _("Mời gia đình lên chuyến %(code)s?") % {"code": trip.code},
        _("Gửi lời mời"),
        lines=[departure_line(trip), _free_line([trip])],
    )


def before_editing(trip: Trip, change: TripChange) -> Question:
    """Return the question before a change that the families must hear of: another time, another day."""
    lines = [departure_line(trip), _("Giờ mới: %(time)s.") % {"time": vn_datetime(change.departs_at)}]
    if timezone.localdate(change.departs_at) != trip.day:
        lines.append(_("Chuyến sang ngày khác: gia đình có chỗ được hỏi lại, kể cả gia đình đã xác nhận."))
    return Question(
        _("Sửa chuyến %(code)s và báo các gia đình?") % {"code": trip.code}, _("Lưu và báo"), lines=lines
    )


def before_cancelling(trip: Trip) -> Question:
    return Question(
        _("Hủy chuyến %(code)s?") % {"code": trip.code},
        _("Hủy chuyến"),
        lines=[departure_line(trip), _("Chuyến đã hủy thì không mở lại được.")],
        always=True,
        is_grave=True,
    )


def before_wave_step(wave: Wave, step: str, trips: list[Trip], rehearsed: int) -> Question:
    """Return the question of a wave's step; `rehearsed` is for how many of the trips the page says who is told."""
    lines = [
        ngettext("%(count)d chuyến.", "%(count)d chuyến.", len(trips)) % {"count": len(trips)},
        *([_free_line(trips)] if step == "fill" else unanswered_lines(trips)),
    ]
    if rehearsed < len(trips):
        lines.append(
            _("Tin nhắn bên dưới là của %(shown)d chuyến đi sớm nhất; các chuyến sau cũng làm như vậy.")
            % {"shown": rehearsed}
        )
    if step == "fill":
        return Question(
            _("Mở và xếp chỗ cả đợt %(name)s?") % {"name": wave.name},
            _("Mở và gửi lời mời"),
            lines=lines,
            always=True,
        )
    return Question(
        _("Chốt danh sách cả đợt %(name)s?") % {"name": wave.name},
        _("Chốt cả đợt"),
        lines=lines,
        always=True,
        is_grave=True,
    )


def departure_line(trip: Trip) -> str:
    """Say when the trip leaves, and how far away that is."""
    left = trip.departs_at - timezone.now()
    params = {"time": vn_datetime(trip.departs_at)}
    if left.total_seconds() < 0:
        return _("Giờ khởi hành theo kế hoạch: %(time)s, đã qua.") % params
    if left.days:
        text = ngettext(
            "Khởi hành %(time)s, còn %(days)d ngày.", "Khởi hành %(time)s, còn %(days)d ngày.", left.days
        )
        return text % {**params, "days": left.days}
    hours = left.seconds // 3600
    text = ngettext("Khởi hành %(time)s, còn %(hours)d giờ.", "Khởi hành %(time)s, còn %(hours)d giờ.", hours)
    return text % {**params, "hours": hours}


def unanswered_lines(trips: list[Trip]) -> list[str]:
    """Say how many families have not answered and lose their seats, and how many seats were accepted."""
    families, seats = _unanswered(trips)
    taken = sum(trip.seats_taken for trip in trips) - seats
    lines = []
    if families:
        text = ngettext(
            "%(count)d gia đình (%(seats)d chỗ) chưa trả lời sẽ mất chỗ.",
            "%(count)d gia đình (%(seats)d chỗ) chưa trả lời sẽ mất chỗ.",
            families,
        )
        lines.append(text % {"count": families, "seats": seats})
    lines.append(
        _("Đã nhận %(taken)d/%(seats)d chỗ.") % {"taken": taken, "seats": sum(trip.seats for trip in trips)}
    )
    return lines


def _unanswered(trips: list[Trip]) -> tuple[int, int]:
    people = list(
        Offer.objects.filter(trip__in=trips, status=Offer.Status.OFFERED).values_list("people", flat=True)
    )
    return len(people), sum(people)


def _free_line(trips: list[Trip]) -> str:
    free = sum(trip.seats_free for trip in trips)
    return ngettext("Còn %(count)d chỗ trống.", "Còn %(count)d chỗ trống.", free) % {"count": free}
