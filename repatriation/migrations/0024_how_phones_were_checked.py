"""What was confirmed before a note was asked for says so. Taken back, only the first open request of a family
stays, as one alone could be open then."""

from django.db import migrations
from django.db.models import Exists, OuterRef

BEFORE = "Đã đổi trước khi cổng yêu cầu ghi cách kiểm tra."


def say_so(apps, schema_editor):
    rows = apps.get_model("repatriation", "PhoneCorrection").objects
    rows.filter(status="confirmed", checked="").update(checked=BEFORE)


def keep_the_first(apps, schema_editor):
    rows = apps.get_model("repatriation", "PhoneCorrection").objects
    earlier = rows.filter(registration=OuterRef("registration"), status="requested", pk__lt=OuterRef("pk"))
    rows.filter(Exists(earlier), status="requested").delete()


class Migration(migrations.Migration):
    dependencies = [("repatriation", "0023_phones_asked_for_beside_each_other")]

    operations = [migrations.RunPython(say_so, keep_the_first)]
