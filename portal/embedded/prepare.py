"""What `bin/run` does before the portal starts: migrations, static files, the demo. Quick when there is
nothing to do.

Progress goes to standard error; standard output is what the person should read at the end (the demo's
sign-ins).
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import CommandError, call_command

from portal.records.rights import grant_rights


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from portal.startup import faults_before_start

    migrate()
    grant_rights()
    collect_static()
    if faults := faults_before_start():
        sys.exit("\n".join(faults))
    if not settings.PORTAL_DEMO:
        with redirect_stdout(StringIO()):
            call_command("load_places")
        return
    print("Preparing the demo …", file=sys.stderr)
    with redirect_stdout(StringIO()):
        run_command("demo", into=sys.argv[1] if len(sys.argv) > 1 else None)
    sign_ins = StringIO()
    call_command("demo", sign_ins=True, stdout=sign_ins)
    print(f"Sign-ins of the demo:\n{sign_ins.getvalue()}")


def run_command(name: str, **options: Any) -> None:
    """Run a command of Django's; what it refuses is said in its own sentence."""
    try:
        call_command(name, **options)
    except CommandError as error:
        sys.exit(str(error))


def migrate() -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Preparing the database …", file=sys.stderr)
        call_command("migrate", interactive=False, verbosity=0)


def collect_static() -> None:
    """Compress and hash the static files, unless they are as they were the last time."""
    target = Path(settings.STATIC_ROOT)
    note = target.with_name(f"{target.name}.fingerprint")
    fingerprint = static_fingerprint()
    if target.is_dir() and note.exists() and note.read_text("utf-8") == fingerprint:
        return
    print("Preparing the static files …", file=sys.stderr)
    call_command("collectstatic", interactive=False, verbosity=0)
    note.write_text(fingerprint, "utf-8")


def static_fingerprint() -> str:
    from django.contrib.staticfiles.finders import get_finders

    summary = hashlib.sha256(settings.STATIC_URL.encode())
    for finder in get_finders():
        for path, storage in finder.list(None):
            file = Path(storage.path(path))
            found = file.stat()
            summary.update(f"{file} {found.st_size} {found.st_mtime_ns}\n".encode())
    return summary.hexdigest()


if __name__ == "__main__":
    main()
