"""One-time codes to phones: six digits, five minutes, five tries, rate limited (design §4)."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from hashlib import sha256
from unicodedata import decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from citizens.models import OneTimeCode
from portal import locks
from portal.notifications.outbox import notify
from portal.records.refusals import Refused

DIGITS = 6
LIFETIME = dt.timedelta(minutes=5)
TRIES = 5
PHONE_LIMIT = 5  # codes to one phone an hour
ADDRESS_LIMIT = 60  # codes asked from one address an hour: a whole dormitory shares one
SENT_AGAIN = dt.timedelta(minutes=1)  # for how long the form that used a code may come once more
PAUSE = dt.timedelta(seconds=30)  # between two codes to one phone


def _hash(phone: str, purpose: str, code: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"{purpose}|{phone}|{code}".encode(), sha256).hexdigest()


@transaction.atomic
def send_code(phone: str, purpose: str, *, address: str | None = None) -> OneTimeCode | None:
    """Send a fresh code and end the earlier ones. None when one went out within half a minute
    (pressed twice: the one on its way is good). Raises `Refused` past the limits."""
    # Requests for one phone, or from one address, count in turn.
    locks.hold(locks.Kind.CODES_FOR_PHONE, phone)
    if address:
        locks.hold(locks.Kind.CODES_FOR_ADDRESS, address)
    now = timezone.now()
    recent = OneTimeCode.objects.filter(created_at__gt=now - dt.timedelta(hours=1))
    mine = recent.filter(phone=phone)
    live = mine.filter(purpose=purpose, used_at=None, expires_at__gt=now)
    if live.filter(created_at__gt=now - PAUSE, tries__lt=TRIES).exists():
        return None
    if mine.count() >= PHONE_LIMIT:
        raise Refused(
            _("Số này đã nhận quá nhiều mã. Vui lòng thử lại sau một giờ, hoặc gọi %(hotline)s.")
            % {"hotline": settings.PORTAL_HOTLINE}
        )
    if address and recent.filter(address=address).count() >= ADDRESS_LIMIT:
        raise Refused(
            _("Mạng này đã xin quá nhiều mã. Vui lòng thử lại sau một giờ, hoặc gọi %(hotline)s.")
            % {"hotline": settings.PORTAL_HOTLINE}
        )
    live.update(expires_at=now)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    row = OneTimeCode.objects.create(
        phone=phone,
        purpose=purpose,
        code_hash=_hash(phone, purpose, code),
        address=address,
        expires_at=now + LIFETIME,
    )
    notify(
        "one_time_code",
        phone=phone,
        secrets={"code": code},
        expires_at=row.expires_at,
        language=translation.get_language(),  # of who asks for it on their own phone
    )
    return row


def check_code(phone: str, purpose: str, code: str, *, form_key: UUID | None = None) -> None:
    """Use the code up. The same form sent twice, by its key, uses it once and is told so both times. Raises `Refused` when it is wrong, late, used or tried too often.

    A try is counted by its own committed UPDATE before the comparison, so that guesses sent side
    by side count each. Call it outside a transaction that may be rolled back.
    """
    now = timezone.now()
    usable = Q(used_at=None)
    if form_key:
        usable |= Q(form_key=form_key, used_at__gt=now - SENT_AGAIN)
    rows = OneTimeCode.objects.filter(usable, phone=phone, purpose=purpose, expires_at__gt=now)
    row = rows.order_by("-created_at").first()
    if row is None:
        raise Refused(_("Mã đã hết hạn hoặc đã dùng. Vui lòng bấm “Gửi lại mã”."))
    if not OneTimeCode.objects.filter(pk=row.pk, tries__lt=TRIES).update(tries=F("tries") + 1):
        raise Refused(_("Mã này đã nhập sai quá năm lần. Vui lòng bấm “Gửi lại mã”."))
    digits = "".join(str(decimal(character)) for character in code if character.isdecimal())
    if not hmac.compare_digest(row.code_hash, _hash(phone, purpose, digits)):
        left = TRIES - row.tries - 1
        if left <= 0:
            raise Refused(_("Mã này đã nhập sai quá năm lần. Vui lòng bấm “Gửi lại mã”."))
        raise Refused(_("Mã chưa đúng. Anh/chị còn %(left)s lần thử.") % {"left": left})
    used_now = OneTimeCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now, form_key=form_key)
    if not used_now and not (form_key and rows.filter(pk=row.pk, form_key=form_key).exists()):
        raise Refused(_("Mã đã hết hạn hoặc đã dùng. Vui lòng bấm “Gửi lại mã”."))
