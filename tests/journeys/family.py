"""Families of the journeys, and the registration as they fill it in, one question a page."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from tests.journeys.phone import Phone
from tests.journeys.visitor import Visitor
from tests.live import LiveStack

CONSENT = "Tôi đã đọc, đồng ý"
HERE = ZoneInfo("Asia/Ho_Chi_Minh")


def today() -> dt.date:
    """The day in Vietnam, wherever the test runs."""
    return dt.datetime.now(HERE).date()


def vietnamese(day: dt.date) -> str:
    return f"{day:%d/%m/%Y}"


@dataclass
class Member:
    """Somebody of a family. `health` are the ticks of the page about their health."""

    name: str
    born: dt.date
    sex: str  # "Nam" or "Nữ"
    identity: str = ""
    health: tuple[str, ...] = ()

    @property
    def card(self) -> str:
        """What the QR code on their identity card says."""
        fields = [self.identity, "", self.name, f"{self.born:%d%m%Y}", self.sex]
        return "|".join([*fields, "Ấp Bùng Binh, Hưng Thuận, Trảng Bàng, Tây Ninh", "20052021"])


@dataclass
class Family:
    """Who comes along, from where to where, and their phone."""

    phone: Phone
    people: list[Member]
    reasons: tuple[str, ...] = ("Mất việc làm",)
    origin: tuple[str, str] = ("tan binh", "Phường Tân Bình")
    home: tuple[str, str] = ("hung thuan", "Xã Hưng Thuận")
    address: str = "Ấp Bùng Binh, tổ 5"
    code: str = field(default="", init=False)

    @property
    def head(self) -> Member:
        return self.people[0]


FAMILY_NAMES = ("Lê", "Phạm", "Đặng", "Trương", "Huỳnh", "Võ", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
MIDDLE_NAMES = (
    "Bích",
    "Ngọc",
    "Thanh",
    "Kim",
    "Minh",
    "Hoài",
    "Gia",
    "Tường",
    "Khánh",
    "Diệu",
    "Như",
    "Xuân",
)
GIVEN_NAMES = (
    "Trâm",
    "Hân",
    "Út",
    "Sáu",
    "Thái",
    "Yến",
    "Đào",
    "Khuê",
    "Quyên",
    "Ái",
    "Bảy",
    "Ưng",
    "Ỷ",
    "Nhạn",
)


def name() -> str:
    """A name that the demo's people and the other stories hardly have: four words."""
    return " ".join(map(random.choice, (FAMILY_NAMES, MIDDLE_NAMES, MIDDLE_NAMES, GIVEN_NAMES)))


def identity(born: dt.date, sex: str) -> str:
    """A number of the shape of a căn cước that agrees with who has it."""
    century_and_sex = (born.year // 100 - 19) * 2 + (sex == "Nữ")
    return f"072{century_and_sex}{born:%y}{random.randrange(10**6):06d}"


def member(name: str, born: dt.date, sex: str, *health: str, number: bool = True) -> Member:
    return Member(name, born, sex, identity(born, sex) if number else "", health)


def urgent_family(stack: LiveStack) -> Family:
    """A mother who expects a child, her baby of 18 months, and her own ill mother: first in any queue."""
    return Family(
        Phone(stack),
        [
            member(name(), dt.date(today().year - 29, 3, 8), "Nữ", "Đang mang thai"),
            member(name(), today() - dt.timedelta(days=548), "Nữ", number=False),
            member(name(), dt.date(today().year - 71, 1, 5), "Nữ", "Có bệnh nền", "Là người khuyết tật"),
        ],
        reasons=("Mất việc làm", "Không còn chỗ ở"),
    )


def one_person(stack: LiveStack) -> Family:
    return Family(Phone(stack), [member(name(), dt.date(today().year - 68, 9, 2), "Nam", "Có bệnh nền")])


# --- The registration, a page at a time ----------------------------------------------------------


def begin(visitor: Visitor) -> None:
    visitor.open("/")
    visitor.press("Đăng ký về quê", within=visitor.page.locator("main"))
    visitor.choose(CONSENT)
    visitor.press("Bắt đầu")


def say_where(visitor: Visitor, family: Family) -> None:
    """Where they are and where home is, chosen from the lists under the boxes."""
    visitor.sees("Bước 2/8")
    visitor.pick_place("Tỉnh, thành phố hoặc xã", *family.origin)
    visitor.press("Tiếp tục")
    visitor.pick_place("Xã, phường ở quê", *family.home)
    visitor.fill("Ấp, khu phố, số nhà", family.address)
    visitor.press("Tiếp tục")


def say_who(visitor: Visitor, family: Family) -> None:
    for number, person in enumerate(family.people):
        if number:
            visitor.press("Thêm người")
        say_person(visitor, person)
    visitor.press("Đủ rồi, tiếp tục")


def say_person(visitor: Visitor, person: Member) -> None:
    visitor.fill("Họ và tên", person.name)
    visitor.fill("Ngày sinh", vietnamese(person.born))
    visitor.choose(person.sex, exact=True)
    visitor.fill("Số căn cước", person.identity)
    visitor.press("Tiếp tục")
    visitor.sees(f"Sức khỏe của {person.name}")
    for tick in person.health:
        visitor.choose(tick)
    visitor.press("Tiếp tục")


def say_why(visitor: Visitor, family: Family) -> None:
    for reason in family.reasons:
        visitor.choose(reason)
    visitor.press("Tiếp tục")
    visitor.sees("Gia đình đi được ngày nào?")
    visitor.press("Tiếp tục")


def prove_phone(visitor: Visitor, family: Family) -> None:
    ask_code(visitor, family)
    visitor.fill("Mã 6 số", family.phone.code())
    visitor.press("Xác nhận")


def ask_code(visitor: Visitor, family: Family) -> None:
    visitor.fill("Số điện thoại di động", family.phone.number)
    visitor.press("Tiếp tục")
    visitor.sees("Mã 6 số trong tin nhắn?")


def submit(visitor: Visitor, family: Family) -> None:
    """From the page that shows everything to the one with their code, which is kept."""
    visitor.sees("Kiểm tra lại trước khi gửi", family.head.name)
    visitor.press("Gửi đăng ký")
    take_code(visitor, family)


def take_code(visitor: Visitor, family: Family) -> None:
    visitor.sees("Đã nhận đăng ký của gia đình")
    family.code = visitor.page.locator(".card-good .big-number").inner_text().strip()
    assert family.code.startswith("TN-")


def register(visitor: Visitor, family: Family) -> None:
    """All of it, from the first page."""
    begin(visitor)
    say_where(visitor, family)
    say_who(visitor, family)
    say_why(visitor, family)
    prove_phone(visitor, family)
    submit(visitor, family)
