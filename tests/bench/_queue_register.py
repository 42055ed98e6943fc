"""The last step of the form over HTTP, and a bare view that inserts the same rows: requests a second."""

from __future__ import annotations

import http.client
import os
import secrets
import tempfile
import threading
import time
import urllib.error
import urllib.request
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from portal.embedded.supervisor import children_for, open_listener
from repatriation.models import Campaign
from repatriation.registration.drafts import Draft
from repatriation.registration.submitting import family_actor, save_draft, start_draft
from tests.bench._people import World
from tests.bench._queue_known import entries_of
from tests.bench._queue_urls import BARE

CLIENTS = 8
FIRST_PORT = 18_700


class Registering:
    def __init__(self, world: World) -> None:
        self.world = world
        self.campaign = Campaign.objects.get(slug="dot-demo")
        self.step = reverse("repatriation:register_step", args=["kiem-tra"])

    def measure(self, forms: int, rounds: int) -> dict[str, list[float]]:
        """Forms a second of each round: `portal` and `bare`, in turns."""
        with tempfile.TemporaryDirectory() as folder:
            listener = open_listener(FIRST_PORT)
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            environment = os.environ | {
                "DJANGO_SETTINGS_MODULE": "tests.bench._queue_web",
                "PORTAL_BASE_URL": address,
            }
            web, *_others = children_for(listener, Path(folder), environment)
            web.start()
            try:
                _wait(address)
                self._round(address, forms // 4)  # warms the processes up
                found = [self._round(address, forms) for _round in range(rounds)]
            finally:
                web.end()
                listener.close()
        return {way: [one[way] for one in found] for way in ("portal", "bare")}

    def _round(self, address: str, forms: int) -> dict[str, float]:
        return {
            way: _a_second(address, path, [self._session() for _form in range(forms)])
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


def _wait(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return
        except urllib.error.HTTPError as error:  # it answers, if only that no worker runs beside it
            error.close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web server does not answer")


def _a_second(address: str, path: str, sessions: list[str]) -> float:
    """Send one POST for each session by several clients at once, each on a line that stays open."""
    token = secrets.token_hex(16)
    body = f"csrfmiddlewaretoken={token}"
    waiting = iter(sessions)
    lock, wrong = threading.Lock(), []

    def client() -> None:
        line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        while True:
            with lock:
                session = next(waiting, None)
            if session is None:
                break
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"sessionid={session}; csrftoken={token}",
            }
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            answer.read()
            if answer.status != 302 or answer.getheader("Location", "").endswith("/dang-ky/"):
                wrong.append((answer.status, answer.getheader("Location")))
        line.close()

    threads = [threading.Thread(target=client) for _client in range(CLIENTS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    assert not wrong, wrong[:3]
    return len(sessions) / took
