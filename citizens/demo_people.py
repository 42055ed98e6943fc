"""Invented people of the demo: Vietnamese names, plausible ages, numbers of the right shape.

Nobody here exists; family and given names are common ones, put together at random.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from citizens import codes

FAMILY_NAMES = (
    ["Nguyễn"] * 38 + ["Trần"] * 12 + ["Lê"] * 10 + ["Phạm"] * 7 + ["Huỳnh"] * 6 + ["Võ"] * 5 + ["Phan"] * 4
) + ["Trương", "Bùi", "Đặng", "Đỗ", "Ngô", "Hồ", "Dương", "Đinh", "Lý", "Mai", "Cao", "Tô", "Lâm", "Châu"]
FEMALE_MIDDLE = ["Thị", "Thị", "Thị", "Ngọc", "Thu", "Kim", "Mỹ", "Thanh", "Bích", "Hồng", "Thùy", "Minh"]
MALE_MIDDLE = ["Văn", "Văn", "Văn", "Minh", "Hoàng", "Quốc", "Thành", "Đức", "Hữu", "Công", "Tấn", "Anh"]
FEMALE_GIVEN = [
    "Lan",
    "Hoa",
    "Hằng",
    "Hạnh",
    "Thảo",
    "Linh",
    "Trang",
    "Yến",
    "Nhung",
    "Phượng",
    "Loan",
    "Tuyết",
    "Oanh",
    "Thủy",
    "Hương",
    "Ngân",
    "Vy",
    "Như",
    "Quỳnh",
    "Diệp",
    "Trâm",
    "Ánh",
    "Duyên",
    "Mai",
    "Đào",
    "Cúc",
    "Liên",
    "Hiền",
    "Xuân",
    "Nga",
    "Thơ",
    "Út",
    "Bé",
    "Ngọc",
    "Châu",
]
MALE_GIVEN = [
    "Hùng",
    "Dũng",
    "Khôi",
    "Phúc",
    "Nam",
    "Sơn",
    "Tâm",
    "Tài",
    "Lộc",
    "Long",
    "Hải",
    "Thắng",
    "Tuấn",
    "Đạt",
    "Khoa",
    "Bảo",
    "An",
    "Bình",
    "Cường",
    "Đông",
    "Giang",
    "Hậu",
    "Kiệt",
    "Lâm",
    "Mạnh",
    "Nghĩa",
    "Phong",
    "Quang",
    "Sang",
    "Thiện",
    "Trượng",
    "Út",
    "Vinh",
    "Đức",
    "Ân",
]
HAMLETS = [
    "Bùng Binh",
    "Lộc Trung",
    "Cầu Xe",
    "Thuận Hòa",
    "Tân Lập",
    "Bàu Vừng",
    "An Phú",
    "Trà Võ",
    "Gò Chai",
    "Phước Hội",
    "Suối Sâu",
    "Xóm Mới",
    "Tân Định",
    "Lộc Tân",
    "Bến Đình",
    "Rạch Sơn",
    "Long Hòa",
    "Cẩm Giang",
    "Thạnh Trung",
    "Ninh Hưng",
]
STREETS = [
    "Lê Văn Khương",
    "Quang Trung",
    "Tân Kỳ Tân Quý",
    "Lũy Bán Bích",
    "Phan Văn Hớn",
    "Nguyễn Ảnh Thủ",
    "Kinh Dương Vương",
    "Tỉnh lộ 10",
    "Huỳnh Tấn Phát",
    "Đại lộ Bình Dương",
    "Phạm Văn Thuận",
    "Bùi Văn Hòa",
]
BIRTH_CODES = ["072"] * 6 + ["080"] * 4 + ["079"]


@dataclass
class Invented:
    """One invented person; `identity_number` is empty for children under 14."""

    full_name: str
    sex: str
    birth_date: dt.date | None
    birth_year: int
    identity_number: str


class Crowd:
    """Makes families whose numbers and phones never repeat, the same from the same seed."""

    def __init__(self, rng: random.Random, today: dt.date) -> None:
        self.rng = rng
        self.today = today
        self.numbers: set[str] = set()
        self.phones: set[str] = set()
        self.codes: set[str] = set()

    def code(self, prefix: str) -> str:
        """A code that this crowd has not had yet."""
        while (code := codes.make(prefix, self.rng)) in self.codes:
            pass
        self.codes.add(code)
        return code

    def phone(self) -> str:
        """A mobile of nine national digits, as `+84…`."""
        while True:
            prefix = self.rng.choice(["90", "91", "93", "96", "97", "98", "32", "34", "37", "70", "77", "86"])
            phone = f"+84{prefix}{self.rng.randrange(10_000_000):07d}"
            if phone not in self.phones:
                self.phones.add(phone)
                return phone

    def person(self, *, family_name: str, sex: str, months: int) -> Invented:
        """Somebody of an age in months; one old person in eight knows the year alone."""
        days = int(months * 30.44) + self.rng.randrange(28)
        born = self.today - dt.timedelta(days=days)
        middle = self.rng.choice(FEMALE_MIDDLE if sex == "female" else MALE_MIDDLE)
        given = self.rng.choice(FEMALE_GIVEN if sex == "female" else MALE_GIVEN)
        year_only = months > 55 * 12 and self.rng.random() < 0.12
        return Invented(
            full_name=f"{family_name} {middle} {given}",
            sex=sex,
            birth_date=None if year_only else born,
            birth_year=born.year,
            identity_number=self._number(born.year, sex) if months >= 14 * 12 else "",
        )

    def family(self) -> list[Invented]:
        """Who travels together, the head first: workers alone, couples, families with children, elders."""
        rng = self.rng
        kind = rng.choices(["alone", "couple", "children", "three", "elders"], [18, 16, 44, 14, 8])[0]
        father, mother = rng.choice(FAMILY_NAMES), rng.choice(FAMILY_NAMES)
        age = rng.randint(20, 42) * 12 + rng.randrange(12)
        woman = self.person(family_name=mother, sex="female", months=age)
        man = self.person(family_name=father, sex="male", months=age + rng.randrange(72))
        children = [
            self.person(
                family_name=father,
                sex=rng.choice(["female", "male"]),
                months=rng.choices([rng.randrange(3, 36), rng.randrange(36, 180)], [55, 45])[0],
            )
            for _ in range(rng.choice([1, 1, 2, 2, 3]))
        ]
        elder = self.person(
            family_name=father, sex=rng.choice(["female", "male"]), months=rng.randint(61, 84) * 12
        )
        match kind:
            case "alone":
                return [rng.choice([woman, man])]
            case "couple":
                return [woman, man]
            case "three":
                return [woman, man, *children, elder]
            case "elders":
                return [elder, woman]
        return [woman, man, *children] if rng.random() < 0.7 else [woman, *children]

    def home_address(self) -> str:
        return f"Tổ {self.rng.randint(1, 18)}, ấp {self.rng.choice(HAMLETS)}"

    def city_address(self) -> str:
        return f"{self.rng.randint(3, 980)} đường {self.rng.choice(STREETS)}"

    def _number(self, year: int, sex: str) -> str:
        century = (0 if year < 2000 else 2) + (0 if sex == "male" else 1)
        while True:
            number = (
                f"{self.rng.choice(BIRTH_CODES)}{century}{year % 100:02d}{self.rng.randrange(1_000_000):06d}"
            )
            if number not in self.numbers:
                self.numbers.add(number)
                return number
