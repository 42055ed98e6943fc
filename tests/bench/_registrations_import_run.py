"""One import in a process of its own: `import ROWS SEED`, `default ROWS SEED`, or `hostile PATH`; `make NAME PATH`
makes a hostile file, `names` says which there are. Says what it took as JSON."""

from __future__ import annotations

import json
import logging
import os
import random
import re
import resource
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import django

ORIGINS = ("TP Hồ Chí Minh", "Bình Dương", "Đồng Nai", "Long An")


def main(kind: str, *given: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    django.setup()
    logging.disable(logging.WARNING)
    match kind:
        case "import":
            found: Any = ours(crowd(int(given[0]), int(given[1])))
        case "default":
            found = defaults(crowd(int(given[0]), int(given[1])))
        case "names":
            found = names()
        case "make":
            found = make(given[0], Path(given[1]))
        case _:
            found = hostile(Path(given[0]))
    print(json.dumps(found))


def crowd(rows: int, seed: int) -> list[dict[str, str]]:
    """A list as an association would write it."""
    from django.utils import timezone

    from citizens.demo_people import Crowd
    from portal.places.models import Place
    from portal.ui.formats import vn_date

    rng = random.Random(seed)
    invent = Crowd(rng, timezone.localdate())
    homes = list(Place.objects.communes_of("80").values_list("name", flat=True))
    found: list[dict[str, str]] = []
    family = 0
    while len(found) < rows:
        family += 1
        shared = {"family": str(family), "home": rng.choice(homes), "origin_province": rng.choice(ORIGINS)}
        shared |= {"phone": invent.phone().replace("+84", "0"), "home_address": invent.home_address()}
        shared |= {"origin_address": invent.city_address(), "reasons": "mất việc làm"}
        found += [
            shared
            | {
                "full_name": who.full_name,
                "birth": vn_date(who.birth_date) if who.birth_date else str(who.birth_year),
                "sex": "Nữ" if who.sex == "female" else "Nam",
                "identity": who.identity_number,
            }
            for who in invent.family()
        ]
    return found[:rows]


def ours(people: list[dict[str, str]]) -> dict[str, Any]:
    from portal.accounts.models import User
    from portal.sheets.writing import workbook
    from repatriation.importing import actions as importing
    from repatriation.importing.columns import COLUMNS
    from repatriation.models import Campaign, ImportBatch, Registration

    keys = [column.key for column in COLUMNS]
    headings = [str(column.heading) for column in COLUMNS]
    content = workbook({"Danh sách": [headings, *([row.get(key, "") for key in keys] for row in people)]})
    officer = User.objects.get(username="dieuphoi")
    batch = importing.upload(
        Campaign.objects.get(slug="dot-demo"), "bench.xlsx", content, by=officer, client_key=uuid.uuid4()
    )
    people.clear()
    limit_memory()
    started = time.perf_counter()
    importing.work_on(batch.pk)
    checked = time.perf_counter()
    batch = ImportBatch.objects.get(pk=batch.pk)
    importing.order_commit(batch, by=officer)
    ordered = time.perf_counter()
    importing.work_on(batch.pk)
    done = time.perf_counter()
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert batch.status == ImportBatch.Status.COMMITTED, (batch.status, batch.refusal, batch.setback)
    assert batch.people_good > 0.97 * batch.rows, (batch.people_good, batch.rows)
    assert Registration.objects.filter(channel="import").count() == batch.families_good
    return {
        "rows": batch.people_good,
        "families": batch.families_good,
        "check": checked - started,
        "commit": done - ordered,
        "memory": peak_memory(),
    }


def names() -> list[str]:
    from tests.sheets.hostile import FILES

    return list(FILES)


def make(name: str, path: Path) -> dict[str, Any]:
    from tests.sheets.hostile import FILES

    return {"bytes": path.write_bytes(FILES[name]())}


def hostile(path: Path) -> dict[str, Any]:
    """Have a file checked, and given back with reasons if it was read."""
    from portal.accounts.models import User
    from repatriation.importing import actions as importing
    from repatriation.importing import words
    from repatriation.models import Campaign, ImportBatch

    officer, content = User.objects.get(username="dieuphoi"), path.read_bytes()
    limit_memory()
    started = time.perf_counter()
    batch = importing.upload(
        Campaign.objects.get(slug="dot-demo"), "x", content, by=officer, client_key=uuid.uuid4()
    )
    importing.work_on(batch.pk)
    checked = time.perf_counter()
    batch = ImportBatch.objects.get(pk=batch.pk)
    if batch.rows:
        words.with_reasons(batch, content)
    seconds = max(checked - started, time.perf_counter() - checked)
    return {"seconds": seconds, "memory": peak_memory(), "end": batch.refusal.get("code") or batch.rows}


def limit_memory() -> None:
    """Limit this process as the worker limits each step of a list."""
    from repatriation.importing.actions import MEGABYTES

    resource.setrlimit(resource.RLIMIT_DATA, (MEGABYTES * 1024 * 1024,) * 2)


def peak_memory() -> int:
    """MB. `getrusage` would begin with what the process that started this one held at that moment, which had just
    filled a province; it is asked only where there is no /proc."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+)", status.read_text())):
        return int(found[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def defaults(people: list[dict[str, str]]) -> dict[str, Any]:
    """The same people by the library's own resources: nothing of ours but the models."""
    from django.utils import timezone
    from import_export import resources
    from tablib import Dataset

    from citizens.models import Person
    from portal.places.models import Place
    from repatriation.models import Campaign, Member, Registration

    campaign, place = Campaign.objects.get(slug="dot-demo"), Place.objects.get(code="25711", kind="commune")
    first = {model: model.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1_000_000 for model in (Person, Registration, Member)}  # type: ignore[attr-defined] # fmt: skip
    # A few of the invented numbers are somebody's already: the defaults would stop there.
    numbers = {row["identity"] for row in people}
    known = set(Person.objects.filter(identity_number__in=numbers).values_list("identity_number", flat=True))
    persons: list[list[Any]] = []
    members: list[list[Any]] = []
    families: dict[str, list[Any]] = {}
    now = f"{timezone.localtime():%Y-%m-%d %H:%M:%S}"
    for number, row in enumerate(people):
        if row["family"] not in families:
            families[row["family"]] = [
                first[Registration] + number, campaign.pk, f"BN-{first[Registration] + number}", "waiting", row["phone"],
                place.pk, row["home_address"], 1, campaign.rule_set_id, now,
            ]  # fmt: skip
        born = row["birth"].split("/")[-1]
        person = first[Person] + number
        persons.append(
            [person, row["full_name"], "female", born, None if row["identity"] in known | {""} else row["identity"], row["phone"], place.pk, row["home_address"]]
        )  # fmt: skip
        family = families[row["family"]]
        members.append([first[Member] + number, family[0], person, campaign.pk])
    jobs = (
        (Person, ["id", "full_name", "sex", "birth_year", "identity_number", "phone", "home_commune", "address"], persons),
        (Registration, ["id", "campaign", "code", "status", "phone", "home_commune", "home_address", "people", "rule_set", "registered_at"], list(families.values())),
        (Member, ["id", "registration", "person", "campaign"], members),
    )  # fmt: skip
    seconds = 0.0
    for model, fields, rows in jobs:
        resource_ = resources.modelresource_factory(model)()
        dataset = Dataset(*rows, headers=fields)
        started = time.perf_counter()
        result = resource_.import_data(dataset, raise_errors=True)
        seconds += time.perf_counter() - started
        assert result.totals["new"] == len(rows), result.totals
    return {"seconds": seconds}


if __name__ == "__main__":
    main(*sys.argv[1:])
