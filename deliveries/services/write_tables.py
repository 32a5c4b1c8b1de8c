"""The dossier's files for machines: the roll as CSV and the manifest."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db.models import Case, F, Value, When

from common.languages import speak
from common.tables import csv_file
from deliveries.models import Delivery, DossierFile
from deliveries.services.wording import removed
from signatories.models import Mark

CSV_FILE = "roll.csv"
COLUMNS = ("position", "kind", "name", "role_title", "affiliation", "city", "country", "marks")


def write_csv(delivery: Delivery, path: Path) -> None:
    """The roll, marks in the letter's language, in which no spreadsheet finds a formula."""
    with path.open("wb") as file, speak(delivery.language):
        name = Case(When(erased_at__isnull=False, then=Value(removed())), default=F("name"))
        columns = [name if column == "name" else F(column) for column in COLUMNS]
        rows = delivery.entries.order_by("position").values_list(*columns)
        words = {mark.value: str(mark.label) for mark in Mark}
        file.writelines(
            csv_file(
                COLUMNS,
                (
                    (*line, "; ".join(words[mark] for mark in marks))
                    for *line, marks in rows.iterator(2000)
                ),
            )
        )


def explain_marks(delivery: Delivery) -> dict[str, dict[str, Any]]:
    """Each mark in the roll: its sign, how many have it and what it means, in the letter's
    language."""
    with speak(delivery.language):
        return {
            mark: {
                "sign": Mark(mark).sign,
                "entries": entries,
                "label": str(Mark(mark).label),
                "meaning": str(Mark(mark).meaning),
            }
            for mark, entries in delivery.totals.get("marks", {}).items()
        }


def write_manifest(delivery: Delivery, files: Iterable[DossierFile], path: Path) -> None:
    """What was delivered, with the SHA-256 (hex) of each file and whether it is for everybody."""
    manifest = {
        "letter": delivery.letter.slug,
        "delivery": delivery.number,
        "office": delivery.rules["name"],
        "docket": delivery.rules["docket"],
        "frozen_at": delivery.frozen_at.isoformat(),
        "version": delivery.version.number,
        "language": delivery.language,
        "text_sha256": delivery.text_sha256,
        "list_root": delivery.list_root,
        "totals": delivery.totals,
        "marks": explain_marks(delivery),
        "files": [
            {
                "name": file.name,
                "media_type": file.media_type,
                "bytes": file.bytes,
                "pages": file.pages,
                "sha256": file.sha256,
                "public": file.is_for_public,
            }
            for file in files
        ],
    }
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
