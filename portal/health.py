"""`/healthz`: whether database, broker, worker, scheduler and periodic jobs do, for people and load balancers."""

from __future__ import annotations

from typing import Any

import psycopg2
import redis
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.heartbeat import SCHEDULER_KEY, WORKER_KEY, broker_client, is_alive, is_late, job_ages
from portal.records.rights import faults_of_role

COUNTED = ("database", "broker", "worker", "scheduler", "jobs")
CONNECT_SECONDS = 1
STATEMENT_MILLISECONDS = 1000


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when everything works, else 503; each part is looked at for a second at most.

    `log_protected` says whether the role of the database could not change a log; it takes no portal out of service.
    `ages` says for each periodic job how many seconds ago it last ended well; `jobs` whether none is late.
    """
    parts = {**database_parts(), **broker_parts()}
    healthy = all(parts[name] for name in COUNTED)
    return JsonResponse({**parts, "ok": healthy}, status=200 if healthy else 503)


def database_parts() -> dict[str, bool]:
    """Ask over a connection of our own: the request's may hang where a new one is refused at once."""
    parameters = {
        **connection.get_connection_params(),
        "connect_timeout": CONNECT_SECONDS,
        "options": f"-c statement_timeout={STATEMENT_MILLISECONDS}",
    }
    try:
        own = psycopg2.connect(**parameters)
    except psycopg2.Error:
        return {"database": False, "log_protected": False}
    try:
        with own.cursor() as cursor:
            return {"database": True, "log_protected": not faults_of_role(cursor)}
    except psycopg2.Error:
        return {"database": False, "log_protected": False}
    finally:
        own.close()


def broker_parts() -> dict[str, Any]:
    """Look at the broker and at the signs of life that worker, scheduler and periodic jobs leave in it."""
    client = broker_client()
    try:
        worker, scheduler = is_alive(client, WORKER_KEY), is_alive(client, SCHEDULER_KEY)
        ages = job_ages(client)
    except redis.RedisError:
        return {"broker": False, "worker": False, "scheduler": False, "jobs": False, "ages": {}}
    finally:
        client.close()
    late = [name for name, age in ages.items() if is_late(name, age)]
    return {"broker": True, "worker": worker, "scheduler": scheduler, "jobs": not late, "ages": ages}
