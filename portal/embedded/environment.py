"""The environment that `portal.settings` reads, filled in where the person who starts us has set nothing."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from portal.embedded.homes import var_folder
from portal.embedded.servers import RUNNING, ensure_servers, running_database_url


def prepare_environment() -> None:
    """Set the addresses of the servers, a secret key and the folder of static files in `os.environ`, if
    missing.

    Raises `ServersUnavailable` when an embedded server cannot be started.
    """
    if not os.environ.get("DATABASE_URL"):
        os.environ["PORTAL_EMBEDDED"] = "1"
    database_url, redis_url = ensure_servers()
    os.environ.setdefault("DATABASE_URL", database_url)
    os.environ.setdefault(RUNNING, running_database_url())
    os.environ.setdefault("REDIS_URL", redis_url)
    os.environ.setdefault("PORTAL_SECRET_KEY", secret_key(var_folder()))
    os.environ.setdefault("PORTAL_STATIC_ROOT", str(var_folder() / "static"))


def secret_key(folder: Path) -> str:
    """Return the key of this machine's demo, made at the first call and readable by its owner only."""
    path = folder / "secret_key"
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        half = folder / f"secret_key.{os.getpid()}"
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        try:
            os.link(half, path)  # the first of two that start at once wins
        except FileExistsError:
            pass
        finally:
            half.unlink()
        return path.read_text("utf-8").strip()
