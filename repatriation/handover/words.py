"""What an officer reads of people before accepting them: how many, who needs somebody at once, and all the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import User
from portal.ui.formats import vn_datetime
from repatriation.handover.parties import alarms_of, shows_what_is_now
from repatriation.models import Handover
from repatriation.rules import may_see_health_of_handover


def needs_of(user: User, row: Handover) -> list[str]:
    """Return what one person needs, in words: health as far as the user may see it, then where they go."""
    words = alarms_of(row, may_see_health_of_handover(user, row), shows_what_is_now(user, row))
    if row.arrival and not row.goes_home:
        facility = row.arrival.facility
        words.append(str(row.arrival.get_decision_display()) + (f" ({facility.name})" if facility else ""))
    return words


def sender_of(row: Handover) -> str:
    """Return who sent the person, from where and when, with the reason if one was given."""
    by = f"{row.sent_by.full_name} ({row.from_place.name})" if row.sent_by else row.from_place.name
    text = _("%(by)s gửi lúc %(time)s") % {"by": by, "time": vn_datetime(row.sent_at)}
    return f"{text}: {row.sent_because}" if row.sent_because else text


def acceptance_lines(user: User, families: Sequence[Sequence[Handover]]) -> list[str]:
    """Return the lines of the page that asks: the numbers, then by name whoever needs somebody at once, then the
    other people of each family, where they will live, and who sent them."""
    rows = [row for family in families for row in family]
    lines = [_counts(len(families), len(rows))]
    needing = {row.pk: words for row in rows if (words := needs_of(user, row))}
    for row in rows:
        if row.pk in needing:
            lines.append(_("Cần chú ý: %(name)s. %(what)s") % _facts(row, needing[row.pk]))
    for family in families:
        others = [_name(row) for row in family if row.pk not in needing] or [_name(family[0])]
        facts = [", ".join(others), family[0].address_there, sender_of(family[0])]
        lines.append(" · ".join(filter(None, facts)))
    return lines


def home_lines(user: User, rows: Iterable[Handover]) -> list[str]:
    """Return who is confirmed at home, and who is not because they go elsewhere."""
    lines = []
    for row in rows:
        if row.waits_for_home:
            lines.append(_name(row))
        elif row.arrival and not row.goes_home:
            lines.append(_("Không tính: %(name)s. %(what)s") % _facts(row, needs_of(user, row)))
    return lines


def _counts(families: int, people: int) -> str:
    in_all = ngettext("%(count)d người", "%(count)d người", people) % {"count": people}
    if families == 1:
        return f"{in_all}."
    text = ngettext("%(count)d gia đình, %(people)s.", "%(count)d gia đình, %(people)s.", families)
    return text % {"count": families, "people": in_all}


def _name(row: Handover) -> str:
    return f"{row.person.full_name}, {row.person.birth_year}"


def _facts(row: Handover, words: list[str]) -> dict[str, str]:
    return {"name": _name(row), "what": " · ".join(words)}
