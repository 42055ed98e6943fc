"""What the checkpoint reads after somebody with a positive test, a fever or a red symptom was recorded."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from quarantine.facilities.stays import stays_of
from quarantine.models import AlertNotice
from repatriation.checkpoint.actions import ArrivalResult
from repatriation.models import Arrival


def flash_course(request: HttpRequest, result: ArrivalResult) -> None:
    """Say where each person is taken who does not go home, and which officers were told."""
    away = {
        arrival.person_id: arrival for arrival in result.arrivals if arrival.decision != Arrival.Decision.HOME
    }
    if away:
        for person, stay in stays_of(away).items():
            name = away[person].person.full_name
            if stay.facility is None:
                messages.warning(
                    request,
                    _("%(name)s không về thẳng nhà. Tỉnh đã được báo để chỉ định nơi đưa đến.")
                    % {"name": name},
                )
            else:
                words = {"name": name, "place": stay.facility.place.name, "phone": stay.facility.phone or "–"}
                messages.warning(request, _("Đưa %(name)s đến %(place)s, điện thoại %(phone)s.") % words)
    if result.told:
        messages.warning(request, told_sentence(result.told))
    elif any(arrival.is_alarming for arrival in away.values()):
        messages.error(request, _("Không tìm thấy cán bộ y tế nào để báo. Vui lòng gọi ngay cho tỉnh."))


def told_sentence(notices: list[AlertNotice]) -> str:
    """Name the officers who were told, each with the place, and say of whom no phone is known."""
    people = {
        notice.officer_id: _("%(name)s (%(place)s)")
        % {"name": notice.officer.full_name, "place": notice.place.name if notice.place else "–"}
        for notice in notices
    }
    silent = {notice.officer.full_name for notice in notices if not notice.by_message}
    text = _("Đã báo cần xử lý ngay: %(people)s.") % {"people": ", ".join(people.values())}
    if silent:
        text += " " + _("Chưa có số điện thoại, chỉ thấy trong “Hôm nay”: %(people)s.") % {
            "people": ", ".join(sorted(silent))
        }
    return text
