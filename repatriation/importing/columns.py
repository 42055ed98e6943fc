"""The columns of a list of registrations, and how their headings may be written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Column:
    """`heading` is what the template says; `others` are folded headings that mean the same."""

    key: str
    heading: Any
    note: Any
    example: tuple[str, str, str]
    others: str = ""  # separated by commas
    required: bool = False


COLUMNS = (
    Column(
        "family",
        _("Số gia đình"),
        _(
            "Người cùng một gia đình ghi cùng một số, ví dụ 1, 1, 1, 2, 2. Để trống thì những người cùng số điện "
            "thoại và cùng địa chỉ đang ở được coi là một gia đình."
        ),
        ("1", "1", "2"),
        "gia dinh so, ma gia dinh, gia dinh, so ho, ma ho, ho so, nhom, stt gia dinh, family",
    ),
    Column(
        "full_name",
        _("Họ và tên"),
        _("Bắt buộc. Viết đủ họ, tên đệm và tên. Người đứng đầu gia đình ghi ở dòng đầu."),
        ("Nguyễn Thị Hoa", "Trần Gia Bảo", "Lê Văn Sáu"),
        "ho ten, ho va ten nguoi ve, ho ten cong dan, ten, ho va ten cong dan, full name, name",
        required=True,
    ),
    Column(
        "birth",
        _("Ngày sinh"),
        _("Bắt buộc. Ghi 24/11/1984 hoặc 1984-11-24; không nhớ ngày thì chỉ ghi năm sinh."),
        ("12/03/1989", "05/10/2019", "1955"),
        "ngay thang nam sinh, nam sinh, ngay sinh hoac nam sinh, sinh ngay, ngay sinh nam "
        "sinh, date of birth, birth date, birth",
        required=True,
    ),
    Column(
        "sex",
        _("Giới tính"),
        _("Nam hoặc Nữ. Để trống thì lấy theo số căn cước."),
        ("Nữ", "Nam", "Nam"),
        "nam nu, phai, gioi, sex",
    ),
    Column(
        "identity",
        _("Số giấy tờ"),
        _("Căn cước 12 số, CMND 9 số hoặc hộ chiếu. Trẻ em chưa có thì để trống."),
        ("072189001234", "", "290123456"),
        "so cccd, cccd, so cmnd, cmnd, cccd cmnd, cmnd cccd, so cccd cmnd, so cmnd cccd, so "
        "can cuoc, can cuoc, so can cuoc cong dan, can cuoc cong dan, so dinh danh, so dinh "
        "danh ca nhan, cccd cmnd ho chieu, so ho chieu, giay to, identity number",
    ),
    Column(
        "phone",
        _("Điện thoại"),
        _("Bắt buộc cho mỗi gia đình, ghi ở một dòng là đủ. Đường dẫn theo dõi được nhắn tới số này."),
        ("0901234567", "", "0912345678"),
        "so dien thoai, sdt, so dt, dt, dien thoai lien he, so dien thoai lien he, phone",
    ),
    Column(
        "origin",
        _("Xã, phường đang ở"),
        _("Tên xã, phường nơi gia đình đang ở, tên cũ hay mới đều được."),
        ("Phường Trung Mỹ Tây", "", ""),
        "noi dang o, dang o, phuong xa dang o, xa phuong dang o, xa phuong noi dang o, noi o "
        "hien nay, noi o hien tai, phuong xa hien nay, noi tam tru, hien o",
    ),
    Column(
        "origin_province",
        _("Tỉnh, thành phố đang ở"),
        _("Bắt buộc, ở cột này hoặc sau dấu phẩy trong cột xã, phường."),
        ("TP Hồ Chí Minh", "", "Bình Dương"),
        "tinh dang o, tinh thanh dang o, tinh thanh pho dang o, tinh thanh pho noi dang o, "
        "tinh tp dang o, tinh thanh pho hien nay",
    ),
    Column(
        "origin_address",
        _("Địa chỉ đang ở"),
        _("Số nhà, đường, khu trọ."),
        ("12 đường số 7", "", "Khu trọ Hòa Lợi"),
        "dia chi noi dang o, dia chi hien nay, dia chi hien tai, dia chi tam tru, so nha duong dang o",
    ),
    Column(
        "home",
        _("Quê ở xã, phường"),
        _(
            "Bắt buộc. Xã, phường trong tỉnh mà gia đình về, tên cũ hay mới. Tên cũ đã chia tách thì ghi tên mới."
        ),
        ("Xã Hưng Thuận", "", "Phường Trảng Bàng"),
        "que, que quan, xa phuong que, xa phuong o que, que o, ve xa phuong, xa phuong ve, "
        "noi ve, noi ve xa phuong, que xa phuong, dia phuong ve, xa ve, home commune",
        required=True,
    ),
    Column(
        "home_address",
        _("Địa chỉ ở quê"),
        _("Số nhà, ấp, khu phố."),
        ("ấp Bùng Binh", "", "khu phố Lộc An"),
        "dia chi que, dia chi noi ve, ap khu pho, dia chi ve, ap",
    ),
    Column(
        "reasons",
        _("Lý do về"),
        _(
            "Một hay nhiều lý do, cách nhau bằng dấu phẩy: mất việc làm; không còn chỗ ở; học sinh, sinh viên; "
            "vừa điều trị xong; gia đình ở quê cần người chăm sóc."
        ),
        ("Mất việc làm, không còn chỗ ở", "", "Vừa điều trị xong"),
        "ly do, ly do ve que, ly do xin ve, nguyen nhan",
    ),
    Column(
        "pregnant",
        _("Đang mang thai"),
        _("Đánh dấu x."),
        ("x", "", ""),
        "mang thai, co thai, phu nu mang thai",
    ),
    Column(
        "chronic",
        _("Có bệnh nền"),
        _("Đánh dấu x."),
        ("", "", "x"),
        "benh nen, nguoi co benh nen, benh man tinh",
    ),
    Column(
        "disability",
        _("Người khuyết tật"),
        _("Đánh dấu x."),
        ("", "", ""),
        "khuyet tat, co khuyet tat, tan tat",
    ),
    Column(
        "doses",
        _("Số mũi vắc xin đã tiêm"),
        _("Ghi 0, 1, 2, 3… Để trống nếu không rõ."),
        ("2", "0", "1"),
        "so mui vac xin, so mui tiem, so mui da tiem, so mui vaccine, vac xin, vaccine, so mui, so mui tiem vac xin, "
        "so mui tiem vaccine, so mui tiem chung",
    ),
    Column(
        "last_dose",
        _("Ngày tiêm mũi gần nhất"),
        _("Để trống nếu chưa tiêm hoặc không nhớ."),
        ("15/08/2021", "", ""),
        "ngay tiem mui cuoi, ngay tiem mui cuoi cung, ngay tiem gan nhat, ngay tiem cuoi, ngay tiem, "
        "ngay tiem vac xin, ngay tiem vaccine, ngay tiem vac xin gan nhat, last dose",
    ),
    Column(
        "test_kind",
        _("Loại xét nghiệm"),
        _("Của lần xét nghiệm gần nhất. Ghi Nhanh hoặc PCR. Chưa xét nghiệm thì để trống cả ba cột."),
        ("Nhanh", "", "PCR"),
        "loai xet nghiem gan nhat, hinh thuc xet nghiem, phuong phap xet nghiem, loai xn, loai test, kind of test",
    ),
    Column(
        "tested",
        _("Ngày xét nghiệm"),
        _("Ghi như 24/11/2021. Đã ghi một trong ba cột xét nghiệm thì ghi đủ cả ba."),
        ("20/09/2021", "", "21/09/2021"),
        "ngay xet nghiem gan nhat, ngay lay mau, ngay lay mau xet nghiem, ngay xn, ngay test, date of test",
    ),
    Column(
        "test_outcome",
        _("Kết quả xét nghiệm"),
        _("Ghi Âm tính hoặc Dương tính. Đây là lời gia đình khai, không thay cho giấy kết quả."),
        ("Âm tính", "", "Âm tính"),
        "ket qua xet nghiem gan nhat, ket qua xet nghiem covid 19, ket qua xn, ket qua test, kq xet nghiem, kq xn, "
        "result of test",
    ),
    Column(
        "recovered",
        _("Ngày khỏi COVID-19"),
        _("Chỉ ghi nếu khỏi bệnh trong 6 tháng gần đây."),
        ("", "", ""),
        "ngay khoi benh, ngay khoi, ngay khoi covid, ngay khoi benh covid 19, recovery date",
    ),
    Column(
        "travel_from",
        _("Đi được từ ngày"),
        _("Để trống nếu ngày nào cũng đi được."),
        ("", "", ""),
        "di tu ngay, co the di tu ngay, ngay di som nhat",
    ),
    Column(
        "travel_until",
        _("Đi được đến hết ngày"),
        _("Để trống nếu ngày nào cũng đi được."),
        ("", "", ""),
        "di den ngay, di duoc den ngay, co the di den ngay, ngay di muon nhat",
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
