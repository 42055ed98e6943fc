from repatriation.models.arrival import Arrival
from repatriation.models.campaign import Campaign, RuleSet
from repatriation.models.handover import Handover
from repatriation.models.import_batch import ImportBatch, ImportFile, ImportRow
from repatriation.models.manifest import Manifest, ManifestPart
from repatriation.models.registration import Member, Registration
from repatriation.models.screening import Screening
from repatriation.models.trip import Offer, Trip

__all__ = [
    "Arrival",
    "Campaign",
    "Handover",
    "ImportBatch",
    "ImportFile",
    "ImportRow",
    "Manifest",
    "ManifestPart",
    "Member",
    "Offer",
    "Registration",
    "RuleSet",
    "Screening",
    "Trip",
]
