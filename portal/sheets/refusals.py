"""Why a file cannot be read, as a code with its parameters and as a sentence for the sender."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.records.refusals import Refused

SENTENCES = {
    "empty": _("Tệp trống. Vui lòng chọn tệp có danh sách."),
    "empty_sheet": _(
        "Trang đầu “%(sheet)s” trống, và chỉ trang đầu được đọc. Vui lòng kéo trang có danh sách lên đầu rồi gửi lại."
    ),
    "not_first_sheet": _(
        "Trang đầu “%(sheet)s” không có dòng tiêu đề của danh sách, và chỉ trang đầu được đọc. Vui lòng kéo trang có "
        "danh sách lên đầu rồi gửi lại."
    ),
    "too_large": _("Tệp lớn hơn %(limit)s MB. Vui lòng tách thành nhiều tệp nhỏ hơn rồi gửi từng tệp."),
    "too_many_rows": _("Tệp có hơn %(limit)s dòng. Vui lòng tách thành nhiều tệp rồi gửi từng tệp."),
    "wrong_type": _(
        "Tệp này không phải bảng tính Excel (.xlsx) hay CSV. Vui lòng lưu danh sách thành một trong hai loại đó."
    ),
    "old_excel": _("Đây là tệp Excel cũ (.xls). Vui lòng mở tệp và lưu lại thành loại .xlsx."),
    "password": _("Tệp có đặt mật khẩu. Vui lòng bỏ mật khẩu, lưu lại rồi gửi."),
    "macros": _("Tệp có chứa macro. Vui lòng lưu lại thành loại .xlsx (không có macro) rồi gửi."),
    "bomb": _(
        "Tệp này khi mở ra lớn bất thường nên không nhận. Vui lòng sao chép danh sách sang một tệp Excel mới."
    ),
    "declares": _(
        "Tệp có khai báo lạ bên trong nên không nhận. Vui lòng sao chép danh sách sang một tệp Excel mới."
    ),
    "broken": _("Không mở được tệp, có thể tệp bị hỏng. Vui lòng mở bằng Excel, lưu lại rồi gửi."),
    "no_sheet": _("Tệp không có trang tính nào đang hiện. Vui lòng bỏ ẩn trang có danh sách rồi gửi lại."),
    "encoding": _(
        "Không đọc được chữ trong tệp. Vui lòng lưu tệp CSV theo bảng mã UTF-8, hoặc lưu thành .xlsx."
    ),
    "open_quote": _(
        "Dấu ngoặc kép ở dòng %(line)s của tệp không được đóng đúng chỗ, nên các dòng sau có thể bị mất. Vui lòng "
        "sửa dòng đó, hoặc lưu danh sách thành tệp Excel (.xlsx) rồi gửi lại."
    ),
    "lost_letters": _(
        "Chữ có dấu trong tệp đã bị mất (thành dấu hỏi), nên không đọc được tên các cột. Vui lòng mở tệp "
        "gốc, lưu lại theo bảng mã UTF-8 hoặc thành .xlsx rồi gửi."
    ),
    "no_heading": _(
        "Không tìm thấy dòng tiêu đề. Dòng đầu của danh sách cần có các cột: %(columns)s. "
        "Vui lòng dùng tệp mẫu."
    ),
    "no_rows": _("Dưới dòng tiêu đề chưa có dòng nào. Vui lòng điền danh sách rồi gửi lại."),
    "trouble": _("Hệ thống gặp trục trặc khi đọc tệp. Vui lòng gửi lại; nếu vẫn vậy, báo người quản trị."),
    "heavy": _(
        "Hệ thống phải dừng giữa chừng khi đọc tệp này nên không nhận. Vui lòng chỉ sao chép danh sách, dán dạng giá "
        "trị sang một tệp Excel mới, hoặc tách thành nhiều tệp nhỏ, rồi gửi lại."
    ),
    "numbers_limit": _(
        "Trong một giờ qua đã có quá nhiều lần số giấy tờ không khớp hồ sơ nên chưa kiểm tra tệp này. Vui lòng gửi "
        "lại sau một giờ, hoặc báo người phụ trách."
    ),
    "numbers_disagree": _(
        "Nhiều số giấy tờ trong tệp không khớp với hồ sơ đã có nên không kiểm tra tiếp. Vui lòng đối chiếu họ tên, "
        "ngày sinh và số với giấy tờ, số nào chưa chắc thì để trống, rồi gửi lại sau một giờ."
    ),
    "heading_again": _(
        "Dòng %(line)s lại là dòng tiêu đề, nhưng các cột khác với dòng tiêu đề ở trên. Vui lòng tách thành hai tệp, hoặc "
        "xếp các cột như nhau rồi gửi lại."
    ),
    "heading_twice": _("Có hai cột cùng là “%(column)s”. Vui lòng bỏ bớt một cột rồi gửi lại."),
}


class FileRefused(Refused):
    """The file is not read. `code` and `params` are kept; `str()` is in the language of the moment."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return sentence(self.code, self.params)


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of a stored refusal; empty where there was none."""
    return str(SENTENCES[code]) % params if code else ""
