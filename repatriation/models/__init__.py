from repatriation.models.arrival import Arrival
from repatriation.models.arrival_correction import ArrivalCorrection
from repatriation.models.boarding import Boarding
from repatriation.models.campaign import Campaign, RuleSet
from repatriation.models.change import RegistrationChange
from repatriation.models.filling import Filling, PassedOver
from repatriation.models.handover import Handover
from repatriation.models.handover_step import HandoverEscalation, HandoverException
from repatriation.models.import_batch import ImportBatch, ImportFile, ImportRow
from repatriation.models.intake import Intake
from repatriation.models.manifest import Manifest, ManifestPart
from repatriation.models.offline_device import OfflineDevice
from repatriation.models.offline_entry import OfflineEntry
from repatriation.models.offline_key import OfflineKey
from repatriation.models.phone_correction import PhoneCorrection
from repatriation.models.registration import Member, Registration
from repatriation.models.screening import Screening
from repatriation.models.trip import Offer, Trip
from repatriation.models.wave import Wave

__all__ = [
    "Arrival",
    "ArrivalCorrection",
    "Boarding",
    "Campaign",
    "Filling",
    "Handover",
    "HandoverEscalation",
    "HandoverException",
    "ImportBatch",
    "ImportFile",
    "ImportRow",
    "Intake",
    "Manifest",
    "ManifestPart",
    "Member",
    "Offer",
    "OfflineDevice",
    "OfflineEntry",
    "OfflineKey",
    "PassedOver",
    "PhoneCorrection",
    "Registration",
    "RegistrationChange",
    "RuleSet",
    "Screening",
    "Trip",
    "Wave",
]
