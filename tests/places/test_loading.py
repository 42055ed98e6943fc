import io
import time

from django.core.management import call_command
from django.db import connection

from portal.places.models import LegacyCommune, Place
from portal.places.old_provinces import OLD_PROVINCES
from tests.places.country import CountryCase


class TestLoading(CountryCase):
    def test_the_whole_country_is_there(self):
        assert self.counts["provinces"] == Place.objects.filter(kind="province").count() == 34
        assert self.counts["communes"] == Place.objects.filter(kind="commune").count() == 3321
        assert self.counts["legacy communes"] == LegacyCommune.objects.count() == 991
        assert Place.objects.communes_of("80").count() == 96

    def test_split_communes_have_several_successors(self):
        through = LegacyCommune.successors.through.objects
        # 70 were split, five of them in three.
        assert through.count() == 991 + 70 + 5
        suoi_da = LegacyCommune.objects.get(scheme="2021", code="25555")
        assert {place.name for place in suoi_da.successors.all()} == {
            "Phường Bình Minh",
            "Xã Dương Minh Châu",
        }

    def test_loaded_rows_are_as_saving_would_make_them(self):
        for place in [
            Place.objects.communes_of("80").get(code="25711"),
            Place.objects.get(kind="province", code="79"),
            Place.objects.get(code="cp-moc-bai"),
            Place.objects.get(kind="country"),
        ]:
            before = {f.attname: getattr(place, f.attname) for f in Place._meta.concrete_fields}
            place.save()
            place.refresh_from_db()
            assert before == {f.attname: getattr(place, f.attname) for f in Place._meta.concrete_fields}

    def test_loading_again_changes_no_row_and_is_quick(self):
        before = list(Place.objects.order_by("pk").values())
        links = LegacyCommune.successors.through.objects.count()
        Place.objects.filter(code="cp-moc-bai").update(is_active=False)
        output = io.StringIO()
        started = time.perf_counter()
        call_command("load_places", "--sites", stdout=output)
        assert time.perf_counter() - started < 3
        assert output.getvalue() == "34 provinces, 3,321 communes, 991 legacy communes, 17 sites\n"
        assert not Place.objects.get(code="cp-moc-bai").is_active
        Place.objects.filter(code="cp-moc-bai").update(is_active=True)
        assert list(Place.objects.order_by("pk").values()) == before
        assert LegacyCommune.successors.through.objects.count() == links

    def test_loading_mends_a_wrong_link_and_a_wrong_name(self):
        legacy = LegacyCommune.objects.get(scheme="2021", code="25711")
        legacy.successors.set([Place.objects.communes_of("80").get(code="25732")])
        Place.objects.filter(code="25711").update(name="Xã Sai")
        call_command("load_places", stdout=io.StringIO())
        assert [place.name for place in legacy.successors.all()] == ["Xã Hưng Thuận"]

    def test_sites_lie_in_communes_of_their_own_province(self):
        assert Place.objects.filter(kind="checkpoint").count() == 4
        for place in Place.objects.exclude(kind__in=["country", "province", "commune"]).with_ancestors():
            assert place.commune is not None
            assert place.path.startswith(place.commune.path)

    def test_old_provinces_are_the_29_that_are_no_longer(self):
        assert len(OLD_PROVINCES) == 63 - 34
        names = set(Place.objects.filter(kind="province").values_list("short_name", flat=True))
        assert not names & set(OLD_PROVINCES)
        codes = set(Place.objects.filter(kind="province").values_list("code", flat=True))
        assert set(OLD_PROVINCES.values()) <= codes

    def test_a_prefix_of_the_path_and_a_part_of_the_name_are_indexed(self):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            for where, index in [
                ("path LIKE 'vn/80/257%'", "place_path_"),
                ("search_name LIKE '%hung thuan%'", "place_search_trigram"),
            ]:
                cursor.execute(f"EXPLAIN SELECT 1 FROM places_place WHERE {where}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
                assert index in plan, plan
            # The C collation of the embedded server lets any index serve a prefix; others need this one.
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'place_path_prefix'")
            assert "varchar_pattern_ops" in cursor.fetchone()[0]
