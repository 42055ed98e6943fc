import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.places.models import LegacyCommune, Place
from portal.places.tree import ids_under, outermost

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> dict[str, Place]:
    country = Place.objects.create(kind="country", code="vn", name="Việt Nam")
    home = Place.objects.create(kind="province", code="80", name="Tỉnh Tây Ninh", parent=country)
    other = Place.objects.create(kind="province", code="8", name="Tỉnh Số Tám", parent=country)
    commune = Place.objects.create(kind="commune", code="25711", name="Xã  Hưng Thuận", parent=home)
    chot = Place.objects.create(kind="checkpoint", code="cp-a_b", name="Chốt Mộc Bài", parent=commune)
    return {"country": country, "home": home, "other": other, "commune": commune, "site": chot}


def test_save_fills_path_type_and_search_name_from_the_name(tree):
    commune = tree["commune"]
    assert commune.path == "vn/80/25711/"
    assert (commune.name, commune.type, commune.short_name) == ("Xã Hưng Thuận", "Xã", "Hưng Thuận")
    assert commune.search_name == "hung thuan xa"
    assert tree["site"].path == "vn/80/25711/cp-a_b/"
    assert tree["site"].search_name == "chot moc bai"


def test_decomposed_name_is_stored_composed(tree):
    place = Place.objects.create(kind="commune", code="1", name="Xa\u0303 Tha\u0323nh", parent=tree["home"])
    assert place.name == "Xã Thạnh"


def test_full_name_says_where_a_place_lies(tree):
    assert tree["commune"].full_name == "Xã Hưng Thuận, tỉnh Tây Ninh"
    assert tree["site"].full_name == "Chốt Mộc Bài, xã Hưng Thuận, tỉnh Tây Ninh"
    assert tree["home"].full_name == "Tỉnh Tây Ninh"
    assert tree["country"].full_name == "Việt Nam"


def test_full_names_of_a_list_with_ancestors_ask_once(tree, django_assert_num_queries):
    with django_assert_num_queries(1):
        names = [place.full_name for place in Place.objects.with_ancestors()]
    assert len(names) == 5


def test_commune_and_province_of_a_site(tree):
    assert tree["site"].commune == tree["commune"]
    assert tree["site"].province == tree["home"]
    assert tree["home"].commune is None
    assert tree["country"].province is None
    assert tree["site"].province_code == "80"
    assert tree["country"].province_code == ""


def test_moving_a_place_moves_everything_in_it(tree):
    commune = tree["commune"]
    commune.parent = tree["other"]
    commune.save()
    tree["site"].refresh_from_db()
    assert tree["site"].path == "vn/8/25711/cp-a_b/"


def test_moving_a_place_with_update_fields_moves_its_path_too(tree):
    commune = tree["commune"]
    commune.parent = tree["other"]
    commune.save(update_fields=["parent"])
    commune.refresh_from_db()
    assert commune.path == "vn/8/25711/"


def test_a_place_cannot_lie_in_itself(tree):
    tree["home"].parent = tree["commune"]
    with pytest.raises(ValidationError):
        tree["home"].save()


def test_under_takes_whole_path_segments_only(tree):
    assert set(Place.objects.under(tree["home"])) == {tree["home"], tree["commune"], tree["site"]}
    assert set(Place.objects.under(tree["other"])) == {tree["other"]}
    assert list(Place.objects.communes_of("80")) == [tree["commune"]]
    assert Place.objects.communes_of("80").get(code="25711") == tree["commune"]
    with pytest.raises(Place.DoesNotExist):
        Place.objects.communes_of("8").get(code="25711")


def test_contains(tree):
    assert tree["home"].contains(tree["site"])
    assert not tree["other"].contains(tree["site"])


def test_ids_under_paths_in_one_query(tree, django_assert_num_queries):
    with django_assert_num_queries(1):
        ids = ids_under(["vn/80/", "vn/80/25711/", "vn/8/"])
    assert ids == {tree[name].pk for name in ("home", "commune", "site", "other")}


def test_ids_under_nothing_is_nothing(tree, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert ids_under([]) == frozenset()


@pytest.mark.parametrize("path", ["", "vn", "80/", "%", "vn/80"])
def test_ids_under_what_is_no_path_is_refused(tree, path):
    with pytest.raises(ValueError):
        ids_under([path])


def test_ids_under_takes_like_signs_by_their_letter(tree):
    Place.objects.create(kind="checkpoint", code="cp-axb", name="Chốt X", parent=tree["commune"])
    assert ids_under(["vn/80/25711/cp-a_b/"]) == {tree["site"].pk}


def test_outermost_keeps_no_path_inside_another():
    assert outermost(["vn/80/1/", "vn/80/", "vn/8/", "vn/80/"]) == ["vn/8/", "vn/80/"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "commune", "code": "25711", "path": "vn/80/other/"},  # code taken
        {"kind": "pickup", "code": "new", "path": "vn/80/25711/"},  # path taken
        {"kind": "pickup", "code": "new", "path": "vn/80/new"},  # no slash at the end
        {"kind": "pickup", "code": "new", "path": "80/new/"},  # not from the root
        {"kind": "district", "code": "new", "path": "vn/80/new/"},  # a level that there is not
        {"kind": "pickup", "code": "new", "path": "vn/80/new/", "parent": None},
        {"kind": "country", "code": "new", "path": "vn/new/"},  # a country inside something
    ],
)
def test_the_database_refuses_a_broken_tree(tree, wrong):
    place = Place(**{"parent": tree["home"], "name": "Nơi mới", "search_name": "noi moi", **wrong})
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.bulk_create([place])


def test_the_same_old_code_may_stand_in_two_schemes():
    LegacyCommune.objects.create(scheme="2021", code="1", name="Xã A")
    LegacyCommune.objects.create(scheme="2008", code="1", name="Xã A")
    with pytest.raises(IntegrityError), transaction.atomic():
        LegacyCommune.objects.create(scheme="2021", code="1", name="Xã B")
