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
from portal.networks import network_of
from portal.notifications.outbox import notify
from portal.records.refusals import Refused

DIGITS = 6
LIFETIME = dt.timedelta(minutes=5)
TRIES = 5
SENT_AGAIN = dt.timedelta(minutes=1)  # for how long the form that used a code may come once more
# Codes an hour. Anybody can ask for codes to somebody else's phone, so what a stranger asks for is counted by the
# network that asks: it does not shut out the owner, who asks from elsewhere.
PHONE_LIMIT = 5  # to one phone from one network, or from a browser that had proved the phone
PHONE_LIMIT_OF_ALL = 20  # to one phone from all networks together, without browsers that had proved it
ADDRESS_LIMIT = 60  # from one network: a whole dormitory shares one
PAUSE = dt.timedelta(seconds=30)  # between two codes to one phone


def _hash(phone: str, purpose: str, code: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"{purpose}|{phone}|{code}".encode(), sha256).hexdigest()


@transaction.atomic
def send_code(
    phone: str, purpose: str, *, address: str | None = None, browser: str = "", proved: bool = False
) -> OneTimeCode | None:
    """Send a fresh code and end the earlier ones of this browser. None when one went out within half a minute
    (pressed twice: the one on its way is good). Raises `Refused` past the limits.

    `browser` names who asks: guesses of another browser do not use this one's code up. `proved` says that it has
    proved the phone before, and so has an allowance of its own.
    """
    # Requests for one phone, or from one network, count in turn.
    address = network_of(address)
    locks.hold(locks.Kind.CODES_FOR_PHONE, phone)
    if address:
        locks.hold(locks.Kind.CODES_FOR_ADDRESS, address)
    now = timezone.now()
    recent = OneTimeCode.objects.filter(created_at__gt=now - dt.timedelta(hours=1))
    mine = recent.filter(phone=phone)
    live = mine.filter(purpose=purpose, browser=browser, used_at=None, expires_at__gt=now)
    if live.filter(created_at__gt=now - PAUSE, tries__lt=TRIES).exists():
        return None
    strangers = mine.filter(proved=False)
    if proved:
        too_many = mine.filter(proved=True).count() >= PHONE_LIMIT
    else:
        own = strangers.filter(address=address).count()
        too_many = own >= PHONE_LIMIT or strangers.count() >= PHONE_LIMIT_OF_ALL
    if too_many:
        raise Refused(
            _("Số này đã nhận quá nhiều mã. Vui lòng thử lại sau một giờ, hoặc gọi %(hotline)s.")
            % {"hotline": settings.PORTAL_HOTLINE}
        )
    from_all = recent.filter(proved=False)[: settings.PORTAL_CODES_AN_HOUR]
    if not proved and from_all.count() >= settings.PORTAL_CODES_AN_HOUR:
        raise Refused(
            _("Đang có quá nhiều người xin mã. Vui lòng thử lại sau ít phút, hoặc gọi %(hotline)s.")
            % {"hotline": settings.PORTAL_HOTLINE}
        )
    if address and not proved and recent.filter(address=address).count() >= ADDRESS_LIMIT:
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
        browser=browser,
        proved=proved,
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


def check_code(
    phone: str, purpose: str, code: str, *, browser: str = "", form_key: UUID | None = None
) -> None:
    """Use up the code that this browser asked for. The same form sent twice, by its key, uses it once and is told
    so both times. Raises `Refused` when it is wrong, late, used or tried too often.

    A try is counted by its own committed UPDATE before the comparison, so that guesses sent side
    by side count each. Call it outside a transaction that may be rolled back.
    """
    now = timezone.now()
    usable = Q(used_at=None, browser__in={browser, ""})
    if form_key:  # its session may have changed with the first press
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
