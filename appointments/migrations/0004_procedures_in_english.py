"""Name, documents and fee of a procedure in English."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0003_search_and_sane_times")]
    operations = [
        migrations.AddField(
            model_name="procedure",
            name="name_en",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="procedure", name="documents_en", field=models.TextField(blank=True, default="")
        ),
        migrations.AddField(
            model_name="procedure", name="fee_text_en", field=models.TextField(blank=True, default="")
        ),
    ]
