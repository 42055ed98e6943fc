"""A limit on how fast one officer looks people up, and the line by which the auditor learns of it."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.records.log import record_read
from portal.records.models import Read
from portal.records.refusals import Refused

# A busy lane looks a family up every ten seconds, a scanner that is held down twice a second.
AT_ONCE, AT_ONCE_WITHIN = 40, dt.timedelta(minutes=1)
IN_ALL, IN_ALL_WITHIN = 600, dt.timedelta(hours=1)
COUNTED = ("lookup", "call", "search")
TOO_MANY = "too_many"


class TooManyLookUps(Refused):
    def __str__(self) -> str:
        return _(
            "Đã tra cứu rất nhiều người trong ít phút, nên cổng tạm dừng tra cứu của tài khoản này. Vui lòng chờ một "
            "phút rồi tra tiếp."
        )


def require_few_look_ups(user: User, *, request: HttpRequest | None = None) -> None:
    """Require fewer look-ups by this officer than the limits. Raises `TooManyLookUps`.

    The first refusal of a minute is a row of the log of reads. Entries of a device at a vehicle are not counted:
    what it kept while it was offline arrives all at once.
    """
    now = timezone.now()
    own = Read.objects.filter(user=user, at__gt=now - IN_ALL_WITHIN)
    looked = own.filter(kind__in=COUNTED)
    if looked.filter(at__gt=now - AT_ONCE_WITHIN).count() < AT_ONCE and looked.count() < IN_ALL:
        return
    if not own.filter(kind=TOO_MANY, at__gt=now - AT_ONCE_WITHIN).exists():
        counts = {"n": looked.count(), "minute": looked.filter(at__gt=now - AT_ONCE_WITHIN).count()}
        reason = _("%(minute)d lượt trong một phút, %(n)d lượt trong một giờ") % counts
        record_read(user, TOO_MANY, reason=reason, request=request, place=user.main_place)
    raise TooManyLookUps
