"""Lists of registrations for the tests."""

from __future__ import annotations

import uuid
from typing import Any

from portal.accounts.models import User
from repatriation.importing import actions as importing
from repatriation.models import Campaign, ImportBatch
from tests.sheets.files import xlsx

HEADINGS = [
    "Số gia đình", "Họ và tên", "Ngày sinh", "Giới tính", "Số giấy tờ", "Điện thoại", "Xã, phường đang ở",
    "Tỉnh, thành phố đang ở", "Địa chỉ đang ở", "Quê ở xã, phường", "Địa chỉ ở quê", "Lý do về", "Đang mang thai",
    "Có bệnh nền", "Số mũi vắc xin đã tiêm", "Ngày tiêm mũi gần nhất", "Loại xét nghiệm", "Ngày xét nghiệm",
    "Kết quả xét nghiệm", "Ngày khỏi COVID-19",
]  # fmt: skip
MOTHER = {
    "Số gia đình": "1",
    "Họ và tên": "Nguyễn Thị Hoa",
    "Ngày sinh": "12/03/1989",
    "Giới tính": "Nữ",
    "Số giấy tờ": "072189001234",
    "Điện thoại": "0901234999",
    "Xã, phường đang ở": "Phường Trung Mỹ Tây",
    "Tỉnh, thành phố đang ở": "TP Hồ Chí Minh",
    "Địa chỉ đang ở": "12 đường số 7",
    "Quê ở xã, phường": "Xã Hưng Thuận",
    "Địa chỉ ở quê": "ấp Bùng Binh",
    "Lý do về": "Mất việc làm",
    "Đang mang thai": "x",
}
CHILD = {"Số gia đình": "1", "Họ và tên": "Trần Gia Bảo", "Ngày sinh": "05/10/2019", "Giới tính": "Nam"}
UNCLE = {
    "Số gia đình": "2",
    "Họ và tên": "Lê Văn Sáu",
    "Ngày sinh": "1955",
    "Giới tính": "Nam",
    "Số giấy tờ": "290123456",
    "Điện thoại": "0912345678",
    "Tỉnh, thành phố đang ở": "TP Hồ Chí Minh",
    "Quê ở xã, phường": "Phường Trảng Bàng",
    "Có bệnh nền": "x",
}


def row(*bases: dict[str, Any], **_none: Any) -> list[Any]:
    merged: dict[str, Any] = {}
    for base in bases:
        merged |= base
    return [merged.get(heading, "") for heading in HEADINGS]


def workbook_of(*people: dict[str, Any]) -> bytes:
    return xlsx(HEADINGS, *(row(person) for person in people))


def uploaded(
    campaign: Campaign, by: User, *people: dict[str, Any], content: bytes | None = None, name: str = "ds.xlsx"
) -> ImportBatch:
    content = content if content is not None else workbook_of(*(people or (MOTHER, CHILD, UNCLE)))
    return importing.upload(campaign, name, content, by=by, client_key=uuid.uuid4())


def checked(campaign: Campaign, by: User, *people: dict[str, Any], **options: Any) -> ImportBatch:
    batch = uploaded(campaign, by, *people, **options)
    importing.work_on(batch.pk)
    batch.refresh_from_db()
    return batch


def committed(campaign: Campaign, by: User, *people: dict[str, Any], **options: Any) -> ImportBatch:
    batch = checked(campaign, by, *people, **options)
    importing.order_commit(batch, by=by)
    importing.work_on(batch.pk)
    batch.refresh_from_db()
    return batch


def faults(batch: ImportBatch) -> dict[int, list[str]]:
    """The codes of what is wrong, by row."""
    return {
        line.number: [fault["code"] for fault in line.errors] for line in batch.lines.all() if line.errors
    }


def remarks(batch: ImportBatch) -> dict[int, list[str]]:
    return {
        line.number: [fault["code"] for fault in line.remarks] for line in batch.lines.all() if line.remarks
    }
