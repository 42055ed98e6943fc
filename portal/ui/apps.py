from django.apps import AppConfig
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
                label=_("Phản ánh, nhờ hỗ trợ: 1022"),
                hint=_("Y tế, lương thực, nghi nhiễm, thủ tục"),
                icon="phone",
                url_name="hotline",
                order=60,
            )
        )
