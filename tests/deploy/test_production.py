"""Production as `deploy/` documents it: Debian's PostgreSQL 15, Redis and nginx, the units, the environment."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator

import pytest

from tests.deploy.production import DEPLOY, PROGRAMS, Production

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(
        not all(program.exists() for program in PROGRAMS),
        reason="needs the packages nginx, redis-server, postgresql-15 and openssl",
    ),
]
MARK = "QxZ7Secret0901234567"


@pytest.fixture(scope="module")
def production() -> Iterator[Production]:
    made = Production()
    try:
        made.start()
        yield made
    finally:
        made.stop()


def test_all_parts_are_alive_and_the_log_is_protected(production: Production) -> None:
    health = production.health()
    names = ("database", "broker", "worker", "scheduler", "jobs", "log_protected", "ok")
    assert {name: health[name] for name in names} == dict.fromkeys(names, True)
    production.wait_until(
        lambda: all(age is not None and age < 60 for age in production.health()["ages"].values()),
        "every periodic job has run",
    )


def test_pages_and_static_files_come_with_their_headers(production: Production) -> None:
    page = production.get("/officer/sign-in/")
    assert page.status == 200
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Strict-Transport-Security"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Server"] == "nginx"
    assert "Secure" in page.headers["Set-Cookie"]
    assert "tayninh-2026" not in page.text
    sheets = re.findall(r'href="(/static/[^"]+\.css)"', page.text)
    assert sheets
    for path in sheets:
        sheet = production.get(path, **{"Accept-Encoding": "gzip"})
        assert (sheet.status, sheet.headers["Content-Encoding"]) == (200, "gzip")
        assert "immutable" in sheet.headers["Cache-Control"]


def test_plain_http_leads_to_https_and_ipv6_is_served(production: Production) -> None:
    plain = production.get("/dang-ky/?a=1", base=f"http://localhost:{production.ports['http']}")
    assert (plain.status, plain.headers["Location"]) == (301, "https://localhost/dang-ky/?a=1")
    over_six = production.get("/", base=f"https://[::1]:{production.ports['https']}", Host="localhost")
    assert over_six.status == 200


def sign_in(production: Production, username: str, password: str) -> int:
    page = production.get("/officer/sign-in/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    fields = {"csrfmiddlewaretoken": token[1], "username": username, "password": password}
    return production.get(
        "/officer/sign-in/",
        urllib.parse.urlencode(fields).encode(),
        Referer=f"{production.base_url}/officer/sign-in/",
    ).status


def test_the_first_administrator_signs_in_and_reads_that_no_channel_exists(production: Production) -> None:
    username, password = production.manage("add_admin", "khoa", "Đỗ Anh Khoa").split()[:2]
    assert sign_in(production, "quantri", "tayninh-2026") == 200
    assert sign_in(production, username, password) == 302
    assert "Chưa có kênh gửi tin nhắn" in production.get("/officer/password/").text


@pytest.mark.parametrize("megabytes", [13, 25])
def test_a_file_too_large_meets_a_page_in_vietnamese(megabytes: int, production: Production) -> None:
    answer = production.get("/officer/imports/new/", b"x" * (megabytes * 1024 * 1024))
    assert answer.status == 413
    assert 'lang="vi"' in answer.text
    assert "Tệp quá lớn" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_role_that_runs_cannot_touch_the_log(production: Production) -> None:
    for statement in (
        "ALTER TABLE records_event DISABLE TRIGGER ALL",
        "DELETE FROM records_event",
        "TRUNCATE records_read",
        "SET session_replication_role = replica",
    ):
        said = production.psql(statement, role="portal_running", database="portal")
        assert "permission denied" in said or "must be owner" in said, statement


def test_a_backup_restores_with_every_row_and_an_unbroken_chain(production: Production) -> None:
    production.wait_until(
        lambda: (
            production.psql("SELECT count(*) FROM records_eventseal", role="postgres", database="portal")
            > "0"
        ),
        "rows of the log are sealed",
    )
    folder = production.folder / "backups"
    folder.mkdir()
    path = production.command(str(DEPLOY / "backup"), str(folder))
    assert sorted(file.name for file in folder.iterdir()) == [
        path.split("/")[-1],
        f"{path.split('/')[-1]}.counts",
    ]
    said = production.command(str(DEPLOY / "restore"), path, "portal_back")
    assert re.fullmatch(r"\d+ tables with \d+ rows, as in the backup", said.splitlines()[-1])
    assert "event:" in production.manage("check_log", database="portal_back")
    assert "may start" in production.manage("check_start", database="portal_back")
    with pytest.raises(AssertionError, match="already exists"):
        production.command(str(DEPLOY / "restore"), path, "portal_back")
    assert "as in the backup" in production.command(str(DEPLOY / "backup-rehearsal"))
    databases = production.psql(
        "SELECT count(*) FROM pg_database WHERE datname LIKE 'portal_rehearsal%'", role="postgres"
    )
    assert databases == "0"


def test_a_restore_that_lacks_a_row_is_refused(production: Production) -> None:
    folder = production.folder / "bad"
    folder.mkdir()
    path = production.command(str(DEPLOY / "backup"), str(folder))
    counts = folder / f"{path.split('/')[-1]}.counts"
    counts.write_text(re.sub(r"(accounts_user) (\d+)", r"\1 999", counts.read_text("utf-8")))
    with pytest.raises(AssertionError, match="do not use portal_bad"):
        production.command(str(DEPLOY / "restore"), path, "portal_bad")


def test_old_backups_go_and_a_failed_one_leaves_nothing(production: Production) -> None:
    folder = production.folder / "kept"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"portal-2026010{day}T000000Z.dump").write_text("x")
        (folder / f"portal-2026010{day}T000000Z.dump.counts").write_text("x")
    (folder / "something-else").write_text("x")
    production.command(str(DEPLOY / "backup"), str(folder), PORTAL_BACKUPS_KEPT="2")
    kept = sorted(file.name for file in folder.iterdir() if file.name.endswith(".dump"))
    assert len(kept) == 2
    assert kept[0] == "portal-20260103T000000Z.dump"
    assert (folder / "something-else").exists()
    before = sorted(folder.iterdir())
    with pytest.raises(AssertionError):
        production.command(str(DEPLOY / "backup"), str(folder), PGDATABASE="nowhere")
    assert sorted(folder.iterdir()) == before


SECRET_ADDRESSES = [
    f"/l/{MARK}/",
    f"/{MARK}",
    f"/dang-ky/{MARK}/rut/",
    f"/dang-ky/khai-tiep/{MARK}/",
    f"/tra-loi-xa/{MARK}/",
    f"/dat-lich/l/{MARK}/lich.ics",
    f"/cua-toi/dang-ky/{MARK}/",
    f"/xac-minh/{MARK}/",
    f"/officer/registrations/{MARK}/",
    f"/officer/people/?q={MARK}",
    f"/officer/sign-in/?next=/l/{MARK}/",
    f"/places/search?q={MARK}",
    f"/static/x.css?{MARK}",
    f"/healthz?{MARK}",
    f"/%2e/{MARK}",
]


def test_no_log_holds_what_stood_in_an_address(production: Production) -> None:
    for address in SECRET_ADDRESSES:
        production.get(address, Referer=f"{production.base_url}/l/{MARK}/")
        production.get(address, base=f"http://localhost:{production.ports['http']}")
    production.get(f"/l/{MARK}/", b"x" * (13 * 1024 * 1024))
    production.get(f"/l/{MARK}/{'x' * 40_000}")
    production.stop_child("web")
    try:
        page = production.get(f"/l/{MARK}/?q={MARK}")
        assert (page.status, "Cổng đang tạm ngừng" in page.text) == (502, True)
    finally:
        production.start_unit("web")
    production.wait_until(lambda: production.get("/").status == 200, "the web answers again")
    log = (production.logs / "portal.log").read_text("utf-8")
    assert " GET /l/... " in log
    assert " GET /officer/registrations/... " in log
    assert " GET /officer/people/ " in log
    assert " 502 " in log
    for name in ("portal.log", "portal-error.log", "nginx.log", "nginx-start.log"):
        assert MARK not in (production.logs / name).read_text("utf-8"), name
