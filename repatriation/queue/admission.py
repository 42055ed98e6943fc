"""The conditions of a campaign for applying. They are of the same kinds as the rules, and one of them is enough.

`Campaign.admits` is a list of `{"predicate": name, "params": {…}}`; an empty one admits everybody. From
30/9/2021 the province admitted people who were pregnant, raised a child under 36 months or were past working
age; from 4/10 everybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from repatriation.models import Campaign
from repatriation.queue.predicates import PREDICATES, Facts, check_rules
from repatriation.queue.rule_words import KINDS, describe

# Conditions that can be checked on the day on which a family registers.
KINDS_OF_ADMISSION = {key: kind for key, kind in KINDS.items() if PREDICATES[kind.predicate].admits}


def check_admits(admits: Any) -> None:
    """Check the conditions before they are stored. Raises `RuleError` where they could not be applied."""
    wrong = not isinstance(admits, list) or any("points" in one for one in admits if isinstance(one, dict))
    check_rules(None if wrong else [{**one, "points": 0} if isinstance(one, dict) else one for one in admits])


def admits(campaign: Campaign, facts: Facts) -> bool:
    """Return whether the family may apply."""
    return meets(campaign.admits, facts)


def meets(conditions: Sequence[Mapping[str, Any]], facts: Facts) -> bool:
    """Return whether one of the conditions holds, or there are none."""
    return not conditions or any(
        PREDICATES[one["predicate"]].holds(facts, one["params"]) is not None for one in conditions
    )


def for_whom(campaign: Campaign) -> list[str]:
    """Return each condition in words, as in `Có con dưới 36 tháng tuổi`; nothing where everybody may apply."""
    return [describe(one) for one in campaign.admits]


def refusal(campaign: Campaign) -> str:
    """Return the sentence for a family that is not admitted: for whom the campaign is, and what it can do."""
    return _(
        "Đợt này chỉ nhận gia đình thuộc một trong các diện: %(words)s. Gia đình anh/chị chưa thuộc diện nào. "
        "Nếu khai thiếu, vui lòng bấm sửa ở trên. Những gì đã khai vẫn được giữ một tuần: khi đợt nhận gia đình "
        "anh/chị, cổng nhắn tin để vào lại và gửi. Đang khó khăn, vui lòng gọi %(hotline)s."
    ) % {"words": _in_a_sentence(campaign), "hotline": settings.PORTAL_HOTLINE}


def refusal_to_officer(campaign: Campaign) -> str:
    """Return the same for an officer who registers the family."""
    return _(
        "Đợt này chỉ nhận gia đình thuộc một trong các diện: %(words)s. Gia đình chưa thuộc diện nào. Vui lòng "
        "hỏi lại người đăng ký; khi đợt mở cho mọi người thì đăng ký hộ lại."
    ) % {"words": _in_a_sentence(campaign)}


def _in_a_sentence(campaign: Campaign) -> str:
    return "; ".join(text[:1].lower() + text[1:] for text in for_whom(campaign))
