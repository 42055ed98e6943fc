"""A test case that has the whole country loaded once for all its tests."""

from typing import ClassVar

from django.test import TestCase

from portal.places.loading import load_country, load_sites


class CountryCase(TestCase):
    counts: ClassVar[dict[str, int]]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counts = load_country() | load_sites()
