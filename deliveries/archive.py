"""A delivery's files as one archive, written while it is sent."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from common.outbox import Outbox
from deliveries.models import DossierFile
from deliveries.models.file import file_name

CHUNK = 1 << 16


def zip_parts(files: Iterable[DossierFile], at: datetime) -> Iterator[bytes]:
    """The archive's bytes, the same each time: stored (PDFs do not shrink), in the files' order,
    dated `at`, each file under the name that it leaves by. Raises FileNotFoundError."""
    outbox = Outbox()
    with ZipFile(outbox, "w", ZIP_STORED) as archive:
        for file in files:
            entry = ZipInfo(file_name(file.delivery, file.name), at.astimezone(UTC).timetuple()[:6])
            entry.external_attr = 0o644 << 16
            with file.path.open("rb") as content, archive.open(entry, "w") as target:
                while chunk := content.read(CHUNK):
                    target.write(chunk)
                    yield outbox.take()
    yield outbox.take()
