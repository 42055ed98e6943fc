"""What can be done in quarantine. Each verb is one function, keyword arguments, `by=`, atomic."""

from quarantine.actions.certificates import issue_certificate, revoke_certificate
from quarantine.actions.checks import report_day, see_red_flag
from quarantine.actions.orders import complete_order, extend_order, open_order
from quarantine.actions.reminders import remind
from quarantine.actions.results import record_dose, record_test_result, see_positive

__all__ = [
    "complete_order",
    "extend_order",
    "issue_certificate",
    "open_order",
    "record_dose",
    "record_test_result",
    "remind",
    "report_day",
    "revoke_certificate",
    "see_positive",
    "see_red_flag",
]
