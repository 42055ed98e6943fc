"""Lists sent through the page."""

from __future__ import annotations

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from repatriation.models import Campaign, ImportBatch

LIST, NEW = "/officer/imports/", "/officer/imports/new/"


def page_of(batch: ImportBatch) -> str:
    return f"{LIST}{batch.pk}/"


def send(client: Client, campaign: Campaign, content: bytes, name: str = "ds.xlsx", **data: object) -> object:
    file = SimpleUploadedFile(name, content)
    return client.post(NEW, {"campaign": campaign.pk, "file": file, "client_key": uuid.uuid4(), **data})
