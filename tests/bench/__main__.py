"""The dispatcher of `bin/bench`."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

from portal.embedded.environment import prepare_environment
from portal.embedded.processes import ServersUnavailable
from portal.embedded.servers import release_servers


def names() -> list[str]:
    here = Path(__file__).parent
    return sorted(
        path.stem for path in here.glob("*.py") if not path.stem.startswith("_") and path.stem != "settings"
    )


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in names():
        print(
            f"Usage: bin/bench NAME [--size N]; the names are: {', '.join(names()) or 'none yet'}.",
            file=sys.stderr,
        )
        return 2
    try:
        prepare_environment()
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
        import django

        django.setup()
        report = import_module(f"tests.bench.{arguments[0]}").run(arguments[1:])
    except ServersUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        release_servers()
    print(report.line())
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
