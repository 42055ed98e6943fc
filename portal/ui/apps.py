from django.apps import AppConfig
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "portal.ui"
    label = "ui"
    verbose_name = "Interface"

    def ready(self) -> None:
        from portal.ui import parts

        parts.home_choices.register(
            parts.HomeChoice(
                key="hotline",
                label=format_lazy(_("Phản ánh, nhờ hỗ trợ: {hotline}"), hotline=settings.PORTAL_HOTLINE),
                hint=_("Y tế, lương thực, nghi nhiễm, thủ tục"),
                icon="phone",
                url_name="hotline",
                order=60,
            )
        )
