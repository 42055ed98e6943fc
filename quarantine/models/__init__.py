from quarantine.models.certificate import Certificate
from quarantine.models.check import DailyCheck
from quarantine.models.daily import Numbering, Reminder
from quarantine.models.order import Order, ScheduledTest
from quarantine.models.protocol import Protocol
from quarantine.models.results import TestResult, VaccinationDose

__all__ = [
    "Certificate",
    "DailyCheck",
    "Numbering",
    "Order",
    "Protocol",
    "Reminder",
    "ScheduledTest",
    "TestResult",
    "VaccinationDose",
]
