"""The log's words for its own rows, whose export is logged."""

from django.utils.translation import gettext_lazy as _

from portal.records.verbs import register_verbs

register_verbs("records.event", title=_("Nhật ký thay đổi"), verbs={})
register_verbs("records.read", title=_("Nhật ký lượt xem"), verbs={})
