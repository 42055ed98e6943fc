"""A mother with a fever and a positive test, and her two children: from the scan to who has to act."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.journeys import checkpoint, family
from tests.journeys.conftest import Meet
from tests.journeys.steps import step
from tests.journeys.visitor import DESK
from tests.live import LiveStack

pytestmark = pytest.mark.journey
FACILITY = "Khu cách ly Trường Tiểu học Hưng Thuận"


def test_a_positive_mother_with_two_children_is_somebodys_from_the_first_press(
    meet: Meet, live_stack: LiveStack
) -> None:
    home = family.Family(
        family.Phone(live_stack),
        [
            family.member(family.name(), dt.date(family.today().year - 34, 3, 8), "Nữ"),
            family.member(family.name(), dt.date(family.today().year - 9, 5, 2), "Nữ", number=False),
            family.member(family.name(), dt.date(family.today().year - 6, 7, 1), "Nam", number=False),
        ],
    )
    mother, *children = home.people
    parent = meet("the mother")
    with step("the family has registered", parent):
        family.register(parent, home)

    gate = meet("the checkpoint", size=DESK)
    with step("the checkpoint scans, ticks positive, writes 38.5 and names a facility with room", gate):
        gate.sign_in("chot")
        checkpoint.scan(gate, home.code)
        gate.page.keyboard.press("F4")
        gate.choose(f"{mother.name} dương tính")
        gate.fill(f"Nhiệt độ của {mother.name} (°C)", "38,5")
        place = gate.page.get_by_label(f"Nơi đưa {mother.name} đến")
        value = place.locator("option").filter(has_text=FACILITY).get_attribute("value")
        place.select_option(value)
        gate.look()
        gate.enter("Quét mã, hoặc gõ mã đăng ký", "")
        gate.sees(
            f"Đã ghi nhận 3 người: {mother.name}",
            f"Đưa {mother.name} đến {FACILITY}, điện thoại 0276 3855 115.",
            "Đã báo cần xử lý ngay:",
            "Đặng Thu Hà (Tỉnh Tây Ninh)",
            "Nguyễn Thị Hạnh (Xã Hưng Thuận)",
            "Huỳnh Thanh Tùng",
        )
    with step("the family at home reads where she is, and nothing of her health", gate):
        told = home.phone.wait_for("stay_named")
        assert told.context["facility"] == FACILITY
        assert "ương tính" not in home.phone.shown()

    health = meet("the health officer", size=DESK)
    with step("she stands first on the health officer's screen, with her children as contacts", health):
        health.sign_in("yte")
        health.sees("Cần xử lý ngay", mother.name, "Xét nghiệm nhanh: Dương tính", "Sốt 38,5 °C")
        row = health.section(mother.name)
        health.press("Tôi xử lý", within=row)
        health.sees(f"đang xử lý trường hợp của {mother.name}")
        health.open("/officer/quarantine/alerts/?status=taken")
        health.press(mother.name)
        health.sees(FACILITY, *(child.name for child in children), "Cùng gia đình", "Chốt Suối Sâu")

    manager = meet("the facility's manager", size=DESK)
    with step("the facility expects her, and admits her with one press", manager):
        manager.sign_in("coso")
        manager.sees("Sắp đến", mother.name, "Dương tính")
        manager.press("Đã đến", within=manager.section(mother.name))
        manager.sees(f"{mother.name} đã đến")

    with step("the alert is settled with a note", health):
        health.fill("Đã xử lý thế nào", "Đã vào khu cách ly, không khó thở")
        health.press("Ghi đã xong")
        health.sees("Đã xong", "Đã vào khu cách ly, không khó thở")
