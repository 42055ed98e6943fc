from repatriation.models.arrival import Arrival
from repatriation.models.boarding import Boarding
from repatriation.models.campaign import Campaign, RuleSet
from repatriation.models.change import RegistrationChange
from repatriation.models.filling import Filling, PassedOver
from repatriation.models.handover import Handover
from repatriation.models.import_batch import ImportBatch, ImportFile, ImportRow
from repatriation.models.intake import Intake
from repatriation.models.manifest import Manifest, ManifestPart
from repatriation.models.phone_correction import PhoneCorrection
from repatriation.models.registration import Member, Registration
from repatriation.models.screening import Screening
from repatriation.models.trip import Offer, Trip
from repatriation.models.wave import Wave

__all__ = [
    "Arrival",
    "Boarding",
    "Campaign",
    "Filling",
    "Handover",
    "ImportBatch",
    "ImportFile",
    "ImportRow",
    "Intake",
    "Manifest",
    "ManifestPart",
    "Member",
    "Offer",
    "PassedOver",
    "PhoneCorrection",
    "Registration",
    "RegistrationChange",
    "RuleSet",
    "Screening",
    "Trip",
    "Wave",
]
