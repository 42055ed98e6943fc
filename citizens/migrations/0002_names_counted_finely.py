"""Searches by name are planned by how often names really occur.

With PostgreSQL's usual hundred samples every name looks either very common or unknown, and the server then
walks the whole list in its order for a name that fifty people have.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("citizens", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE citizens_person ALTER COLUMN search_name SET STATISTICS 1000",
            "ALTER TABLE citizens_person ALTER COLUMN search_name SET STATISTICS -1",
        )
    ]
