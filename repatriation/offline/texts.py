"""The sentences of the scripts that work without a line."""

from __future__ import annotations

from django.utils.translation import gettext as _


def texts() -> dict[str, str]:
    """Return the sentences of the scripts, in the page's language."""
    return {
        "waiting": _("{n} lượt chờ gửi"),
        "since": _("từ {time}"),
        "cut": _("Mất mạng. Cứ ghi tiếp, máy này giữ lại và tự gửi khi có mạng."),
        "stranger": _("Không có đường tới cổng: mạng này trả lời thay cổng. Các lượt vẫn giữ trên máy."),
        "busy": _("Máy chủ đang bận, sẽ tự gửi lại."),
        "session": _("Vui lòng đăng nhập lại, {n} lượt chờ gửi."),
        "session_none": _("Phiên làm việc đã hết. Vui lòng đăng nhập lại."),
        "of_other": _("{n} lượt của cán bộ {name} đang chờ trên máy này."),
        "clock": _("Đồng hồ của máy này sai {off}. Vui lòng chỉnh giờ; giờ của cổng được dùng cho mọi hạn."),
        "may_forget": _(
            "Trình duyệt này có thể xóa các lượt chờ nếu đầy bộ nhớ hay lâu không mở. Vui lòng gửi sớm."
        ),
        "full": _(
            "CHƯA GIỮ ĐƯỢC lượt này: bộ nhớ của máy đã đầy. Giữ gia đình lại, ghi phiếu giấy, rồi gửi các lượt chờ trước."
        ),
        "blocked": _("Một thẻ cũ của cổng đang giữ kho của máy. Vui lòng đóng các thẻ khác của cổng."),
        "not_confirmed": _("và {n} người chờ gửi"),
        "refused": _("{n} lượt cần xử lý"),
        "seen": _("Đã xem"),
        "kept": _("Đã giữ trên máy: {name}"),
        "kept_sub": _("{n} người, chờ gửi. Cổng sẽ báo địa phương khi nhận được."),
        "nobody": _("Không có trong danh sách trên máy"),
        "nobody_sub": _("Có thể ghi như người không có đăng ký. Có mạng lại, cổng sẽ kiểm tra."),
        "garbage": _("Không đọc được mã này. Vui lòng quét lại."),
        "already": _("Đã ghi từ trước: {name}"),
        "already_sub": _("Không cần nhập lại. Quét mã tiếp theo."),
        "several": _("Nhiều gia đình hợp với chữ này"),
        "confirm": _("Mở"),
        "record": _("Ghi nhận {n} người đến"),
        "nobody_here": _("Chưa chọn ai có mặt. Vui lòng đánh dấu ít nhất một người."),
        "no_home": _("Vui lòng chọn xã, phường nơi gia đình về."),
        "no_name": _("Vui lòng ghi họ tên và năm sinh của người thứ nhất."),
        "unreadable": _("Danh sách trên máy đã khóa. Cần có mạng để đăng nhập lại."),
        "as_of": _("Danh sách lấy lúc {time}, {n} gia đình"),
        "figures": _("Hôm nay đã ghi nhận {n} người"),
        "min": _("{n} phút"),
        "hours": _("{n} giờ"),
        "days": _("{n} ngày"),
    }
