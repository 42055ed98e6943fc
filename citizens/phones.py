"""Phone numbers: stored as +84…, shown as 0901 234 567, masked as 090•••4567."""

import re
import unicodedata

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from portal.text import plain_dashes

_REGION = "VN"
_WRITTEN = re.compile(r"[0-9+(). /\-]+")
_PERSONAL = frozenset(
    {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
)
# The mobile numbers of eleven digits were renumbered in autumn 2018; what follows the prefix stayed.
_RENUMBERED = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip
_OLD_MOBILE = re.compile(r"(?:\+?84|0084|0)0?(1[0-9]{2})([0-9]{7})")
# The province's helpline, with and without an area code; the library knows no such number.
_HOTLINE = re.compile(r"(?:(?:\+?84|0)?2[0-9]{2})?1022")


class PhoneError(ValueError):
    """No number that somebody can be reached at; `str()` says in Vietnamese what would be right."""


class OldNumberError(PhoneError):
    """A mobile number of eleven digits, which exist no more. `new` is what became of it, as `+84…`."""

    def __init__(self, new: str) -> None:
        super().__init__(
            _("Số 11 chữ số này đã đổi thành %(new)s. Vui lòng kiểm tra rồi nhập số mới.")
            % {"new": display(new)}
        )
        self.new = new


class HotlineError(PhoneError):
    """The helpline 1022 was given as somebody's own number."""


def normalise(text: str) -> str:
    """The number as `+84901234567`. Vietnamese unless it begins with another country's code.

    Mobile and fixed lines; raises `PhoneError` for everything else, `HotlineError` for 1022, `OldNumberError` for
    what was a mobile until 2018.
    """
    text = plain_dashes(unicodedata.normalize("NFKC", text)).strip()
    if not text:
        raise PhoneError(_("Vui lòng nhập số điện thoại."))
    if _HOTLINE.fullmatch(re.sub(r"[^0-9+]", "", text)):
        raise HotlineError(
            _(
                "%(hotline)s là số tổng đài, không phải số của anh/chị. Vui lòng nhập số điện thoại di động của mình."
            )
            % {"hotline": settings.PORTAL_HOTLINE}
        )
    if not _WRITTEN.fullmatch(text):
        raise PhoneError(
            _("Số điện thoại chỉ gồm chữ số. Vui lòng nhập một số duy nhất, ví dụ 0901 234 567.")
        )
    try:
        number = phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        old = _OLD_MOBILE.fullmatch(re.sub(r"[^0-9+]", "", text))
        if old and old[1] in _RENUMBERED:
            raise OldNumberError(f"+84{_RENUMBERED[old[1]]}{old[2]}")
        raise PhoneError(
            _("Số điện thoại này không đúng. Số di động có 10 chữ số, ví dụ 0901 234 567. Vui lòng xem lại.")
        )
    if phonenumbers.number_type(number) not in _PERSONAL:
        raise PhoneError(_("Đây là số dịch vụ. Vui lòng nhập số điện thoại di động hoặc số bàn."))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def is_mobile(phone: str) -> bool:
    """Whether a normalised number gets the portal's messages: a mobile of this country, since a message abroad
    costs many times as much and anybody may ask for one."""
    number = _parsed(phone)
    if number is None or number.country_code != phonenumbers.country_code_for_region(_REGION):
        return False
    return phonenumbers.number_type(number) in (
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )


def display(phone: str) -> str:
    """A normalised number as people read it: `0901 234 567`, a foreign one with its country code."""
    number = _parsed(phone)
    if number is None:
        return phone
    home = number.country_code == phonenumbers.country_code_for_region(_REGION)
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    )


def mask(phone: str) -> str:
    """Enough for its owner to know it, too little for anybody else: `090•••4567`."""
    digits = re.sub(r"[^0-9+]", "", display(phone))
    return f"{digits[:3]}•••{digits[-4:]}" if len(digits) >= 9 else "•••"


def _parsed(phone: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(phone, _REGION)
    except phonenumbers.NumberParseException:
        return None
