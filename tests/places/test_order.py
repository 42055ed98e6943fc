"""The Vietnamese order of names, in the database as in Python."""

from __future__ import annotations

import re

from django.db.models import Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts.models import User
from portal.places.models import Place
from portal.places.order import by_name, given_name_first, vietnamese, vietnamese_key
from portal.places.text import nfc
from tests.factories import UserFactory
from tests.sources import sources

# As ICU's collation `vi` orders them.
ORDERED = [
    *("An", "Ân", "Ấn A", "Ba Vì", "Cà Mau", "Dương Minh Châu", "Đà Nẵng", "Đak Pơ", "Điện Biên", "Đức Huệ"),
    *("Ea Hao", "Gò Dầu", "Hòa An", "Hoa Bình", "Lai Châu", "Lạng Sơn", "Lào Cai", "Lâm Đồng", "Lê Lợi"),
    *("Ô Môn", "Ơ Đu", "Tấn An", "Tân Biên", "Tân Bình", "Uyên", "Ưng Hòa", "Vĩnh Long", "Ý Yên"),
]


def test_names_in_python() -> None:
    assert sorted(sorted(ORDERED), key=vietnamese_key) == ORDERED


def test_names_in_the_database(db: None) -> None:
    country = Place.objects.create(kind="country", code="vn", name="Việt Nam")
    for number, name in enumerate(sorted(ORDERED)):
        Place.objects.create(kind="pickup", code=f"p{number}", name=name, parent=country)
    sites = Place.objects.filter(kind="pickup")
    assert list(sites.by_name().values_list("name", flat=True)) == ORDERED
    assert [place.name for place in by_name(sites)] == ORDERED


def test_tones_decide_after_the_letters() -> None:
    tones = ["ma", "mà", "mả", "mã", "má", "mạ"]
    assert sorted(sorted(tones), key=vietnamese_key) == tones
    assert vietnamese_key("TÂN AN") == vietnamese_key("Tân An") == vietnamese_key("Ta\u0302n An")


def test_officers_stand_by_their_given_names(db: None) -> None:
    for name in ("Nguyễn Văn Đạt", "Trần Thị Dung", "Đỗ An", "Lan"):
        UserFactory(full_name=name)
    users = User.objects.order_by(*vietnamese(given_name_first("full_name")))
    assert [user.full_name for user in users] == ["Đỗ An", "Trần Thị Dung", "Nguyễn Văn Đạt", "Lan"]


LETTERS = "aAáÁạẠăĂằđĐdDêÊeẽoOôơỚuƯựyỹiIxz -'’0189"
NAMES = st.lists(st.text(LETTERS, max_size=8), min_size=30, max_size=30)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES)
def test_the_database_and_python_agree(db: None, names: list[str]) -> None:
    stored = [nfc(name) for name in names]
    keys = [key for name in stored for key in vietnamese(Value(name))]
    place = Place.objects.get_or_create(kind="country", code="vn", name="Việt Nam")[0]
    (found,) = Place.objects.filter(pk=place.pk).values_list(*keys)
    assert found == tuple(key for name in stored for key in vietnamese_key(name))


def test_no_list_is_ordered_by_a_name_as_it_is_spelled() -> None:
    columns = r"(?:\w+__)?(?:short_name|full_name|name)"
    spelled = re.compile(rf"order_by\((?:[^()]*,)?\s*\"-?{columns}\"|dictsort:\"{columns}")
    wrong = [
        f"{path}: {found[0]}"
        for suffix in (".py", ".html")
        for path in sources(suffix=suffix)
        for found in [spelled.search(path.read_text(encoding="utf-8"))]
        if found and "tests" not in path.parts
    ]
    assert not wrong, "portal/places/order.py"
