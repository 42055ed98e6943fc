from appointments.models.booking import Booking
from appointments.models.office import Closure, Office, OpeningHours, Procedure
from appointments.models.slot import Slot

__all__ = ["Booking", "Closure", "Office", "OpeningHours", "Procedure", "Slot"]
