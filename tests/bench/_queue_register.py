"""The last step of the form over HTTP, and a bare view that inserts the same rows: requests a second."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from repatriation.models import Campaign
from repatriation.registration.drafts import Draft
from repatriation.registration.submitting import family_actor, save_draft, start_draft
from tests.bench._http import Sent, a_second, served
from tests.bench._people import World
from tests.bench._queue_known import entries_of
from tests.bench._queue_urls import BARE


class Registering:
    def __init__(self, world: World) -> None:
        self.world = world
        self.campaign = Campaign.objects.get(slug="dot-demo")
        self.step = reverse("repatriation:register_step", args=["kiem-tra"])

    def measure(self, forms: int, rounds: int) -> dict[str, list[float]]:
        """Forms a second of each round: `portal` and `bare`, in turns."""
        with served("tests.bench._queue_web") as address:
            self._round(address, forms // 4)  # warms the processes up
            found = [self._round(address, forms) for _round in range(rounds)]
        return {way: [one[way] for one in found] for way in ("portal", "bare")}

    def _round(self, address: str, forms: int) -> dict[str, float]:
        return {
            way: a_second(address, [Sent(path, self._session()) for _form in range(forms)], _is_done)
            for way, path in (("bare", f"/{BARE}"), ("portal", self.step))
        }

    def _session(self) -> str:
        """The cookie of a browser whose form is filled in up to the last step."""
        world, crowd = self.world, self.world.crowd
        draft = Draft(
            origin=world.rng.choice(world.origins),
            origin_address=crowd.city_address(),
            home=world.rng.choice(world.communes).pk,
            home_address=crowd.home_address(),
            people=tuple(entries_of(crowd.family())),
            reasons=("lost_work",),
            phone=crowd.phone(),
            phone_confirmed=timezone.now().isoformat(),
        )
        row = start_draft(self.campaign, by=family_actor())
        save_draft(row, lambda _empty: draft)
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session["registration"] = row.pk
        session.save()
        key: str = session.session_key
        return key


def _is_done(location: str) -> bool:
    return not location.endswith("/dang-ky/")
