"""People under an order by name, for pages that ask before an act."""

from __future__ import annotations

from collections.abc import Sequence

from portal.accounts.models import User
from portal.records.effects import register_describer
from quarantine.models import Order, TestResult


def name_people_of_orders(user: User, ids: Sequence[int]) -> dict[int, str]:
    """Return the name of the person of each order that the user may see."""
    rows = Order.objects.visible_to(user).filter(pk__in=ids)
    return dict(rows.values_list("pk", "person__full_name"))


def name_people_of_results(user: User, ids: Sequence[int]) -> dict[int, str]:
    """Return the name of the person of each test result that the user may see."""
    rows = TestResult.objects.visible_to(user).filter(pk__in=ids)
    return dict(rows.values_list("pk", "person__full_name"))


register_describer("quarantine.order", name_people_of_orders)
register_describer("quarantine.testresult", name_people_of_results)
