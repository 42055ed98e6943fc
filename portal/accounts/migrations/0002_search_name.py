from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="search_name",
            field=models.CharField(default="", editable=False, max_length=120),
        ),
    ]
