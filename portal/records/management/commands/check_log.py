"""Check the chains over the logs: `manage.py check_log [--head LOG:POSITION:HASH …]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.records.checking import Report, check_logs, hash_at
from portal.records.sealing import LOGS


class Command(BaseCommand):
    help = (
        "Checks that no row of a log was changed, removed or slipped in since it was sealed, and names the first that "
        "was. It prints the head of each chain: note it outside the database, and give it later as --head, which finds "
        "a chain that was made anew or cut short."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", action="append", default=[], metavar="LOG:POSITION:HASH")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = [fault for text in options["head"] if (fault := _fault_of_head(text))]
        for report in check_logs():
            self.stdout.write(_summary(report))
            faults += [
                f"{report.log.key} {found.row_id}"
                + (f" (seal {found.position})" if found.position else "")
                + f": {found.fault}."
                for found in report.breaks
            ]
        if faults:
            raise CommandError("\n".join(faults))


def _summary(report: Report) -> str:
    return f"{report.log.key}:{report.sealed}:{report.head.hex()}  {report.waiting} rows wait for their seal"


def _fault_of_head(text: str) -> str:
    """Return what is wrong with a head that was noted earlier; empty when it is still in its chain."""
    log = {log.key: log for log in LOGS}
    key, _colon, rest = text.partition(":")
    position, _colon, noted = rest.partition(":")
    if key not in log or not position.isdecimal():
        raise CommandError(f"{text} is no head: it is written as event:POSITION:HASH or read:POSITION:HASH.")
    if int(position) == 0 or hash_at(log[key], int(position)).hex() == noted:
        return ""
    return f"{key}: seal {position} is not the one that was noted. The chain was cut short or made anew."
