"""The log's words for vaccine doses."""

from django.utils.translation import gettext_lazy as _

from portal.records.verbs import register_verbs

register_verbs("quarantine.vaccinationdose", title=_("Mũi tiêm"), verbs={"enter": _("Nhập mũi tiêm")})
