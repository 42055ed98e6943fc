"""The demo's users: one for each role. Their sign-ins are listed in a demo and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.places.models import Place

PASSWORD = "tayninh-2026"


@dataclass(frozen=True)
class DemoUser:
    username: str
    full_name: str
    role: Role
    path: str  # below the home province's own path


DEMO_USERS = [
    DemoUser("chot", "Phạm Quốc Bảo", Role.CHECKPOINT, "{suoi_sau}"),
    DemoUser("xa", "Nguyễn Thị Hạnh", Role.COMMUNE, "{commune}"),
    DemoUser("xa-khac", "Trần Văn Lộc", Role.COMMUNE, "{other_commune}"),
    DemoUser("xa-xem", "Võ Minh Thư", Role.COMMUNE_VIEWER, "{commune}"),
    DemoUser("dieuphoi", "Lê Hoàng Nam", Role.COORDINATOR, ""),
    DemoUser("yte", "Bác sĩ Đặng Thu Hà", Role.HEALTH, ""),
    DemoUser("coso", "Huỳnh Thanh Tùng", Role.FACILITY, "{facility}"),
    DemoUser("motcua", "Bùi Ngọc Diệp", Role.COUNTER, "{office}"),
    DemoUser("lanhdao", "Trương Công Định", Role.LEADER, ""),
    DemoUser("quantri", "Đỗ Anh Khoa", Role.ADMIN, ""),
    DemoUser("thanhtra", "Phan Thị Mỹ Lệ", Role.AUDITOR, ""),
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


@transaction.atomic
def load_demo_users(home: Place, places: dict[str, Place]) -> dict[str, User]:
    """Create the users that are missing. `places` gives the names used in `DEMO_USERS.path`."""
    users = {}
    for demo in DEMO_USERS:
        place = places[demo.path.strip("{}")] if demo.path else home
        user = User.objects.filter(username=demo.username).first()
        if user is None:
            user = User.objects.create_user(demo.username, PASSWORD, full_name=demo.full_name)
        Assignment.objects.get_or_create(user=user, role=demo.role, place=place)
        users[demo.username] = user
    return users
