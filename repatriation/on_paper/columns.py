"""The columns of a sheet of arrivals, which are the fields of the arrival form, and what their headings mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.places.text import fold
from portal.sheets import headings
from portal.sheets.cells import Cell, plain
from portal.sheets.headings import Headings
from portal.sheets.refusals import FileRefused
from quarantine.models.check import Symptom
from repatriation.importing.columns import Column
from repatriation.importing.meanings import OWN_NUMBER, REMARKS, in_every_language
from repatriation.models import Arrival

_REMARK = re.compile(r"\(.*?\)|\*|:")

COLUMNS = (
    Column(
        "family",
        _("Số gia đình"),
        _("Người đi cùng một gia đình ghi cùng một số. Để trống thì theo mã đăng ký, không có mã thì mỗi dòng một nhà."),
        ("1", "1", "2"),
        "gia dinh so, ma gia dinh, gia dinh, so phieu, phieu so, nhom, family",
    ),
    Column(
        "code",
        _("Mã đăng ký"),
        _("Có trên phiếu và trên danh sách chuyến. Không có đăng ký thì để trống."),
        ("TN-…", "", ""),
        "ma, ma dk, ma dang ky ve que, registration code, code",
    ),
    Column(
        "full_name",
        _("Họ và tên"),
        _("Bắt buộc."),
        ("Nguyễn Thị Hoa", "Trần Gia Bảo", "Lê Văn Sáu"),
        "ho ten, ho va ten nguoi den, ho ten cong dan, ten, full name, name",
        required=True,
    ),
    Column(
        "birth",
        _("Ngày sinh"),
        _("Bắt buộc. Ghi 24/11/1984; không nhớ ngày thì chỉ ghi năm sinh."),
        ("12/03/1989", "05/10/2019", "1955"),
        "ngay sinh hoac nam sinh, nam sinh, ngay thang nam sinh, date of birth, birth",
        required=True,
    ),
    Column("sex", _("Giới tính"), _("Chọn Nam hoặc Nữ."), ("Nữ", "Nam", "Nam"), "nam nu, gioi, phai, sex"),
    Column(
        "identity",
        _("Số giấy tờ"),
        _("Căn cước 12 số, CMND 9 số hoặc hộ chiếu. Để trống nếu không có."),
        ("072189001234", "", "290123456"),
        "so cccd, cccd, so cmnd, cmnd, so can cuoc, can cuoc, so dinh danh, giay to, identity number",
    ),
    Column(
        "phone",
        _("Điện thoại"),
        _("Ghi ở một dòng của gia đình là đủ."),
        ("0901234567", "", ""),
        "so dien thoai, sdt, so dt, dt, phone",
    ),
    Column(
        "came_on",
        _("Ngày đến"),
        _("Bắt buộc. Ngày qua chốt theo phiếu, như 24/11/2021."),
        ("24/11/2021", "24/11/2021", "25/11/2021"),
        "ngay den chot, ngay qua chot, ngay, arrived on",
        required=True,
    ),
    Column(
        "came_at",
        _("Giờ đến"),
        _("Bắt buộc. Giờ qua chốt theo phiếu, như 22:40."),
        ("22:40", "22:40", "00:15"),
        "gio den chot, gio qua chot, gio, den luc, arrived at",
        required=True,
    ),
    Column(
        "home",
        _("Về xã, phường"),
        _("Chọn xã, phường nơi về. Có mã đăng ký thì để trống là về đúng quê đã đăng ký."),
        ("", "", "Phường Trảng Bàng"),
        "noi ve, xa phuong ve, ve xa, xa phuong, que o xa phuong, home commune",
    ),
    Column(
        "address",
        _("Địa chỉ sẽ ở"),
        _("Số nhà, ấp, khu phố."),
        ("ấp Bùng Binh", "", "khu phố Lộc An"),
        "so nha ap khu pho, dia chi, dia chi noi ve, ap, address",
    ),
    Column(
        "compared",
        _("Đã đối chiếu giấy tờ"),
        _("Đánh dấu x."),
        ("x", "", "x"),
        "da doi chieu, doi chieu, identity checked",
    ),
    Column("papers", _("Giấy tờ đã xem"), _("Một hay nhiều loại, cách nhau bằng dấu phẩy."), ("", "", "Giấy xét nghiệm")),
    Column(
        "temperature",
        _("Nhiệt độ (°C)"),
        _("Như 36,8. Để trống nếu không đo."),
        ("36,8", "37,0", "38,6"),
        "nhiet do, do c, c, temperature",
    ),
    Column(
        "symptoms",
        _("Triệu chứng"),
        _("Ghi tên hoặc số như trên phiếu, cách nhau bằng dấu phẩy. Không có thì để trống."),
        ("", "", "sốt, ho"),
        "trieu chung ghi so, dau hieu, symptoms",
    ),
    Column(
        "test",
        _("Xét nghiệm nhanh"),
        _("Chọn Không làm, Âm tính hoặc Dương tính."),
        ("Âm tính", "Âm tính", "Dương tính"),
        "test nhanh, xet nghiem, ket qua test, ket qua xet nghiem, rapid test",
    ),
    Column(
        "decision",
        _("Hướng xử lý"),
        _("Chọn Về nhà, Cơ sở cách ly hoặc Bệnh viện. Người dương tính không về thẳng nhà."),
        ("Về nhà", "Về nhà", "Cơ sở cách ly"),
        "huong xu ly voi nguoi den, xu ly, decision",
    ),
    Column(
        "facility",
        _("Nơi đưa đến"),
        _("Tên cơ sở cách ly hoặc bệnh viện, nếu không về nhà. Chưa rõ thì để trống, tỉnh sẽ chọn."),
        ("", "", ""),
        "co so cach ly, benh vien, co so tiep nhan, facility",
    ),
    Column("needs", _("Cần giúp"), _("Như xe lăn, chạy thận thứ năm."), ("", "", ""), "can giup gi, nhu cau, ghi chu, needs"),
    Column("plate", _("Biển số xe"), _("Để trống nếu không ghi."), ("", "", "70B-123.45"), "bien so, so xe, vehicle plate"),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
ONE_OF: dict[str, list[Any]] = {  # drop-downs of the template, beside the communes
    "sex": [_("Nam"), _("Nữ")],
    "compared": ["x"],
    "test": list(Arrival.RapidTest.labels),
    "decision": list(Arrival.Decision.labels),
}
SYMPTOMS = {str(number): symptom for number, symptom in enumerate(Symptom, start=1)}  # as on the paper


def find_headings(rows: Sequence[tuple[int, list[Cell]]]) -> Headings:
    """Return the row that names most columns. Raises `FileRefused` where a required one is missing."""
    best = headings.find(rows, _meaning)
    missing = [column for column in COLUMNS if column.required and column.key not in best.places]
    if missing:
        names = ", ".join(str(column.heading) for column in missing)
        raise FileRefused("no_heading", columns=names)
    headings.skip_numbers(best, rows)
    headings.skip_end(best, rows, lambda cells: _has_birth(best, cells))
    if all(number <= best.last or number in best.skipped for number, _cells in rows):
        raise FileRefused("no_rows")
    return best


def _meaning(heading: str, group: str) -> str | None:
    for text in filter(None, (heading, f"{group} {heading}" if group else "")):
        for bare in (_REMARK.sub(" ", text), text):
            folded = fold(bare)
            if folded in REMARKS or folded in OWN_NUMBER:
                return None
            if key := _meanings().get(folded):
                return key
    return ""


def _has_birth(found: Headings, cells: Sequence[Cell]) -> bool:
    place = found.places["birth"]
    return place < len(cells) and sum(map(str.isdigit, plain(cells[place]))) >= 4


@cache
def _meanings() -> dict[str, str]:
    """Return the keys by folded headings, on the first use: translations are not loaded before."""
    return {heading: column.key for column in COLUMNS for heading in _written(column)}


def _written(column: Column) -> Iterable[str]:
    yield from in_every_language(column.heading)
    yield from filter(None, column.others.split(", "))
