"""The demo's users: one for each role. They are listed, and may sign in, in a demo and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.demo import Stage, demo_step
from portal.places.models import Place

PASSWORD = "tayninh-2026"  # noqa: S105 - of the demo only, shown on its sign-in page


@dataclass(frozen=True)
class DemoUser:
    username: str
    full_name: str
    role: Role
    site: str  # code of the place below the home province; empty: the province itself


DEMO_USERS = [
    DemoUser("chot", "Phạm Quốc Bảo", Role.CHECKPOINT, "cp-suoi-sau"),
    DemoUser("theoxe", "Dương Văn Lâm", Role.ESCORT, "cp-suoi-sau"),
    DemoUser("xa", "Nguyễn Thị Hạnh", Role.COMMUNE, "25711"),
    DemoUser("xa-khac", "Trần Văn Lộc", Role.COMMUNE, "25681"),
    DemoUser("xa-xem", "Võ Minh Thư", Role.COMMUNE_VIEWER, "25711"),
    DemoUser("dieuphoi", "Lê Hoàng Nam", Role.COORDINATOR, ""),
    DemoUser("dieuphoi2", "Ngô Thị Thanh", Role.COORDINATOR, ""),
    DemoUser("yte", "Bác sĩ Đặng Thu Hà", Role.HEALTH, ""),
    DemoUser("coso", "Huỳnh Thanh Tùng", Role.FACILITY, "ccl-hung-thuan"),
    DemoUser("motcua", "Bùi Ngọc Diệp", Role.COUNTER, "hcc-tinh"),
    DemoUser("lanhdao", "Trương Công Định", Role.LEADER, ""),
    DemoUser("quantri", "Đỗ Anh Khoa", Role.ADMIN, ""),
    DemoUser("quantri2", "Vũ Thị Ngân", Role.ADMIN, ""),
    DemoUser("thanhtra", "Phan Thị Mỹ Lệ", Role.AUDITOR, ""),
    DemoUser("tongdai", "Lâm Thị Kim Chi", Role.HOTLINE, ""),
    DemoUser("donghuong", "Nguyễn Văn Phước", Role.ASSOCIATION, ""),
]


def demo_sign_ins() -> list[dict[str, str]]:
    """Who can sign in to the demo, for the sign-in page; empty outside a demo."""
    if not settings.PORTAL_DEMO:
        return []
    assignments = Assignment.objects.in_force().select_related("user", "place")
    by_name = {assignment.user.username: assignment for assignment in assignments}
    return [
        {
            "username": demo.username,
            "password": PASSWORD,
            "role": by_name[demo.username].get_role_display(),
            "place": by_name[demo.username].place.name,
        }
        for demo in DEMO_USERS
        if demo.username in by_name
    ]


def reopen(user: User) -> None:
    user.is_active = True
    user.set_password(PASSWORD)
    user.save(update_fields=["is_active", "password"])


@demo_step(10)
def load_demo_users(stage: Stage) -> None:
    """Create the users that are missing, each at their place, below the home province."""
    users: dict[str, User] = {}
    for demo in DEMO_USERS:
        place = Place.objects.under(stage.home).get(code=demo.site) if demo.site else stage.home
        user = User.objects.filter(username=demo.username).first()
        if user is None:
            user = User.objects.create_user(demo.username, PASSWORD, full_name=demo.full_name, is_demo=True)
        elif user.is_demo and not user.is_active and not user.has_usable_password():
            reopen(user)  # closed when the demo ended, and the demo is wanted again
        Assignment.objects.get_or_create(user=user, role=demo.role, place=place)
        users[demo.username] = user
    stage.shared["users"] = users
