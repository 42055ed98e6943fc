"""The sentences about the rows of a sheet of arrivals: those of every list, and its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from repatriation.importing import faults
from repatriation.on_paper.columns import BY_KEY

SENTENCES: Mapping[str, Any] = {
    **faults.ERRORS,
    **faults.REMARKS,
    "code_unknown": gettext_lazy("không có mã “%(value)s”. Vui lòng xem lại từng ký tự trên phiếu, hoặc để trống."),
    "codes_differ": gettext_lazy("khác mã ở dòng %(row)s cùng gia đình. Vui lòng ghi một mã cho cả gia đình."),
    "not_member": gettext_lazy(
        "không có trong đăng ký %(code)s. Vui lòng xem lại; người đi cùng ngoài đăng ký thì ghi thành gia đình riêng, "
        "để trống mã."
    ),
    "two_families": gettext_lazy(
        "người này thuộc đăng ký %(code)s, khác với người ở dòng %(row)s. Vui lòng tách thành hai gia đình."
    ),
    "hour_unknown": gettext_lazy("không hiểu “%(value)s”. Vui lòng ghi giờ và phút, ví dụ 22:40."),
    "came_future": gettext_lazy("%(value)s chưa tới. Vui lòng xem lại ngày và giờ trên phiếu."),
    "came_before": gettext_lazy("%(value)s là trước khi đợt này bắt đầu (%(start)s). Vui lòng xem lại, có đúng ngày không?"),
    "came_differs": gettext_lazy("khác với dòng đầu của gia đình: ghi theo dòng đầu."),
    "temperature_unknown": gettext_lazy("không hiểu “%(value)s”. Vui lòng ghi số như 36,8, từ 34 đến 43 °C."),
    "symptom_unknown": gettext_lazy("không hiểu “%(value)s”. Vui lòng ghi tên hoặc số như trên phiếu: %(names)s."),
    "test_unknown": gettext_lazy("không hiểu “%(value)s”. Vui lòng chọn Không làm, Âm tính hoặc Dương tính."),
    "decision_unknown": gettext_lazy("không hiểu “%(value)s”. Vui lòng chọn Về nhà, Cơ sở cách ly hoặc Bệnh viện."),
    "positive_home": gettext_lazy("người dương tính không về thẳng nhà. Vui lòng chọn cơ sở cách ly hoặc bệnh viện."),
    "facility_unknown": gettext_lazy("không có nơi “%(value)s” trong tỉnh. Vui lòng ghi đúng tên, hoặc để trống."),
    "facility_home": gettext_lazy("đã ghi nơi đưa đến thì hướng xử lý không thể là Về nhà. Vui lòng sửa một trong hai ô."),
    "papers_unknown": gettext_lazy("không tính được “%(value)s”. Các loại: %(names)s."),
    "already": gettext_lazy("đã được %(officer)s ghi nhận lúc %(time)s tại %(place)s. Không ghi lần nữa."),
    "differs": gettext_lazy("đã ghi nhận là “%(recorded)s”, trong tệp là “%(typed)s”. Vui lòng sửa lượt đến nếu tệp đúng."),
    "maybe_already": gettext_lazy(
        "một người cùng tên, năm sinh và nơi về đã được ghi nhận lúc %(time)s tại chốt này. Nếu là một người, vui lòng bỏ dòng này."
    ),
    "refused": "%(words)s",
}  # fmt: skip


def text_of(fault: Mapping[str, Any]) -> str:
    """Return the sentence of a fault, which begins with its column."""
    return faults.text_of(fault, sentences=SENTENCES, columns=BY_KEY)


def remark(errors: Iterable[Mapping[str, Any]], *, left_out: bool = False) -> str:
    """Return the text for the column of reasons; empty for a row with nothing to say."""
    sentences = [text_of(fault) for fault in errors]
    if left_out:
        sentences.append(_("Dòng này đúng, nhưng người cùng gia đình còn lỗi nên cả gia đình chưa nhập."))
    return " ".join(f"{sentence[:1].upper()}{sentence[1:]}" for sentence in sentences)
