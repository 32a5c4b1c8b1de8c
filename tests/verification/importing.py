"""What an organiser does to import people, as steps."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from verification.models import ImportRun
from verification.services.work_on_import import work_on_import

PAGE = "/organise/letters/a-letter/imports/"
HEADER = "Name,E-mail,Role,Country\n"


def upload(editor: Client, content: str | bytes) -> ImportRun:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("people.csv", data, content_type="text/csv")
    response = editor.post(f"{PAGE}new/", {"file": file})
    assert response.status_code == 303, response.content.decode()
    return ImportRun.objects.latest("id")


def check(editor: Client, run: ImportRun, **changes: Any) -> ImportRun:
    """Sends the choices as the page suggests them, and lets the worker check."""
    sent = {
        "encoding": run.encoding,
        "delimiter": "0",
        "has_header": "on",
        "language": "en",
        "consents": ["consent_web"],
        "method": "mail",
        **{f"column_{name}": at for name, at in run.columns.items()},
        **changes,
    }
    response = editor.post(f"{PAGE}{run.pk}/check/", sent)
    assert response.status_code == 303, response.content.decode()
    work_on_import(run_id=run.pk)
    return ImportRun.objects.get(pk=run.pk)


def start(editor: Client, run: ImportRun) -> ImportRun:
    assert editor.post(f"{PAGE}{run.pk}/start/", {"seen": run.fingerprint}).status_code == 303
    work_on_import(run_id=run.pk)
    return ImportRun.objects.get(pk=run.pk)


def counts(run: ImportRun) -> tuple[str, int, int, int]:
    return run.status, run.added, run.already, run.faulty


ATTESTED = {"method": "attest", "evidence": "Signed at the assembly; Berta keeps the sheets."}
