"""The pages that people see when something does not work: what is wrong, and what to do next."""

from __future__ import annotations

import re
import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils.translation import gettext as _

from portal.ui.unwritable import cannot_write

_LINK = re.compile(r"(/l/[A-Za-z0-9_-]{20,})/?[^\w/-]{1,8}/?")


def _page(request: HttpRequest, status: int, title: str, *sentences: str) -> HttpResponse:
    context = {"title": title, "sentences": sentences, "status": status}
    return render(request, "ui/errors/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        400,
        _("Yêu cầu không đọc được"),
        _("Địa chỉ hoặc dữ liệu gửi lên bị thiếu hay bị hỏng trên đường truyền."),
        _("Vui lòng quay lại trang trước và gửi lại."),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        403,
        _("Anh/chị không có quyền làm việc này"),
        _("Tài khoản đang dùng được xem hồ sơ nhưng không được giao việc này."),
        _("Nếu cần, vui lòng nhờ người quản trị của đơn vị giao thêm quyền."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if meant := address_meant(request):
        return HttpResponseRedirect(meant)
    return _page(
        request,
        404,
        _("Không tìm thấy trang này"),
        _("Đường dẫn có thể bị gõ thiếu, đã hết hạn, hoặc hồ sơ không thuộc nơi anh/chị phụ trách."),
        _("Vui lòng kiểm tra lại đường dẫn, hoặc bắt đầu lại từ trang chính."),
    )


def address_meant(request: HttpRequest) -> str:
    """Return the secret link of a message without what a program took for a part of it: a full stop, a bracket, a
    sign that nobody sees. Empty for any other address."""
    link = _LINK.fullmatch(request.path) if request.method == "GET" else None
    return f"{link[1]}/" if link and is_valid_path(f"{link[1]}/") else ""


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        405,
        _("Thao tác này phải bấm từ trang của nó"),
        _("Đường dẫn này chỉ nhận khi bấm nút trên trang, không mở trực tiếp được."),
        _("Vui lòng quay lại trang trước rồi bấm nút một lần nữa."),
    )


def too_large(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        413,
        _("Tệp quá lớn"),
        _("Tệp gửi lên lớn hơn mức nhận được là 10 MB, nên chưa được lưu."),
        _("Vui lòng quay lại, tách danh sách thành nhiều tệp nhỏ hơn rồi gửi từng tệp."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose protection token is missing or old: a page left open, or cookies switched off."""
    return _page(
        request,
        403,
        _("Trang đã để quá lâu, thông tin chưa được gửi"),
        _("Vui lòng quay lại trang trước, tải lại trang rồi gửi lần nữa."),
        _("Nếu vẫn không được, vui lòng bật cookie cho trang này trong trình duyệt."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither the database nor the session: they may be what is broken."""
    if cannot_write(sys.exception()):
        return _plain_page(request, 503, _("Cổng tạm thời không ghi được"), *_unwritable(request))
    return _plain_page(
        request,
        500,
        _("Hệ thống đang gặp trục trặc"),
        _("Lỗi này do hệ thống, không phải do bà con. Thông tin vừa gửi có thể chưa được ghi nhận."),
        _("Vui lòng thử lại sau vài phút. Nếu việc gấp, vui lòng gọi tổng đài."),
    )


def _unwritable(request: HttpRequest) -> tuple[str, str]:
    after = _(
        "Các trang khác vẫn xem được. Vui lòng thử lại sau ít phút; nếu việc gấp, vui lòng gọi tổng đài."
    )
    if request.method in {"GET", "HEAD"}:
        return _("Trang này chỉ mở khi ghi lại được ai đã xem, nên lúc này chưa mở được."), after
    return _("Máy chủ đang hết chỗ ghi, nên thông tin vừa gửi chưa được lưu."), after


def _plain_page(request: HttpRequest, status: int, title: str, *sentences: str) -> HttpResponse:
    context = {
        "title": title,
        "sentences": sentences,
        "reference": getattr(request, "reference", ""),
        "PORTAL_NAME": settings.PORTAL_NAME,
        "HOTLINE": settings.PORTAL_HOTLINE,
    }
    return HttpResponse(render_to_string("ui/errors/500.html", context), status=status)
