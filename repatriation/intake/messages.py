"""Words of the log about the communes' limits."""

from django.utils.translation import gettext_lazy as _

from portal.records.verbs import register_verbs

register_verbs(
    "repatriation.intake",
    title=_("Sức tiếp nhận của xã, phường"),
    verbs={"set_limit": _("Đặt số người nhận"), "take_off": _("Bỏ giới hạn")},
)
