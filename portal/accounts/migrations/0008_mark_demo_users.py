"""Mark the demo's accounts of databases that took the demo before accounts said so."""

from functools import reduce
from operator import or_

from django.db import migrations
from django.db.models import Q

DEMO_USERS = {
    "chot": "Phạm Quốc Bảo",
    "theoxe": "Dương Văn Lâm",
    "xa": "Nguyễn Thị Hạnh",
    "xa-khac": "Trần Văn Lộc",
    "xa-xem": "Võ Minh Thư",
    "dieuphoi": "Lê Hoàng Nam",
    "dieuphoi2": "Ngô Thị Thanh",
    "yte": "Bác sĩ Đặng Thu Hà",
    "coso": "Huỳnh Thanh Tùng",
    "motcua": "Bùi Ngọc Diệp",
    "lanhdao": "Trương Công Định",
    "quantri": "Đỗ Anh Khoa",
    "thanhtra": "Phan Thị Mỹ Lệ",
    "tongdai": "Lâm Thị Kim Chi",
    "donghuong": "Nguyễn Văn Phước",
}


def mark(apps, schema_editor):
    same = reduce(or_, (Q(username=name, full_name=full) for name, full in DEMO_USERS.items()))
    apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias).filter(same).update(
        is_demo=True
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_user_is_demo")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
