from quarantine.models.alert import Alert, AlertNotice, Contact
from quarantine.models.certificate import Certificate
from quarantine.models.check import DailyCheck
from quarantine.models.daily import Numbering, Reminder
from quarantine.models.facility import Facility, Stay
from quarantine.models.order import Order, ScheduledTest
from quarantine.models.protocol import Protocol
from quarantine.models.results import TestResult, VaccinationDose

__all__ = [
    "Alert",
    "AlertNotice",
    "Certificate",
    "Contact",
    "DailyCheck",
    "Facility",
    "Numbering",
    "Order",
    "Protocol",
    "Reminder",
    "ScheduledTest",
    "Stay",
    "TestResult",
    "VaccinationDose",
]
