"""The sentences about what is wrong or odd in a row; they say what would be right. Rows store the codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from repatriation.importing.columns import BY_KEY, Column

ERRORS = {
    "row_shifted": gettext_lazy(
        "Dòng này có nhiều ô hơn dòng tiêu đề nên các ô bị lệch cột, có thể vì dấu “%(separator)s” nằm trong một ô. "
        "Vui lòng đặt ô đó trong ngoặc kép, hoặc lưu danh sách thành .xlsx rồi gửi lại."
    ),
    "missing": gettext_lazy("chưa điền. Vui lòng bổ sung."),
    "too_long": gettext_lazy("dài hơn %(limit)s ký tự. Vui lòng viết ngắn lại."),
    "formula": gettext_lazy(
        "là công thức. Vui lòng ghi giá trị thay cho công thức (trong Excel: sao chép ô rồi dán lại dạng giá trị)."
    ),
    "no_name": gettext_lazy("không phải họ tên. Vui lòng xem lại."),
    "two_names": gettext_lazy("có vẻ ghi hai người trong một ô. Vui lòng ghi mỗi người một dòng."),
    "name_broken": gettext_lazy("có chữ bị mất hoặc bị hỏng. Vui lòng gõ lại đủ họ tên."),
    "name_in_old_font": gettext_lazy(
        "giống chữ viết theo bảng mã cũ, có thể là “%(value)s”. Vui lòng gõ lại họ tên bằng chữ Unicode."
    ),
    "text_broken": gettext_lazy("“%(value)s” có chữ bị mất hoặc bị hỏng. Vui lòng gõ lại."),
    "odd_name": gettext_lazy("có chữ số hoặc ký hiệu lạ. Vui lòng chỉ ghi họ tên."),
    "day_impossible": gettext_lazy(
        "“%(value)s” là ngày không có. Vui lòng ghi ngày/tháng/năm, ví dụ 24/11/1984."
    ),
    "day_unreadable": gettext_lazy(
        "không đọc được “%(value)s”. Vui lòng ghi ngày/tháng/năm, ví dụ 24/11/1984."
    ),
    "day_number": gettext_lazy(
        "“%(value)s” là một con số, không rõ là ngày nào. Vui lòng ghi ngày/tháng/năm, ví dụ 24/11/1984, hoặc "
        "chỉ ghi năm nếu là năm sinh."
    ),
    "day_short": gettext_lazy("“%(value)s” chưa đủ năm. Vui lòng ghi đủ bốn số của năm, ví dụ 24/11/1984."),
    "day_before_covid": gettext_lazy(
        "%(value)s là trước khi có dịch COVID-19. Vui lòng xem lại, hoặc để trống."
    ),
    "before_birth": gettext_lazy("%(value)s là trước ngày sinh. Vui lòng xem lại hai ngày."),
    "birth_old": gettext_lazy("trước năm 1900. Vui lòng xem lại."),
    "birth_too_old": gettext_lazy("tính ra %(age)s tuổi. Vui lòng xem lại năm sinh."),
    "both_sexes": gettext_lazy("ghi ở cả cột nam và cột nữ. Vui lòng chỉ ghi ở một cột."),
    "birth_future": gettext_lazy("chưa tới. Vui lòng xem lại."),
    "sex_unknown": gettext_lazy("không hiểu “%(value)s”. Vui lòng ghi Nam hoặc Nữ."),
    "identity_shortened": gettext_lazy(
        "Excel đã rút ngắn số này thành “%(value)s”. Vui lòng định dạng cột là Văn bản rồi gõ lại đủ số."
    ),
    "identity_digits": gettext_lazy(
        "có %(count)s chữ số. Căn cước có 12 số, CMND có 9 số. Vui lòng xem lại, nhất là các số 0 ở đầu."
    ),
    "identity_unknown": gettext_lazy(
        "không phải số căn cước, CMND hay hộ chiếu. Vui lòng ghi đúng như trên giấy."
    ),
    "identity_long": gettext_lazy("dài hơn %(limit)s ký tự. Vui lòng ghi đúng như trên giấy."),
    "identity_taken": gettext_lazy(
        "không khớp với hồ sơ đã có. Vui lòng xem lại họ tên, ngày sinh và số; nếu đều đúng thì để trống ô này, "
        "cán bộ chốt sẽ đối chiếu giấy tờ."
    ),
    "identity_twice": gettext_lazy("trùng với dòng %(row)s. Vui lòng bỏ bớt một dòng hoặc sửa số."),
    "person_twice": gettext_lazy(
        "trùng họ tên, ngày sinh và điện thoại với dòng %(row)s. Vui lòng bỏ bớt một dòng."
    ),
    "registered": gettext_lazy(
        "đã có trong một đăng ký khác của đợt này, nhận tin ở số %(phone)s, không cần đăng ký lại. Vui lòng bỏ dòng "
        "này; nếu cả gia đình đã đăng ký thì bỏ cả gia đình."
    ),
    "phone_missing": gettext_lazy(
        "gia đình chưa có số nào. Vui lòng ghi số liên hệ ở một dòng của gia đình."
    ),
    "phone_shortened": gettext_lazy(
        "Excel đã rút ngắn số này thành “%(value)s”. Vui lòng định dạng cột là Văn bản rồi gõ lại đủ số."
    ),
    "phone_hotline": gettext_lazy("là số tổng đài. Vui lòng ghi số của gia đình."),
    "phone_old": gettext_lazy(
        "là số 11 chữ số cũ, nay đã đổi thành %(value)s. Vui lòng hỏi lại gia đình rồi ghi số mới."
    ),
    "phone_unreadable": gettext_lazy(
        "không đúng. Số di động có 10 chữ số, ví dụ 0901234567; chỉ ghi một số."
    ),
    "phone_no_messages": gettext_lazy("không nhận được tin nhắn. Vui lòng ghi một số di động trong nước."),
    "family_missing": gettext_lazy("chưa có số gia đình lẫn điện thoại nên không biết thuộc gia đình nào."),
    "family_large": gettext_lazy("gia đình có hơn %(limit)s người. Vui lòng tách thành hai gia đình."),
    "family_two_homes": gettext_lazy(
        "khác với dòng %(row)s cùng gia đình. Vui lòng ghi một quê cho cả gia đình, hoặc tách thành hai gia đình."
    ),
    "home_none": gettext_lazy("“%(value)s” không có trong tỉnh. Vui lòng ghi tên xã, phường nơi về."),
    "home_near": gettext_lazy("“%(value)s” không có trong tỉnh. Có phải là: %(names)s?"),
    "home_several": gettext_lazy("“%(value)s” có ở nhiều nơi: %(names)s. Vui lòng ghi rõ một nơi."),
    "home_split": gettext_lazy(
        "%(old)s cũ nay thuộc nhiều xã, phường: %(names)s. Vui lòng ghi tên mới nơi gia đình về."
    ),
    "origin_missing": gettext_lazy("chưa ghi gia đình đang ở đâu. Vui lòng ghi ít nhất tỉnh, thành phố."),
    "origin_none": gettext_lazy("không tìm thấy “%(value)s”. Vui lòng ghi tên tỉnh, thành phố đang ở."),
    "origin_several": gettext_lazy("“%(value)s” có ở nhiều tỉnh. Vui lòng ghi thêm tỉnh, thành phố đang ở."),
    "origin_outside": gettext_lazy(
        "đợt này không đón từ %(value)s. Vui lòng chờ đợt khác hoặc gọi tổng đài."
    ),
    "not_admitted": gettext_lazy(
        "gia đình không thuộc diện của đợt này (%(words)s). Vui lòng xem lại, hoặc chờ khi đợt mở cho mọi người."
    ),
    "flag_unknown": gettext_lazy("không hiểu “%(value)s”. Vui lòng đánh dấu x, hoặc để trống."),
    "doses_unknown": gettext_lazy("ghi một số từ 0 đến %(limit)s, hoặc để trống."),
    "day_future": gettext_lazy("%(value)s là ngày chưa tới. Vui lòng ghi ngày đã qua, hoặc hôm nay."),
    "doses_missing": gettext_lazy("đã ghi ngày tiêm thì vui lòng ghi số mũi, hoặc xóa ngày tiêm."),
    "test_kind_unknown": gettext_lazy("không hiểu “%(value)s”. Vui lòng ghi Nhanh hoặc PCR, hoặc để trống."),
    "test_kind_missing": gettext_lazy(
        "chưa ghi. Vui lòng ghi Nhanh hoặc PCR; nếu chưa xét nghiệm thì để trống cả ba cột xét nghiệm."
    ),
    "test_outcome_unknown": gettext_lazy(
        "không hiểu “%(value)s”. Vui lòng ghi Âm tính hoặc Dương tính, hoặc để trống."
    ),
    "test_outcome_missing": gettext_lazy(
        "chưa ghi. Vui lòng ghi Âm tính hoặc Dương tính; nếu chưa xét nghiệm thì để trống cả ba cột xét nghiệm."
    ),
    "tested_missing": gettext_lazy(
        "chưa ghi. Vui lòng ghi ngày xét nghiệm, ví dụ 24/11/2021; nếu chưa xét nghiệm thì để trống cả ba cột "
        "xét nghiệm."
    ),
    "recovered_long_ago": gettext_lazy("đã khỏi quá 6 tháng thì không cần ghi. Vui lòng xóa ô này."),
    "travel_far": gettext_lazy("%(value)s cách hôm nay hơn một năm. Vui lòng xem lại, hoặc để trống."),
    "travel_over": gettext_lazy("%(value)s đã qua. Vui lòng ghi ngày sắp tới, hoặc để trống."),
    "travel_after": gettext_lazy(
        "đợt này kết thúc ngày %(value)s. Vui lòng ghi ngày sớm hơn, hoặc chờ đợt sau."
    ),
    "travel_before": gettext_lazy(
        "đợt này bắt đầu ngày %(value)s. Vui lòng ghi ngày muộn hơn, hoặc để trống."
    ),
    "travel_order": gettext_lazy("ngày cuối trước ngày đầu. Vui lòng xem lại hai ngày đi."),
}
REMARKS = {
    "day_swapped": gettext_lazy(
        "ô ghi tháng trước ngày theo kiểu Mỹ, đọc là %(value)s. Nếu đúng là %(other)s, vui lòng sửa ô rồi gửi lại."
    ),
    "day_maybe_swapped": gettext_lazy(
        "đọc là %(value)s, nhưng ngày và tháng có thể đã bị đổi chỗ (%(other)s). Vui lòng xem lại."
    ),
    "day_month_first": gettext_lazy(
        "“%(written)s” ghi tháng trước ngày, đọc là %(value)s. Vui lòng xem lại."
    ),
    "day_counted": gettext_lazy(
        "ô ghi số %(number)s, đọc theo cách Excel đếm ngày là %(value)s. Vui lòng xem lại."
    ),
    "day_was_year": gettext_lazy(
        "ô ngày đang hiện %(other)s vì chỉ gõ năm, đọc là năm %(value)s. Vui lòng xem lại."
    ),
    "day_was_number": gettext_lazy(
        "“%(number)s” thiếu một chữ số, đọc là %(value)s. Nếu đúng là %(other)s, vui lòng sửa ô rồi gửi lại."
    ),
    "day_unknown": gettext_lazy(
        "ô chỉ hiện %(other)s, không có ngày, đọc là năm %(value)s. Vui lòng xem lại."
    ),
    "aged": gettext_lazy("tính ra %(age)s tuổi. Vui lòng xem lại năm sinh."),
    "travel_begun": gettext_lazy("%(value)s đã qua: coi như gia đình đi được ngay."),
    "hidden_row": gettext_lazy("Dòng này đang ẩn trong tệp. Vui lòng xem có đúng là gửi cả người này."),
    "zeros": gettext_lazy("đã thêm số 0 ở đầu thành số kết thúc bằng %(value)s. Vui lòng xem lại."),
    "sex_differs": gettext_lazy("khác với số căn cước. Vui lòng xem lại."),
    "sex_missing": gettext_lazy("chưa ghi."),
    "year_differs": gettext_lazy("năm sinh khác với số căn cước (%(value)s). Vui lòng xem lại."),
    "not_pregnant": gettext_lazy("đánh dấu mang thai cho người không phải nữ từ 12 đến 55 tuổi: không tính."),
    "positive": gettext_lazy(
        "khai dương tính trong 14 ngày qua. Vui lòng hỏi lại gia đình trước khi xếp chuyến."
    ),
    "reason_unknown": gettext_lazy("không tính được lý do “%(value)s”. Nếu cần, vui lòng ghi theo tệp mẫu."),
    "home_also_old": gettext_lazy(
        "lấy theo tên hiện nay “%(value)s”. Xã cũ cùng tên nay thuộc %(names)s; nếu gia đình về đó, vui lòng ghi "
        "tên mới."
    ),
    "origin_only_province": gettext_lazy("không tìm thấy “%(value)s”, lấy theo %(name)s."),
    "origin_differs": gettext_lazy("khác với dòng đầu của gia đình: lấy theo dòng đầu."),
    "phone_differs": gettext_lazy("khác với dòng đầu của gia đình: liên hệ theo số ở dòng đầu."),
    "maybe_same": gettext_lazy(
        "có thể là người đã có trong hệ thống (cùng tên, năm sinh, quê). Vui lòng xem lại."
    ),
    "maybe_twice": gettext_lazy(
        "gần giống dòng %(row)s (tên chỉ khác dấu, ngày sinh chưa rõ hoặc đổi chỗ ngày tháng, hoặc khác gia đình), được "
        "nhập là hai người. "
        "Nếu là một người, vui lòng bỏ bớt một dòng rồi gửi lại."
    ),
    "known": gettext_lazy("người này đã có hồ sơ: dùng hồ sơ đó."),
}


def text_of(
    fault: Mapping[str, Any],
    *,
    sentences: Mapping[str, Any] = ERRORS | REMARKS,
    columns: Mapping[str, Column] = BY_KEY,
) -> str:
    """Return the sentence of a fault, such as `Ngày sinh: “31/02/1980” là ngày không có. …`"""
    words = str(sentences[fault["code"]]) % fault["params"]
    column = columns.get(fault["column"].removesuffix("_male").removesuffix("_female"))
    return _("%(column)s: %(words)s") % {"column": column.heading, "words": words} if column else words


def remark(errors: Iterable[Mapping[str, Any]], left_out: bool) -> str:
    """Return the text for the column of reasons; empty for a row with nothing wrong."""
    sentences = [text_of(fault) for fault in errors]
    if left_out:
        sentences.append(_("Dòng này đúng, nhưng người cùng gia đình còn lỗi nên cả gia đình chưa nhập."))
    return " ".join(f"{sentence[:1].upper()}{sentence[1:]}" for sentence in sentences)
