from typing import Any

from import_export import fields, resources

from citizens.models import Person
from portal.ui.formats import mask_identity, mask_phone


class PersonResource(resources.ModelResource):
    """A list of people. Numbers stay masked: who needs one in full opens the person and says why."""

    home_commune = fields.Field("home_commune__name", "home_commune")
    responsible_place = fields.Field("responsible_place__name", "responsible_place")

    class Meta:
        model = Person
        fields = [
            "full_name",
            "sex",
            "birth_date",
            "birth_year",
            "identity_number",
            "phone",
            "home_commune",
            "address",
            "responsible_place",
            "arrived_at",
        ]
        export_order = fields

    def dehydrate_identity_number(self, person: Any) -> str:
        return mask_identity(person.identity_number or "")

    def dehydrate_phone(self, person: Any) -> str:
        return mask_phone(person.phone)
