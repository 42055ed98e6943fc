"""A portal's web server under measurement, and clients that send it forms: requests a second."""

from __future__ import annotations

import http.client
import os
import secrets
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from portal.embedded.supervisor import children_for, open_listener

CLIENTS = 8
FIRST_PORT = 18_700


@dataclass(frozen=True)
class Sent:
    """One POST: the cookie of its browser's session, and the fields of the form."""

    path: str
    session: str
    fields: dict[str, str] = field(default_factory=dict)


@contextmanager
def served(settings_module: str) -> Iterator[str]:
    """Start the web server with these settings, and yield its address."""
    with tempfile.TemporaryDirectory() as folder:
        listener = open_listener(FIRST_PORT)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings_module, "PORTAL_BASE_URL": address}
        web, *_others = children_for(listener, Path(folder), environment)
        web.start()
        try:
            _wait(address)
            yield address
        finally:
            web.end()
            listener.close()


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


def a_second(address: str, forms: Sequence[Sent], is_good: Callable[[str], bool]) -> float:
    """Send every form by several clients at once, each on a line that stays open; return the forms a second.

    Each has to be answered by a redirect to an address that `is_good`.
    """
    token = secrets.token_hex(16)
    waiting = iter(forms)
    lock, wrong = threading.Lock(), []

    def client() -> None:
        line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        while True:
            with lock:
                form = next(waiting, None)
            if form is None:
                break
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"sessionid={form.session}; csrftoken={token}",
            }
            body = urlencode({**form.fields, "csrfmiddlewaretoken": token})
            line.request("POST", form.path, body, headers)
            answer = line.getresponse()
            answer.read()
            if answer.status != 302 or not is_good(answer.getheader("Location", "")):
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
    return len(forms) / took
