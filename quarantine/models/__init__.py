from quarantine.models.certificate import Certificate
from quarantine.models.check import DailyCheck
from quarantine.models.order import Order, ScheduledTest
from quarantine.models.protocol import Protocol
from quarantine.models.results import TestResult, VaccinationDose

__all__ = [
    "Certificate",
    "DailyCheck",
    "Order",
    "Protocol",
    "ScheduledTest",
    "TestResult",
    "VaccinationDose",
]
