"""The log's words for certificates."""

from django.utils.translation import gettext_lazy as _

from portal.records.verbs import register_verbs

register_verbs(
    "quarantine.certificate",
    title=_("Giấy xác nhận hoàn thành cách ly"),
    verbs={"issue": _("Cấp giấy"), "revoke": _("Thu hồi giấy")},
)
