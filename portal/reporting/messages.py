"""The log's words for export jobs."""

from django.utils.translation import gettext_lazy as _

from portal.records.verbs import register_verbs

register_verbs(
    "reporting.exportjob",
    title=_("Tệp danh sách"),
    verbs={
        "start": _("Bắt đầu lập tệp"),
        "finish": _("Lập xong tệp"),
        "fail": _("Không lập được tệp"),
        "expire": _("Xóa tệp khi hết hạn"),
    },
)
