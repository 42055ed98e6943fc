"""The tree of places, and the extensions that searching and time ranges stand on."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        TrigramExtension(),
        BtreeGistExtension(),
        UnaccentExtension(),
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("country", "Quốc gia"),
                            ("province", "Tỉnh, thành phố"),
                            ("commune", "Xã, phường, đặc khu"),
                            ("checkpoint", "Chốt kiểm soát"),
                            ("pickup", "Điểm đón"),
                            ("facility", "Cơ sở cách ly"),
                            ("office", "Nơi tiếp dân"),
                        ],
                        max_length=16,
                        verbose_name="loại",
                    ),
                ),
                ("scheme", models.CharField(default="2025", max_length=8, verbose_name="bộ mã")),
                ("code", models.SlugField(db_index=False, max_length=40, verbose_name="mã")),
                ("name", models.CharField(max_length=160, verbose_name="tên")),
                ("short_name", models.CharField(blank=True, max_length=160, verbose_name="tên gọn")),
                ("type", models.CharField(blank=True, max_length=16, verbose_name="cấp")),
                ("search_name", models.CharField(editable=False, max_length=200)),
                ("path", models.CharField(editable=False, max_length=255)),
                ("lat", models.FloatField(blank=True, null=True, verbose_name="vĩ độ")),
                ("lon", models.FloatField(blank=True, null=True, verbose_name="kinh độ")),
                ("area_km2", models.FloatField(blank=True, null=True, verbose_name="diện tích (km²)")),
                ("address", models.TextField(blank=True, verbose_name="địa chỉ")),
                ("is_active", models.BooleanField(default=True, verbose_name="đang dùng")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="places.place",
                        verbose_name="thuộc",
                    ),
                ),
            ],
            options={
                "verbose_name": "địa bàn",
                "verbose_name_plural": "địa bàn",
                "ordering": ["path"],
            },
        ),
        migrations.CreateModel(
            name="LegacyCommune",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scheme", models.CharField(default="2021", max_length=8)),
                ("code", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=160)),
                ("type", models.CharField(blank=True, max_length=16)),
                ("district_code", models.CharField(max_length=10)),
                ("district", models.CharField(max_length=160)),
                ("province_code", models.CharField(max_length=10)),
                ("province", models.CharField(max_length=160)),
                ("search_name", models.CharField(editable=False, max_length=200)),
                ("successors", models.ManyToManyField(related_name="predecessors", to="places.place")),
            ],
            options={
                "verbose_name": "xã, phường cũ",
                "verbose_name_plural": "xã, phường cũ",
                "ordering": ["scheme", "code"],
            },
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(fields=["path"], name="place_path_prefix", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="place",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_name"], name="place_search_trigram", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(
                fields=("path",), name="place_path_unique", violation_error_message="Đã có nơi này rồi."
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(
                fields=("scheme", "kind", "code"),
                name="place_code_unique_in_kind",
                violation_error_message="Mã này đã được dùng. Vui lòng chọn mã khác.",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ("country", "province", "commune", "checkpoint", "pickup", "facility", "office"),
                    )
                ),
                name="place_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(("path__endswith", "/"), ("path__startswith", "vn/")),
                name="place_path_from_root_ends_with_slash",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "country"), ("parent__isnull", True)),
                    models.Q(models.Q(("kind", "country"), _negated=True), ("parent__isnull", False)),
                    _connector="OR",
                ),
                name="place_only_country_without_parent",
                violation_error_message="Vui lòng chọn nơi cấp trên.",
            ),
        ),
        migrations.AddIndex(
            model_name="legacycommune",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_name"], name="legacy_search_trigram", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="legacycommune",
            constraint=models.UniqueConstraint(
                fields=("scheme", "code"), name="legacy_commune_code_unique_in_scheme"
            ),
        ),
    ]
