"""The consent that a family gives before it registers.

Law 91/2025/QH15: consent must be provable, so the log stores the words in the language in which they were read.
A change of the words needs a new version.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

VERSION = "2026-11-23"

POINTS = (
    _(
        "Cổng ghi họ tên, ngày sinh, số giấy tờ, điện thoại, nơi ở và tình trạng sức khỏe của những người về cùng."
    ),
    _("Thông tin này chỉ dùng để xếp chuyến xe, đón tiếp tại chốt và chăm sóc tại xã, phường nơi về."),
    _("Chỉ cán bộ có việc liên quan được xem, và mỗi lượt xem đều được ghi lại."),
    _("Gia đình có quyền xem, sửa, rút đăng ký và yêu cầu xóa thông tin bất cứ lúc nào."),
)
STATEMENT = _("Tôi đã đọc, đồng ý, và được những người về cùng đồng ý cho khai thay")


# Ticked by an operator who has read the points to the family.
SPOKEN = _(
    "Tôi đã đọc các điểm trên cho người đăng ký. Người đó đồng ý, và được những người về cùng đồng ý cho khai thay"
)


def proof(*, spoken: bool = False) -> dict[str, Any]:
    """Return the proof for the log: version, language, and the words as shown or, if `spoken`, read out."""
    words = "\n".join(str(point) for point in (*POINTS, SPOKEN if spoken else STATEMENT))
    return {
        "version": VERSION,
        "spoken": spoken,
        "language": translation.get_language() or "",
        "words": words,
        "sha256": sha256(words.encode()).hexdigest(),
        "at": timezone.now().isoformat(),
    }
