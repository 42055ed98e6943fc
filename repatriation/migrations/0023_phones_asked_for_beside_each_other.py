import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("repatriation", "0022_drafts_behind_a_phone"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="phonecorrection",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="phonecorrection",
            name="checked",
            field=models.CharField(blank=True, max_length=300, verbose_name="Đã kiểm tra thế nào"),
        ),
        migrations.RemoveConstraint(model_name="phonecorrection", name="phone_correction_one_open"),
        migrations.AddConstraint(
            model_name="phonecorrection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "requested")),
                fields=("registration", "new_phone"),
                name="phone_correction_asked_once",
                violation_error_message="Đăng ký này đang có yêu cầu đổi sang số đó.",
            ),
        ),
    ]
