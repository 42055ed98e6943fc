from citizens.models.household import Household
from citizens.models.onetime import OneTimeCode, SecretLink
from citizens.models.person import NotSamePerson, Person

__all__ = ["Household", "NotSamePerson", "OneTimeCode", "Person", "SecretLink"]
