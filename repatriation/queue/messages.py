"""Log verbs about the rules of the queue."""

from django.utils.translation import gettext_lazy as _

from portal.records.verbs import register_verbs

register_verbs(
    "repatriation.ruleset",
    title=_("Quy tắc ưu tiên"),
    verbs={
        "draft": _("Soạn bản mới"),
        "edit": _("Sửa bản soạn"),
        "propose": _("Đề nghị áp dụng"),
        "redraft": _("Trả lại để sửa"),
        "publish": _("Duyệt và áp dụng"),
        "replace": _("Thay bằng bản mới"),
        "cancel": _("Bỏ bản soạn"),
    },
)
