from citizens.models.household import Household
from citizens.models.onetime import OneTimeCode, SecretLink
from citizens.models.person import Person
from citizens.models.proof import ProofTries

__all__ = ["Household", "OneTimeCode", "Person", "ProofTries", "SecretLink"]
