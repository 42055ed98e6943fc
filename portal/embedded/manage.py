"""`bin/manage`: Django's command line with the environment filled in."""

from __future__ import annotations

import os
import sys

from portal.embedded.environment import prepare_environment
from portal.embedded.processes import ServersUnavailable
from portal.embedded.servers import release_servers


def main() -> None:
    try:
        prepare_environment()
    except ServersUnavailable as error:
        sys.exit(str(error))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("PORTAL_DEMO", os.environ.get("PORTAL_EMBEDDED", "0"))
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    finally:
        release_servers()


if __name__ == "__main__":
    main()
