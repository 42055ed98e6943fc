from citizens.models.household import Household
from citizens.models.onetime import OneTimeCode, SecretLink
from citizens.models.person import Person

__all__ = ["Household", "OneTimeCode", "Person", "SecretLink"]
