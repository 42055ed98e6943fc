"""The set-up that `deploy/` documents, on this machine's packages and on ports of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPMessage
from pathlib import Path
from typing import Any, NamedTuple

from portal.embedded.processes import LOCALHOST, die_with_parent, drop_arguments, free_port, kill_group, stop
from tests.sources import ROOT

DEPLOY = ROOT / "deploy"
POSTGRES = Path("/usr/lib/postgresql/15/bin")
PROGRAMS = [
    Path("/usr/sbin/nginx"),
    Path("/usr/bin/redis-server"),
    POSTGRES / "initdb",
    Path("/usr/bin/openssl"),
]
SYSTEM_PATH = f"{POSTGRES}:/usr/bin:/bin"
SECONDS = 90.0


class Answer(NamedTuple):
    status: int
    headers: HTTPMessage
    text: str


class KeepRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        return None


class Production:
    """PostgreSQL, Redis, the three units and nginx with the documented site, in one folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="portal-production-"))
        self.folder.chmod(0o755)
        self.logs = self.folder / "log"
        self.logs.mkdir()
        names = ("postgres", "redis", "web", "https", "http")
        self.ports = {name: free_port() for name in names}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.base_url = f"https://localhost:{self.ports['https']}"
        self.environment: dict[str, str] = {}
        self.cookies = urllib.request.HTTPCookieProcessor()
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=trusting), self.cookies, KeepRedirects()
        )

    # --- As deploy/README.md says -----------------------------------------------------------------

    def start(self) -> None:
        self.start_postgres()
        self.launch("redis", ["/usr/bin/redis-server", *self.redis_options()])
        self.wait_until(lambda: self.psql("SELECT 1", role="postgres") == "1", "PostgreSQL answers")
        self.command("psql", "-X", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={DEPLOY / 'roles.sql'}")
        self.environment = self.written_environment()
        self.manage("migrate", "--no-input", "--verbosity=0", owner=True)
        self.manage("load_places", owner=True)
        self.manage("collectstatic", "--no-input", "--verbosity=0")
        self.manage("check_start")
        for unit in ("web", "worker", "scheduler"):
            self.start_unit(unit)
        self.start_nginx()
        self.wait_until(lambda: self.get("/healthz").status == 200, "/healthz says that all is well")

    def stop(self) -> None:
        for name in ("nginx", "scheduler", "worker", "web", "redis", "postgres"):
            if name in self.running:
                self.stop_child(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_postgres(self) -> None:
        home = self.folder / "postgres"
        home.mkdir(mode=0o700)
        user = drop_arguments()
        if user:
            os.chown(home, user["user"], user["group"])  # type: ignore[arg-type]
        self.run(
            [
                str(POSTGRES / "initdb"),
                "-D",
                str(home),
                "-U",
                "postgres",
                "-A",
                "trust",
                "-N",
                "--locale=C.UTF-8",
            ],
            **user,
        )
        settings = {
            "port": self.ports["postgres"],
            "listen_addresses": LOCALHOST,
            "unix_socket_directories": "",
            "fsync": "off",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.launch("postgres", [str(POSTGRES / "postgres"), "-D", str(home), *options], **user)

    def redis_options(self) -> list[str]:
        home = self.folder / "redis"
        home.mkdir()
        return [
            *("--port", str(self.ports["redis"]), "--bind", LOCALHOST, "--dir", str(home)),
            *("--requirepass", "secret", "--appendonly", "yes", "--maxmemory-policy", "noeviction"),
        ]

    def written_environment(self) -> dict[str, str]:
        """/etc/portal.env: the example with every value filled in, and nothing else."""
        values = {
            "DATABASE_URL": self.database_url("portal_running"),
            "REDIS_URL": f"redis://:secret@{LOCALHOST}:{self.ports['redis']}/0",
            "PORTAL_SECRET_KEY": "kP3-vQ8rT1yXz6WmB9nC4dFgH7jLsA2eUoI5_RtYqKwEpZxVbN",
            "PORTAL_BASE_URL": self.base_url,
            "PORTAL_ALLOWED_HOSTS": "localhost",
            "PORTAL_STATIC_ROOT": str(self.folder / "static"),
        }
        lines = (DEPLOY / "portal.env.example").read_text("utf-8").splitlines()
        example = dict(line.split("=", 1) for line in lines)
        assert set(values) <= set(example)
        return {"PATH": SYSTEM_PATH, **example, **values}

    def start_unit(self, unit: str) -> None:
        """Start what the unit's ExecStart says, from this environment and on this port."""
        text = (DEPLOY / f"portal-{unit}.service").read_text("utf-8")
        (line,) = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
        line = line.replace("/opt/portal/.venv/bin/", f"{Path(sys.executable).parent}/")
        line = line.replace("127.0.0.1:8000", f"{LOCALHOST}:{self.ports['web']}")
        for many in ("--workers 4", "--concurrency 4"):
            line = line.replace(many, many.replace("4", "2"))
        self.launch(unit, line.split(), environment=self.environment)

    def start_nginx(self) -> None:
        shutil.copytree(DEPLOY / "pages", self.folder / "pages")
        certificate = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
        ]
        self.run(
            [*certificate, "-keyout", str(self.folder / "key.pem"), "-out", str(self.folder / "cert.pem")]
        )
        site = (DEPLOY / "nginx.conf").read_text("utf-8")
        for documented, here in {
            "cong.example.gov.vn": "localhost",
            "/etc/ssl/portal/fullchain.pem": f"{self.folder}/cert.pem",
            "/etc/ssl/portal/key.pem": f"{self.folder}/key.pem",
            "/var/log/nginx": str(self.logs),
            "/opt/portal/deploy/pages": f"{self.folder}/pages",
            "127.0.0.1:8000": f"{LOCALHOST}:{self.ports['web']}",
            "listen 443": f"listen {self.ports['https']}",
            "listen [::]:443": f"listen [::]:{self.ports['https']}",
            "listen 80;": f"listen {self.ports['http']};",
            "listen [::]:80;": f"listen [::]:{self.ports['http']};",
        }.items():
            assert documented in site, documented
            site = site.replace(documented, here)
        (self.folder / "site.conf").write_text(site)
        temporary = "".join(
            f"{name}_temp_path {self.folder}/{name}; "
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root; " if os.geteuid() == 0 else ""
        main = f"{user}daemon off; pid {self.folder}/nginx.pid; worker_processes 1; events {{}}\n"
        web = f"http {{ include /etc/nginx/mime.types; {temporary} include {self.folder}/site.conf; }}\n"
        (self.folder / "nginx.conf").write_text(main + web)
        self.run(self.nginx("-t"))
        self.launch("nginx", self.nginx())

    def nginx(self, *options: str) -> list[str]:
        log = str(self.logs / "nginx-start.log")
        return [
            "/usr/sbin/nginx",
            "-e",
            log,
            "-p",
            str(self.folder),
            "-c",
            f"{self.folder}/nginx.conf",
            *options,
        ]

    # --- Processes --------------------------------------------------------------------------------

    def run(self, command: list[str], environment: dict[str, str] | None = None, **more: Any) -> str:
        answer = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=ROOT if not more else "/",
            env=environment or {"PATH": SYSTEM_PATH}, **more,
        )  # fmt: skip
        assert answer.returncode == 0, f"{command}:\n{answer.stdout}{answer.stderr}"
        return answer.stdout.strip()

    def launch(
        self, name: str, command: list[str], environment: dict[str, str] | None = None, **more: Any
    ) -> None:
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                cwd=ROOT if not more else "/", env=environment or {"PATH": SYSTEM_PATH},
                preexec_fn=die_with_parent(signal.SIGTERM), **more,
            )  # fmt: skip

    def stop_child(self, name: str) -> None:
        child = self.running.pop(name)
        stop(child, signal.SIGINT if name == "postgres" else signal.SIGTERM, timeout=30)
        kill_group(child)

    def command(self, *command: str, **libpq: str) -> str:
        """Run a program of PostgreSQL's, or a script of `deploy/`, as postgres on this server."""
        libpq = {"PGHOST": LOCALHOST, "PGPORT": str(self.ports["postgres"]), "PGUSER": "postgres", **libpq}
        return self.run(list(command), environment={"PATH": SYSTEM_PATH, **libpq})

    def psql(self, statement: str, *, role: str, database: str = "postgres") -> str:
        command = ["psql", "-X", "--quiet", "--tuples-only", "--no-align", "--command", statement]
        try:
            return self.command(*command, PGUSER=role, PGDATABASE=database)
        except AssertionError as error:
            return str(error)

    def manage(self, *arguments: str, owner: bool = False, database: str = "portal") -> str:
        role = "portal_owner" if owner else "portal_running"
        environment = self.environment | {"DATABASE_URL": self.database_url(role, database)}
        return self.run([sys.executable, "manage.py", *arguments], environment=environment)

    def database_url(self, role: str, database: str = "portal") -> str:
        return f"postgresql://{role}:x@{LOCALHOST}:{self.ports['postgres']}/{database}"

    # --- Asking -----------------------------------------------------------------------------------

    def get(self, path: str, data: bytes | None = None, *, base: str = "", **headers: str) -> Answer:
        request = urllib.request.Request((base or self.base_url) + path, data=data, headers=headers)
        try:
            with self.opener.open(request, timeout=20) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode("utf-8", "replace"))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read().decode("utf-8", "replace"))
        except OSError as error:
            return Answer(0, HTTPMessage(), str(error))

    def health(self) -> dict[str, Any]:
        return dict(json.loads(self.get("/healthz").text))

    def wait_until(self, true: Callable[[], Any], what: str) -> None:
        deadline = time.monotonic() + SECONDS
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(f"Waited {SECONDS:.0f} s until {what}.\n{self.tails()}")
            time.sleep(0.2)

    def tails(self) -> str:
        return "\n".join(
            f"--- {path.name}\n{path.read_text('utf-8', 'replace')[-2000:]}"
            for path in sorted(self.logs.iterdir())
        )
