from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0039_parties_of_handovers")]
    operations = [
        migrations.AlterField(model_name="handover", name="party", field=models.UUIDField()),
    ]
