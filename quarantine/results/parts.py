"""Results on the portal's own pages: the worklist of due tests, the citizen's choice, a figure."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.ui import parts
from quarantine.figures import figure
from quarantine.models import TestResult
from quarantine.results.worklists import due_test_rows, due_tests
from quarantine.worklists import register_worklist

register_worklist(
    "tests", 40, _("Đến hạn xét nghiệm"), lambda user: [due_tests(user)], due_test_rows,
    "quarantine/results/worklist_tests.html", _("Không ai đến hạn xét nghiệm hôm nay."),
)  # fmt: skip

parts.home_choices.register(
    parts.HomeChoice(
        key="results",
        label=_("Kết quả xét nghiệm, tiêm chủng"),
        hint=_("Và giấy xác nhận có mã QR"),
        icon="test",
        url_name="quarantine:results",
        order=50,
    )
)


def positives_today(user: User) -> int:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    places = user.place_ids(Permission.SEE_FIGURES)
    positives = TestResult.objects.filter(outcome=TestResult.Outcome.POSITIVE, created_at__gte=midnight)
    return positives.filter(person__responsible_place__in=places).values("person").distinct().count()


figure("positive", 63, _("Dương tính ghi nhận hôm nay"), positives_today, "bad")
