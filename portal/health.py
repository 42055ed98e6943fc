"""`/healthz`: whether database, broker, worker and scheduler answer, for people and for load balancers."""

from __future__ import annotations

import psycopg2
import redis
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.heartbeat import SCHEDULER_KEY, WORKER_KEY, broker_client

CONNECT_SECONDS = 1
STATEMENT_MILLISECONDS = 1000


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when everything works, else 503; each part is looked at for a second at most."""
    parts = {"database": database_answers(), **broker_parts()}
    healthy = all(parts.values())
    return JsonResponse({**parts, "ok": healthy}, status=200 if healthy else 503)


def database_answers() -> bool:
    """Ask over a connection of our own: the request's may hang where a new one is refused at once."""
    parameters = {
        **connection.get_connection_params(),
        "connect_timeout": CONNECT_SECONDS,
        "options": f"-c statement_timeout={STATEMENT_MILLISECONDS}",
    }
    try:
        own = psycopg2.connect(**parameters)
    except psycopg2.Error:
        return False
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.Error:
        return False
    finally:
        own.close()
    return True


def broker_parts() -> dict[str, bool]:
    """Look at the broker and at the signs of life that worker and scheduler leave in it."""
    client = broker_client()
    try:
        signs = client.mget(WORKER_KEY, SCHEDULER_KEY)
    except redis.RedisError:
        return {"broker": False, "worker": False, "scheduler": False}
    finally:
        client.close()
    worker, scheduler = signs
    return {"broker": True, "worker": worker is not None, "scheduler": scheduler is not None}
