"""Identity numbers: căn cước (CCCD, 12 digits), CMND (9 digits), passports; and the QR code of the card.

A CCCD number is `PPP G YY NNNNNN`: place of birth registration, century and sex, year of birth, six
random digits. There is no check digit, so what looks odd is a warning for a person to look at, and
never a refusal. The mergers of 2025 renumbered no card.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.text import cleaned, is_broken, plain_dashes


class NumberKind(StrEnum):
    CCCD = "cccd"
    CMND = "cmnd"
    PASSPORT = "passport"
    OTHER = "other"


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


class Doubt(StrEnum):
    """What can be odd about a number."""

    PLACE_UNKNOWN = "place_unknown"
    SEX_DIFFERS = "sex_differs"
    YEAR_DIFFERS = "year_differs"
    YEAR_IN_FUTURE = "year_in_future"


class IdentityError(ValueError):
    """The text is no identity number at all; `str()` says in Vietnamese what would be right."""


@dataclass(frozen=True)
class IdentityWarning:
    doubt: Doubt
    text: str


@dataclass(frozen=True)
class Identity:
    """A number taken apart. Only a CCCD tells a place, a sex and a year."""

    number: str
    kind: NumberKind
    place_code: str = ""
    sex: Sex | None = None
    birth_year: int | None = None

    @property
    def place_name(self) -> str:
        """The province where the birth was registered, by its name of then; empty where unknown."""
        return BIRTH_PLACES.get(self.place_code, "")


# Circular 59/2021/TT-BCA: provinces before the mergers of 2025. Codes from 100 on are foreign births.
BIRTH_PLACES = {
    "001": "Hà Nội", "002": "Hà Giang", "004": "Cao Bằng", "006": "Bắc Kạn", "008": "Tuyên Quang",
    "010": "Lào Cai", "011": "Điện Biên", "012": "Lai Châu", "014": "Sơn La", "015": "Yên Bái",
    "017": "Hòa Bình", "019": "Thái Nguyên", "020": "Lạng Sơn", "022": "Quảng Ninh", "024": "Bắc Giang",
    "025": "Phú Thọ", "026": "Vĩnh Phúc", "027": "Bắc Ninh", "030": "Hải Dương", "031": "Hải Phòng",
    "033": "Hưng Yên", "034": "Thái Bình", "035": "Hà Nam", "036": "Nam Định", "037": "Ninh Bình",
    "038": "Thanh Hóa", "040": "Nghệ An", "042": "Hà Tĩnh", "044": "Quảng Bình", "045": "Quảng Trị",
    "046": "Thừa Thiên Huế", "048": "Đà Nẵng", "049": "Quảng Nam", "051": "Quảng Ngãi",
    "052": "Bình Định", "054": "Phú Yên", "056": "Khánh Hòa", "058": "Ninh Thuận", "060": "Bình Thuận",
    "062": "Kon Tum", "064": "Gia Lai", "066": "Đắk Lắk", "067": "Đắk Nông", "068": "Lâm Đồng",
    "070": "Bình Phước", "072": "Tây Ninh", "074": "Bình Dương", "075": "Đồng Nai",
    "077": "Bà Rịa – Vũng Tàu", "079": "Hồ Chí Minh", "080": "Long An", "082": "Tiền Giang",
    "083": "Bến Tre", "084": "Trà Vinh", "086": "Vĩnh Long", "087": "Đồng Tháp", "089": "An Giang",
    "091": "Kiên Giang", "092": "Cần Thơ", "093": "Hậu Giang", "094": "Sóc Trăng", "095": "Bạc Liêu",
    "096": "Cà Mau",
}  # fmt: skip

_PASSPORT = re.compile(r"[A-Z]{1,2}[0-9]{6,8}")
# Letters for digits: the O of `O72085012345`. No paper but those of digits alone is so long and has so few letters.
_MISTYPED = re.compile(r"(?=(?:.*[0-9]){7})[0-9OILS]{9,12}")
_OTHER = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,20}")


def normalise(text: str) -> str:
    """Capital letters and digits only: spaces, dots and hyphens of the written form are dropped."""
    upper = plain_dashes(unicodedata.normalize("NFKC", text)).upper()
    return "".join(c for c in upper if not c.isspace() and c not in ".-_")


def classify(text: str) -> NumberKind:
    """The kind of paper by the shape of its number."""
    number = normalise(text)
    if number.isascii() and number.isdigit() and len(number) in (9, 12):
        return NumberKind.CCCD if len(number) == 12 else NumberKind.CMND
    return NumberKind.PASSPORT if _PASSPORT.fullmatch(number) else NumberKind.OTHER


def parse(text: str) -> Identity:
    """Take a number apart. Raises `IdentityError` where the shape is that of no paper."""
    number, kind = normalise(text), classify(text)
    match kind:
        case NumberKind.CCCD:
            century_and_sex = int(number[3])
            return Identity(
                number,
                kind,
                place_code=number[:3],
                sex=Sex.FEMALE if century_and_sex % 2 else Sex.MALE,
                birth_year=1900 + 100 * (century_and_sex // 2) + int(number[4:6]),
            )
        case NumberKind.CMND | NumberKind.PASSPORT:
            return Identity(number, kind)
        case _ if number.isascii() and number.isdigit():
            raise IdentityError(
                _(
                    "Số vừa nhập có %(count)d chữ số. Căn cước (CCCD) có 12 chữ số, CMND có 9 chữ số. "
                    "Vui lòng kiểm tra lại, nhất là các số 0 ở đầu."
                )
                % {"count": len(number)}
            )
        case _ if _MISTYPED.fullmatch(number) and (len(number) == 12 or not number[1:].isdigit()):
            raise IdentityError(
                _("Trong số có chữ O, I, L hoặc S ở chỗ của chữ số. Vui lòng nhập lại đúng như trên giấy tờ.")
            )
        case _ if _OTHER.fullmatch(number):
            return Identity(number, kind)
    raise IdentityError(
        _("Số giấy tờ chỉ gồm chữ cái không dấu và chữ số. Vui lòng nhập đúng như trên giấy tờ.")
    )


def warnings(
    text: str, *, sex: str | None = None, birth: date | int | None = None, today: date | None = None
) -> list[IdentityWarning]:
    """What looks odd about a number beside the sex ("male", "female") and the birth on the form.

    Never a reason to refuse: forms have slips, and so have registers. An unreadable number gives none,
    since `parse` speaks of it.
    """
    try:
        identity = parse(text)
    except IdentityError:
        return []
    if identity.kind != NumberKind.CCCD or identity.birth_year is None:
        return []
    found = []
    if identity.place_code < "100" and identity.place_code not in BIRTH_PLACES:
        found.append(
            IdentityWarning(
                Doubt.PLACE_UNKNOWN,
                _("Ba số đầu %(code)s không phải mã tỉnh nào. Vui lòng xem lại số căn cước.")
                % {"code": identity.place_code},
            )
        )
    if sex in (Sex.MALE, Sex.FEMALE) and sex != identity.sex:
        found.append(IdentityWarning(Doubt.SEX_DIFFERS, str(_SEX_DIFFERS[Sex(sex)])))
    year = birth.year if isinstance(birth, date) else birth
    if year is not None and year != identity.birth_year:
        found.append(
            IdentityWarning(
                Doubt.YEAR_DIFFERS,
                _(
                    "Số căn cước là của người sinh năm %(number)d, tờ khai ghi %(form)d. "
                    "Vui lòng xem lại số căn cước và ngày sinh."
                )
                % {"number": identity.birth_year, "form": year},
            )
        )
    elif identity.birth_year > (today or date.today()).year:
        found.append(
            IdentityWarning(
                Doubt.YEAR_IN_FUTURE,
                _("Số căn cước này cho năm sinh %(year)d, chưa tới. Vui lòng xem lại số căn cước.")
                % {"year": identity.birth_year},
            )
        )
    return found


_SEX_DIFFERS = {
    Sex.MALE: gettext_lazy(
        "Số căn cước là của nữ, tờ khai ghi nam. Vui lòng xem lại số căn cước và giới tính."
    ),
    Sex.FEMALE: gettext_lazy(
        "Số căn cước là của nam, tờ khai ghi nữ. Vui lòng xem lại số căn cước và giới tính."
    ),
}


class CardFault(StrEnum):
    """Why a scanned text is no card."""

    NOT_A_CARD = "not_a_card"
    NUMBER = "number"
    NAME = "name"
    BIRTH = "birth"
    LETTERS = "letters"


class CardQrError(ValueError):
    """The scanned text is not that of an identity card; `str()` says in Vietnamese what to do."""

    def __init__(self, fault: CardFault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


@dataclass(frozen=True)
class CardData:
    """What the QR code of a card says. It is not signed: it fills a form in, and proves nothing."""

    number: str
    old_number: str
    full_name: str
    birth: date | int
    sex: Sex | None
    address: str
    issued_on: date | None


def parse_card_qr(text: str, *, letters: bool = True) -> CardData:
    """Read the QR code of a card of 2021 (seven fields) or 2024 (eleven, of which seven are used).

    `cccd|cmnd or empty|full name|ddMMyyyy|Nam or Nữ|address|issued ddMMyyyy`. The address is as it was
    before July 2025. Letters that a scanner read through a wrong code page are mended; where that is not certain
    the card is refused, or with `letters=False`, for a look-up by number, has no name and no address. Raises
    `CardQrError` with its `fault`.
    """
    text = (
        cleaned(text).strip().removeprefix("ï»¿")
    )  # the mark of UTF-8 alone, before letters that came right
    fields = [" ".join(field.split()) for field in text.split("|")]
    if len(fields) < 7:
        raise CardQrError(
            CardFault.NOT_A_CARD,
            _("Mã này không phải mã QR trên thẻ căn cước. Vui lòng quét lại hoặc gõ tay."),
        )
    number, old_number, full_name, born, sex, address, issued = fields[:7]
    if classify(number) != NumberKind.CCCD:
        raise CardQrError(
            CardFault.NUMBER, _("Mã QR không có đủ 12 số căn cước. Vui lòng quét lại hoặc gõ tay.")
        )
    broken = is_broken(full_name + sex + address) or "?" in full_name
    if broken and letters:
        raise CardQrError(
            CardFault.LETTERS,
            _(
                "Máy quét làm sai dấu tiếng Việt nên chưa điền gì. Vui lòng gõ tay, hoặc nhờ người cài máy quét "
                "chọn bảng mã UTF-8."
            ),
        )
    if not broken and not any(c.isalpha() for c in full_name):
        raise CardQrError(CardFault.NAME, _("Mã QR không có họ tên. Vui lòng quét lại hoặc gõ tay."))
    birth = _birth(born)
    if birth is None:
        raise CardQrError(
            CardFault.BIRTH, _("Ngày sinh trong mã QR không đọc được. Vui lòng quét lại hoặc gõ tay.")
        )
    return CardData(
        number=normalise(number),
        old_number=normalise(old_number),
        full_name="" if broken else full_name,
        birth=birth,
        sex={"nam": Sex.MALE, "nữ": Sex.FEMALE}.get(sex.lower()),
        address="" if broken else address,
        issued_on=_day(issued),
    )


def _day(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return datetime.strptime(text, "%d%m%Y").date()
    except ValueError:
        return None


def _birth(text: str) -> date | int | None:
    """A day; or a year where the card knows no more (`1950` or `00001950`)."""
    if year := re.fullmatch(r"(?:0000)?((?:19|20)[0-9]{2})", text):
        return int(year[1])
    return _day(text)
