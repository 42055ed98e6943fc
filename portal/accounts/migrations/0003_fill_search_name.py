"""Fill the search form of the names of accounts that stand already."""

from django.db import migrations

from portal.places.text import fold


def fill(apps, schema_editor):
    users = apps.get_model("accounts", "User").objects
    for user in users.filter(search_name="").iterator():
        users.filter(pk=user.pk).update(search_name=fold(user.full_name)[:120])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_search_name")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
